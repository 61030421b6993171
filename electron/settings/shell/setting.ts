import type { Note } from '../../contract/note.ts'
import { CodedError } from '../../core/errors.ts'
import type { Places } from '../../core/places.ts'
import type { Setting } from '../../core/setting.ts'
import { isGoVariable } from '../go/variables.ts'
import { detectShells, type ShellState } from './detect.ts'
import { graphicalEdits, shellEdits, type ShellWish } from './edits.ts'
import { verifyShells } from './verify.ts'
import { wantedShells } from './wanted.ts'
import { verifyWindows } from './windows-verify.ts'
import { windowsEdits } from './windows.ts'

const inHome = (path: string, home: string): string => (path.startsWith('~/') ? `${home}/${path.slice(2)}` : path)

/** Own variables and PATH entries in every shell, and for graphical programs. */
export const shellSetting: Setting<ShellState, ShellWish> = {
  id: 'shell',
  detect: detectShells,
  choose(profile, state) {
    const { env } = profile
    const variables = new Map(Object.entries(env?.set ?? {}).filter(([name]) => !isGoVariable(name)))
    const paths = [...new Set(env?.path ?? [])]
    // A profile may come from another kind of system; here its folders name nothing.
    const folder = state.windows === null ? /^(\/|~\/)/ : /^([A-Za-z]:[\\/]|~\/)/
    if (paths.some((path) => !folder.test(path)))
      return Promise.reject(new CodedError('bad-profile', { key: 'env.path', reason: 'bad-path' }))
    if (variables.size === 0 && paths.length === 0) return Promise.resolve(null)
    const choice: ShellWish = {
      scope: env?.scope ?? 'user',
      shells: wantedShells(profile, state),
      named: env?.shells ?? [],
      variables,
      paths,
    }
    return Promise.resolve({ choice, notes: notes(state, choice) })
  },
  plan(state, wish, places) {
    if (state.windows !== null) return windowsEdits('shell', places, state.windows, wish)
    if (wish.scope === 'system' && places.system === null) throw new CodedError('not-yet', { key: 'env.scope: system' })
    const expanded = wish.scope === 'user' ? expand(wish, places) : wish
    return [...shellEdits('shell', places, state, expanded), ...graphicalEdits('shell', places, state, expanded)]
  },
  async verify(sys, places, wish, signal) {
    const state = await detectShells(sys, places, signal)
    if (state.windows !== null) return verifyWindows(sys, places, wish, signal)
    return verifyShells(sys, places, state, expand(wish, places), signal)
  },
}

/** What the text of the files could not tell, and so may be decided wrongly. */
function notes(state: ShellState, { scope, shells }: ShellWish): readonly Note[] {
  const unsure = scope === 'user' && shells.includes('zsh') && !state.zdotdir.known
  return unsure ? [{ key: 'setting:shell.zdotdirUnknown', values: { folder: state.zdotdir.first } }] : []
}

const expand = (wish: ShellWish, places: Places): ShellWish => ({
  ...wish,
  paths: wish.paths.map((path) => inHome(path, places.home)),
})
