import type { Change, EnvScope, EnvTarget, EnvValue, Value } from '../contract/plan.ts'
import { CodedError } from './errors.ts'

export type EnvChange = Extract<Change, { kind: 'env' }>

/** The longest value that a process can be given on Windows, in UTF-16 units ("Environment Variables", Win32). */
const LONGEST = 32_767
const ENTRY = 'path:'

/** Where each scope is kept, as `regedit` shows it. */
export const ENV_KEYS: Readonly<Record<EnvScope, string>> = {
  user: 'HKEY_CURRENT_USER\\Environment',
  system: 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment',
}

/** Where an edit of a variable of the system goes; who starts programs is told afterwards. */
export const envTarget = (scope: EnvScope, name: string): EnvTarget => ({
  kind: 'env',
  path: `${ENV_KEYS[scope]}\\${name}`,
  scope,
  name,
  notify: ['environment-broadcast'],
})

/** A value as lines of text, for a diff: its type, then an entry a line where it is a list. */
export function showEnv(name: string, value: EnvValue | null): Uint8Array | null {
  if (value === null) return null
  const text = /PATH(EXT)?$/i.test(name) ? splitList(value.value).join('\n') : `${name}=${value.value}`
  return new TextEncoder().encode(`${value.type}\n${text}\n`)
}

/** Whether two values are stored alike; null = there is none. */
export function sameEnv(a: EnvValue | null, b: EnvValue | null): boolean {
  if (a === null || b === null) return a === b
  return a.type === b.type && a.value === b.value
}

/**
 * A value with edits folded in. Entries of a list are told apart in any case and with or without a last
 * separator; the others keep every character, empty ones too. Answers null when nothing is left to hold.
 * Throws `env-too-long` {name, length}, and `env-not-text` for a line break.
 */
export function editEnv(
  name: string,
  before: EnvValue | null,
  edits: readonly { key: string; after: Value }[],
): EnvValue | null {
  let value = before
  for (const { key, after } of edits) {
    // A line break ends the value for every program that reads it line by line; NUL ends it for all.
    if (/[\0\r\n]/.test(typeof after === 'string' ? after : key))
      throw new CodedError('env-not-text', { name, type: 'REG_SZ' })
    value = key.startsWith(ENTRY) ? withEntry(value, key.slice(ENTRY.length), after !== null) : whole(value, after)
  }
  const length = value?.value.length ?? 0
  if (length > LONGEST) throw new CodedError('env-too-long', { name, length })
  return value
}

function whole(before: EnvValue | null, after: Value): EnvValue | null {
  if (typeof after !== 'string') return null
  // What is set is meant as it stands: a percent sign must not become another variable's value.
  return { type: after.includes('%') ? 'REG_SZ' : (before?.type ?? 'REG_SZ'), value: after }
}

function withEntry(before: EnvValue | null, entry: string, present: boolean): EnvValue | null {
  const entries = splitList(before?.value ?? '')
  const others = entries.filter((one) => !sameEntry(one, entry))
  if (present === others.length < entries.length) return before
  // Windows keeps lists in this type: other entries may name variables.
  const type = before?.type ?? 'REG_EXPAND_SZ'
  if (!present) return others.length === 0 ? null : { type, value: others.join(';') }
  const old = before?.value ?? ''
  // Behind a quote that nobody closed it would be part of another entry.
  if (isOpen(old)) return { type, value: `${entry};${old}` }
  // A separator that stands at the end already is not doubled.
  const glue = old === '' || old.endsWith(';') ? '' : ';'
  return { type, value: `${old}${glue}${entry}` }
}

const isOpen = (value: string): boolean => value.split('"').length % 2 === 0

/** The entries of a list such as PATH, as they are written; a `;` between quotes parts nothing. */
export function splitList(value: string): readonly string[] {
  const entries = ['']
  let quoted = false
  for (const char of value) {
    if (char === '"') quoted = !quoted
    if (char === ';' && !quoted) entries.push('')
    else entries[entries.length - 1] += char
  }
  return entries
}

/** Whether two entries name one folder, as far as it can be told without looking. */
export const sameEntry = (a: string, b: string): boolean => plain(a) === plain(b)

const plain = (entry: string): string =>
  entry
    .replaceAll('"', '')
    .replaceAll('/', '\\')
    .replace(/(?<=[^:])\\+$/, '')
    .toUpperCase()
