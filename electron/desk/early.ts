import { existsSync, readFileSync, statSync } from 'node:fs'
import type { Start } from '../contract/start.ts'
import type { Places } from '../core/places.ts'
import { under } from '../core/paths.ts'
import { type Place, readPlace } from './place.ts'
import type { Language } from './words.ts'

/** What must be known before the first pixel: read at once, without what is slow to load. */
export type Early = {
  language: 'auto' | Language
  theme: 'auto' | 'light' | 'dark'
  catalogue: string | null
  catalogueUrl: string | null
  place: Place | null
}

export const PLACE_FILE = 'window.json'
export const DRAFT_FILE = 'draft.json'

/** Anything that is missing or broken counts as never chosen. */
export function readEarly(state: string): Early {
  const preferences = readObject(under(state, 'preferences.json'))
  const one = <T extends string>(name: string, allowed: readonly T[]): T | 'auto' =>
    allowed.find((value) => value === preferences.get(name)) ?? 'auto'
  const text = (name: string): string | null => {
    const value = preferences.get(name)
    return typeof value === 'string' && value !== '' ? value : null
  }
  return {
    language: one('language', ['zh-CN', 'en']),
    theme: one('theme', ['light', 'dark']),
    catalogue: text('catalogue'),
    catalogueUrl: text('catalogueUrl'),
    place: readPlace(Object.fromEntries(readObject(under(state, PLACE_FILE)))),
  }
}

/**
 * The first answers of a start that named the profile `given`. A draft of an earlier start is not read here: it is
 * parsed by its schema, when the page asks for it.
 */
export function startOf(
  { language, theme, catalogue, catalogueUrl }: Early,
  places: Places,
  uid: number,
  given: string | null,
): Start {
  return {
    preferences: { language, theme, catalogue, catalogueUrl },
    root: rootOf(places, uid),
    fresh: given === null && !existsSync(under(places.state, DRAFT_FILE)),
  }
}

/** Started as root: whose files would change, and who stands behind sudo. */
export const rootOf = ({ home, environment, otherHome }: Places, uid: number): Start['root'] =>
  uid === 0
    ? { home, behindSudo: environment['SUDO_USER'] ?? null, offer: otherHome ? null : homeBehind(environment, home) }
    : null

/** The home of the account that sudo(8) names, as passwd has it; null where it is none of that account's own. */
function homeBehind(environment: Places['environment'], own: string): string | null {
  const wanted = environment['SUDO_UID'] ?? ''
  if (!/^[1-9]\d{0,9}$/.test(wanted)) return null
  try {
    const entry = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .find(([, , uid]) => uid === wanted)
    const home = entry?.[5] ?? ''
    const stat = home.startsWith('/') ? statSync(home) : null
    return stat?.isDirectory() === true && stat.uid === Number(wanted) && home !== own ? home : null
  } catch {
    return null
  }
}

function readObject(path: string): ReadonlyMap<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
  } catch {
    return new Map()
  }
}
