import type { Preferences } from '../contract/wizard.ts'

/** What the services of the window need of the desktop. Electron gives it (`window/desktop.ts`), a double in tests. */
export type Desktop = {
  /** A file dialog; null when it was closed. */
  chooseFile(what: 'profile' | 'go-mod' | 'certificate' | 'key'): Promise<string | null>
  /** A folder dialog; null when it was closed. */
  chooseFolder(what: 'project' | 'classroom' | 'kit'): Promise<string | null>
  /** A dialog that asks where to write; the kind of file is told by the ending of `name`. */
  chooseTarget(name: string): Promise<string | null>
  copy(text: string): Promise<void>
  /** Opens an address in the person's own browser. */
  browse(url: string): Promise<void>
  /** Ends the window and opens another one with `--home`. A run that is under way is asked about first. */
  startFor(home: string): void
  /** The preferences have changed. */
  prefer(preferences: Preferences): void
}
