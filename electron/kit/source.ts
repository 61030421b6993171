import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { KIT_MANIFEST, type KitManifest } from '../contract/kit.ts'
import { CodedError } from '../core/errors.ts'
import { pathIn } from './folder.ts'

/** A kit that can be used: a folder that was checked, or a server that was given a room's trust. */
export type KitSource = {
  /** Names the kit by its contents. */
  id: string
  manifest: KitManifest
  /** Where a file of the kit lies on this machine, checked against the list. */
  file(path: string, signal: AbortSignal): Promise<string>
  /** The file is not needed any more. */
  release(path: string): Promise<void>
  close(): void
}

/** Names a kit by its list. */
export const kitId = (manifest: string): string => createHash('sha256').update(manifest).digest('hex').slice(0, 16)

/** A folder whose files were checked before. */
export async function openFolder(folder: string, manifest: KitManifest): Promise<KitSource> {
  return {
    id: kitId(await readFile(pathIn(folder, KIT_MANIFEST), 'utf8')),
    manifest,
    async file(path) {
      // Nothing but what was checked.
      if (!manifest.files.some((one) => one.path === path)) throw new CodedError('kit-damaged', { path })
      return pathIn(folder, path)
    },
    release: async () => {},
    close: () => {},
  }
}
