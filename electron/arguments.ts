import { resolve } from 'node:path'
import { CodedError } from './core/errors.ts'

/** The commands of the command line; anything else on it belongs to the window. */
const COMMANDS = new Set(
  'detect why image mirrors plan apply check repair explain undo history shell run report kit classroom uninstall'.split(
    ' ',
  ),
)

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
 */
export function ownArguments(argv: readonly string[], folder: string | null): readonly string[] {
  if (folder === null) return argv.slice(1).filter((argument) => !isElectrons(argument))
  const at = argv.findIndex((argument, index) => index > 0 && resolve(argument) === folder)
  return at < 0 ? [] : argv.slice(at + 1)
}

const isElectrons = (argument: string) =>
  /^--(no-sandbox$|ozone-platform|headless|disable-|enable-|remote-debugging-|inspect|user-data-dir|force-)/.test(
    argument,
  )

/** Whether the program was started as a command line. */
export const isCommand = (own: readonly string[]): boolean =>
  own.some((argument) => argument === '--help' || argument === '--version') || COMMANDS.has(own[0] ?? '')

/** Reads `--name value` and `--name=value`. Throws CodedError `bad-arguments` for anything else. */
export function windowArguments(own: readonly string[]): WindowArguments {
  const found = new Map<string, string>()
  for (let at = 0; at < own.length; at++) {
    const [name, inline] = splitOnce(own[at] ?? '')
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
