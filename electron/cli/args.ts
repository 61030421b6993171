import { parseArgs } from 'node:util'
import type { ForWhom } from '../contract/run.ts'
import { CodedError } from '../core/errors.ts'

const OPTIONS = {
  json: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  refresh: { type: 'boolean' },
  lang: { type: 'string' },
  timeout: { type: 'string' },
  home: { type: 'string' },
  root: { type: 'string' },
  catalogue: { type: 'string' },
  profile: { type: 'string' },
  project: { type: 'string' },
  for: { type: 'string' },
  run: { type: 'string' },
  'on-conflict': { type: 'string' },
  target: { type: 'string' },
  url: { type: 'string' },
  name: { type: 'string' },
  image: { type: 'string' },
  remove: { type: 'string' },
  only: { type: 'string' },
  mute: { type: 'string' },
  unmute: { type: 'string' },
  out: { type: 'string' },
  'go-mod': { type: 'string' },
  'npm-lock': { type: 'string' },
  installer: { type: 'string' },
  interface: { type: 'string' },
  port: { type: 'string' },
  seats: { type: 'string' },
  waves: { type: 'string' },
  tolerance: { type: 'string' },
  forks: { type: 'string' },
  format: { type: 'string' },
  kit: { type: 'string' },
  key: { type: 'string' },
  check: { type: 'boolean' },
} as const

export type Lang = 'zh-CN' | 'en'
export type Args = {
  /** The words before the options, e.g. `image pull golang:1.26`. */
  words: readonly string[]
  /** What stands behind `--`. */
  rest: readonly string[] | null
  json: boolean
  yes: boolean
  help: boolean
  version: boolean
  refresh: boolean
  lang: Lang
  /** Milliseconds for the whole command; null = no limit. */
  timeout: number | null
  home: string | null
  root: string | null
  catalogue: string | null
  profile: string | null
  /** A folder whose own files (.npmrc) change instead of the user's. */
  project: string | null
  for: string | null
  run: string | null
  onConflict: 'ask' | 'keep' | 'restore' | 'ours'
  target: string | null
  url: string | null
  name: string | null
  image: string | null
  /** What `why` is to take away, by the id that it shows. */
  remove: string | null
  /** Ids of checks or categories, separated by commas. */
  only: string | null
  /** A finding that does not count any more. */
  mute: string | null
  /** A finding that counts again. */
  unmute: string | null
  /** The folder that is written. */
  out: string | null
  /** Files, separated by commas. */
  goMod: string | null
  npmLock: string | null
  installer: string | null
  /** A network interface's name or address. */
  interface: string | null
  port: string | null
  /** A list of seats. */
  seats: string | null
  waves: string | null
  tolerance: string | null
  forks: string | null
  format: string | null
  /** A kit's folder. */
  kit: string | null
  /** A key's file. */
  key: string | null
  /** Only look. */
  check: boolean
}

const bad = (reason: string, values: Record<string, string> = {}): CodedError =>
  new CodedError('bad-arguments', { reason: `cli:reason.${reason}`, ...values })

/** The language of a locale's name: everything Chinese reads Simplified Chinese. */
export function langOf(environment: Readonly<Record<string, string | undefined>>): Lang {
  const locale = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || ''
  return /^zh/i.test(locale) ? 'zh-CN' : 'en'
}

/** Reads the command line. Throws `bad-arguments` {reason: key of `cli:reason`}. */
export function readArgs(argv: readonly string[], environment: Readonly<Record<string, string | undefined>>): Args {
  const dashes = argv.indexOf('--')
  const own = dashes < 0 ? argv : argv.slice(0, dashes)
  const { values, positionals } = parse(own)
  for (const [name, value] of Object.entries(values))
    if (typeof value === 'string' && value.includes('\0')) throw badValue(`--${name}`, value)
  return {
    words: positionals,
    rest: dashes < 0 ? null : argv.slice(dashes + 1),
    json: values.json ?? false,
    yes: values.yes ?? false,
    help: values.help ?? false,
    version: values.version ?? false,
    refresh: values.refresh ?? false,
    lang: oneOf('lang', values.lang, ['zh-CN', 'en'], langOf(environment)),
    timeout: seconds(values.timeout),
    home: values.home ?? null,
    root: values.root ?? null,
    catalogue: values.catalogue ?? null,
    profile: values.profile ?? null,
    project: values.project ?? null,
    for: values.for ?? null,
    run: values.run ?? null,
    onConflict: oneOf('on-conflict', values['on-conflict'], ['ask', 'keep', 'restore', 'ours'], 'ask'),
    target: values.target ?? null,
    url: values.url ?? null,
    name: values.name ?? null,
    image: values.image ?? null,
    remove: values.remove ?? null,
    only: values.only ?? null,
    mute: values.mute ?? null,
    unmute: values.unmute ?? null,
    out: values.out ?? null,
    goMod: values['go-mod'] ?? null,
    npmLock: values['npm-lock'] ?? null,
    installer: values.installer ?? null,
    interface: values.interface ?? null,
    port: values.port ?? null,
    seats: values.seats ?? null,
    waves: values.waves ?? null,
    tolerance: values.tolerance ?? null,
    forks: values.forks ?? null,
    format: values.format ?? null,
    kit: values.kit ?? null,
    key: values.key ?? null,
    check: values.check ?? false,
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true })
  } catch (error) {
    const name = /'([^']+)'/.exec(error instanceof Error ? error.message : '')?.[1] ?? ''
    throw bad('unexpected', { name })
  }
}

function oneOf<T extends string>(name: string, value: string | undefined, allowed: readonly T[], fallback: T): T {
  if (value === undefined) return fallback
  const found = allowed.find((entry) => entry === value)
  if (found === undefined) throw bad('value', { name: `--${name}`, value })
  return found
}

function seconds(value: string | undefined): number | null {
  if (value === undefined) return null
  const number = Number(value)
  if (!/^\d+(\.\d+)?$/.test(value) || number <= 0 || number > 86_400) throw bad('value', { name: '--timeout', value })
  return number * 1000
}

/** Whom `--for` names; without it the account itself. Throws `bad-arguments`. */
export const forWhom = (args: Pick<Args, 'for'>): ForWhom =>
  oneOf('for', args.for ?? undefined, ['user', 'all', 'skel'], 'user')

/** An option that a command can't do without. */
export function need(value: string | null | undefined, name: string): string {
  if (value === null || value === undefined || value === '') throw bad('missing', { name })
  return value
}

/** Refuses words that a command has no use for. */
export function noMore(words: readonly string[], expected: number): void {
  const extra = words[expected]
  if (extra !== undefined) throw bad('unexpected', { name: extra })
}

export const badValue = (name: string, value: string): CodedError => bad('value', { name, value })
/** `what`: `finding` or `repair`, of which no check-up tells now. */
export const notOffered = (what: 'finding' | 'repair', name: string): CodedError => bad(what, { name })
export const unknownCommand = (name: string): CodedError => bad('unknown-command', { name })
export const unreadableFile = (path: string): CodedError => bad('file', { path })
