import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CodedError } from './core/errors.ts'

const LANGUAGES = ['zh-CN', 'en'] as const

export type WindowArguments = {
  lang: (typeof LANGUAGES)[number] | null
  home: string | null
  root: string | null
  catalogue: string | null
  profile: string | null
}

/**
 * The program's own arguments. In a checkout they follow the folder of the program (`folder`), behind what
 * Electron was told; installed (`folder` null) they follow the program, and Electron's own are dropped.
 * The installed wrapper puts `--` between the two: what stands behind it is ours, whatever it looks like.
 */
export function ownArguments(argv: readonly string[], folder: string | null): readonly string[] {
  if (folder === null) {
    const all = argv.slice(1)
    const dashes = all.indexOf('--')
    const before = dashes < 0 ? all : all.slice(0, dashes)
    const own = before.filter((argument) => !isElectrons(argument))
    if (dashes < 0) return own
    return own.length === 0 ? all.slice(dashes + 1) : [...own, ...all.slice(dashes)]
  }
  const at = argv.findIndex((argument, index) => index > 0 && resolve(argument) === folder)
  return at < 0 ? [] : argv.slice(at + 1)
}

const isElectrons = (argument: string) =>
  /^--(no-sandbox$|ozone-platform|headless|disable-|enable-|log-level|remote-debugging-|inspect|user-data-dir|force-)/.test(
    argument,
  )

/**
 * Whether the program was started as a command line: by a word, known or not (the command line says so), or by a
 * question about itself. A profile's path opens the window.
 */
export function isCommand(own: readonly string[]): boolean {
  const [first = ''] = own
  if (first !== '' && !first.startsWith('-')) return !isProfile(first)
  return own.some((argument) => /^(-h|--help|--version)$/.test(argument))
}

const isProfile = (argument: string) => /\.ya?ml$/i.test(argument)

/**
 * Reads `--name value` and `--name=value`, and a profile's path or file: address alone, as a file manager gives it.
 * Throws CodedError `bad-arguments` for anything else.
 */
export function windowArguments(own: readonly string[]): WindowArguments {
  const found = new Map<string, string>()
  for (let at = 0; at < own.length; at++) {
    const argument = own[at] ?? ''
    if (!argument.startsWith('-') && isProfile(argument)) {
      found.set('profile', argument.startsWith('file:') ? fileURLToPath(argument) : argument)
      continue
    }
    const [name, inline] = splitOnce(argument)
    if (!/^--(lang|home|root|catalogue|profile)$/.test(name)) throw new CodedError('bad-arguments', { reason: name })
    const value = inline ?? own[++at]
    if (value === undefined || value === '') throw new CodedError('bad-arguments', { reason: name })
    found.set(name.slice(2), value)
  }
  const named = found.get('lang')
  const lang = LANGUAGES.find((one) => one === named) ?? null
  if (named !== undefined && lang === null) throw new CodedError('bad-arguments', { reason: `--lang ${named}` })
  const path = (name: string) => {
    const value = found.get(name)
    return value === undefined ? null : resolve(value)
  }
  return {
    lang,
    home: path('home'),
    root: path('root'),
    catalogue: path('catalogue'),
    profile: path('profile'),
  }
}

function splitOnce(argument: string): [string, string | undefined] {
  const at = argument.indexOf('=')
  return at < 0 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)]
}
