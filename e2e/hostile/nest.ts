import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { hostileStrings } from './strings.ts'

/** The long version: every string in every sink. The short one takes every few. */
export const FULL = process.env['GOREADY_FULL'] === '1'

/** A temporary folder with the canaries' own beside it, and the strings that would make them. */
export function openNest() {
  const folder = mkdtempSync(join(tmpdir(), 'goready-hostile-'))
  const canaries = join(folder, 'canaries')
  mkdirSync(canaries)
  return {
    folder,
    strings: hostileStrings(canaries),
    /** No canary, and nothing that all objects would inherit. */
    check(): void {
      expect(readdirSync(canaries)).toEqual([])
      expect(Reflect.get({}, 'polluted')).toBeUndefined()
      expect(Object.keys(Object.prototype)).toEqual([])
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Every `step`-th in the short version, all in the long one. */
export const some = <T>(list: readonly T[], step: number): readonly T[] =>
  FULL ? list : list.filter((_, index) => index % step === 0)
