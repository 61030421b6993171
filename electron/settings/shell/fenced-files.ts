import type { ShellId } from '../../contract/profile.ts'
import type { Places } from '../../core/places.ts'
import { findAssignments } from '../assignments.ts'
import { toBinary } from '../binary.ts'
import type { ShellState } from './detect.ts'
import { configFishPath, envFishPath } from './families.ts'

/**
 * The files of one shell that get our block: those that every start of it reads, and each later one
 * that sets one of our names itself.
 */
export function fencedFiles(
  id: ShellId,
  places: Places,
  state: ShellState,
  names: ReadonlySet<string>,
): readonly string[] {
  const files = state.user[id]
  const setsOurs = (path: string): boolean => {
    const bytes = state.files.get(path) ?? null
    return bytes !== null && findAssignments(toBinary(bytes), names).length > 0
  }
  const always = alwaysRead(id, state)
  const own = envFishPath(places)
  const late = files.filter((path) => path !== own && !always.includes(path) && setsOurs(path))
  const config = configFishPath(places)
  // What fish reads after goready.fish can only be answered in config.fish: conf.d by name, then that of all users.
  const later = [...state.fishExtra.filter((path) => path > (own ?? '')), ...state.system.filter(isFish)]
  const extra = id === 'fish' && later.some(setsOurs)
  return [...new Set([...always, ...late, ...(extra && config !== null ? [config] : [])])]
}

const isFish = (path: string): boolean => path.endsWith('.fish')

function alwaysRead(id: ShellId, state: ShellState): readonly string[] {
  const files = state.user[id]
  const exists = (path: string): boolean => (state.files.get(path) ?? null) !== null
  const of = (name: string): readonly string[] => files.filter((path) => path.endsWith(`/${name}`))
  switch (id) {
    case 'fish':
      // Its conf.d holds our own file.
      return []
    case 'bash': {
      const login = [...of('.bash_profile'), ...of('.bash_login'), ...of('.profile')]
      // Where none exists .profile is made, never .bash_profile: that one would shadow a .profile made later.
      return [...of('.bashrc'), ...[login.find(exists) ?? login.at(-1)].filter((path) => path !== undefined)]
    }
    case 'zsh': {
      // Where a fresh zsh starts; the home's own .zshenv counts besides only if it is there.
      const zshenv = of('.zshenv')
      return zshenv.filter((path) => path === `${state.zdotdir.first}/.zshenv` || exists(path))
    }
    case 'sh':
    case 'csh':
    case 'tcsh':
    case 'powershell':
      // The first one is read by every start; .login only by a login shell, after it.
      return files.slice(0, 1)
  }
}
