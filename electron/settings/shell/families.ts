import { SHELL_IDS, type ShellId } from '../../contract/profile.ts'
import type { Places } from '../../core/places.ts'
import type { Format } from '../../core/setting.ts'
import { envCshFormat, envFishFormat, envPs1Format, envShFormat } from './env-text.ts'
import { pathPowerShell, pathWord, quoteCsh, quoteFish, quoteSh } from './quote.ts'

/** Shells that read one language, and so one env file of ours. */
export type Family = 'sh' | 'fish' | 'csh' | 'powershell'
/** For whom: the user's own files, or those of all users. */
export type Scope = 'user' | 'system'

export const FAMILY: Readonly<Record<ShellId, Family>> = {
  bash: 'sh',
  zsh: 'sh',
  sh: 'sh',
  fish: 'fish',
  csh: 'csh',
  tcsh: 'csh',
  powershell: 'powershell',
}

export const FORMAT: Readonly<Record<Family, Format>> = {
  sh: envShFormat,
  fish: envFishFormat,
  csh: envCshFormat,
  powershell: envPs1Format,
}

/** The families of the named shells, each once. */
export const familiesOf = (shells: readonly ShellId[]): readonly Family[] => [
  ...new Set(shells.map((id) => FAMILY[id])),
]

export const envShPath = (places: Places): string => `${places.config}/env.sh`

const named = (files: readonly string[], name: string): string | null =>
  files.findLast((path) => path.endsWith(`/${name}`)) ?? null

export const envFishPath = (places: Places): string | null => named(places.shells.fish.files, 'goready.fish')
export const configFishPath = (places: Places): string | null => named(places.shells.fish.files, 'config.fish')

/** Our own file that a family reads; null where this system has no place for one. */
export function envPath(places: Places, family: Family, scope: Scope): string | null {
  if (scope === 'system') return places.system?.[family] ?? null
  if (family === 'fish') return envFishPath(places)
  const used = SHELL_IDS.some((id) => FAMILY[id] === family && places.shells[id].files.length > 0)
  const name = { sh: 'env.sh', csh: 'env.csh', powershell: 'env.ps1' }[family]
  return used ? `${places.config}/${name}` : null
}

/** All our own files of one scope with their formats. */
export function ownFiles(places: Places, scope: Scope): readonly { path: string; format: Format }[] {
  return (['fish', 'csh', 'powershell', 'sh'] as const).flatMap((family) => {
    const path = envPath(places, family, scope)
    return path === null ? [] : [{ path, format: FORMAT[family] }]
  })
}

/**
 * The line inside a block that reads our file. An `if` and not `&&`: its status is 0 where our file is gone.
 * `path` as `underHome` gives it.
 */
export function sourceLine(family: Family, path: string): string {
  switch (family) {
    case 'sh': {
      const word = pathWord(path, quoteSh)
      return `if [ -f ${word} ]; then . ${word}; fi`
    }
    case 'fish': {
      const word = pathWord(path, quoteFish)
      return `if test -f ${word}; source ${word}; end`
    }
    case 'csh': {
      const word = pathWord(path, quoteCsh)
      return `if ( -f ${word} ) source ${word}`
    }
    case 'powershell': {
      const word = pathPowerShell(path)
      return `if (Test-Path -LiteralPath ${word}) { . ${word} }`
    }
  }
}
