import { readFileSync } from 'node:fs'
import { under } from '../core/paths.ts'
import { type Place, readPlace } from './place.ts'
import type { Language } from './words.ts'

/** What must be known before the first pixel: read at once, without what is slow to load. */
export type Early = {
  language: 'auto' | Language
  theme: 'auto' | 'light' | 'dark'
  catalogue: string | null
  place: Place | null
}

export const PLACE_FILE = 'window.json'

/** Anything that is missing or broken counts as never chosen. */
export function readEarly(state: string): Early {
  const preferences = readObject(under(state, 'preferences.json'))
  const one = <T extends string>(name: string, allowed: readonly T[]): T | 'auto' =>
    allowed.find((value) => value === preferences.get(name)) ?? 'auto'
  const catalogue = preferences.get('catalogue')
  return {
    language: one('language', ['zh-CN', 'en']),
    theme: one('theme', ['light', 'dark']),
    catalogue: typeof catalogue === 'string' && catalogue !== '' ? catalogue : null,
    place: readPlace(Object.fromEntries(readObject(under(state, PLACE_FILE)))),
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
