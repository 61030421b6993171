import type { Profile, ShellId } from '../../contract/profile.ts'
import type { ShellState } from './detect.ts'

/** The shells that a profile means: those it names, else those that are installed. */
export function wantedShells(profile: Profile, state: ShellState): readonly ShellId[] {
  return [...new Set(profile.env?.shells ?? state.installed.map(({ id }) => id))]
}
