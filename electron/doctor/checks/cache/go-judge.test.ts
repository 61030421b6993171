import { expect, test } from 'vitest'
import type { Hashes } from './go-hashes.ts'
import { judge, type Witness } from './go-judge.ts'

const hashes = (zip: string | null, noted: string | null, dir: string | null, goMod = 'm'): Hashes => ({
  zip: zip === null ? { cause: 'cut off' } : { hash: zip },
  noted,
  dir,
  unpacked: 0,
  goMod,
})
const db = (zip: string): Witness => ({ by: 'sum.example', sums: { zip, goMod: 'm' } })
const goSum: Witness = { by: '/p/go.sum', sums: { zip: 'other', goMod: null } }

test.each<[string, Hashes, readonly Witness[], string | null]>([
  ['all the same', hashes('a', 'a', 'a'), [], null],
  ['all as the database says', hashes('a', 'a', 'a'), [db('a')], null],
  ['not unpacked', hashes('a', 'a', null), [], null],
  ['nothing noted', hashes('a', null, 'a'), [], null],
  ['the folder alone', hashes('a', 'a', 'x'), [], 'module-modified dir'],
  ['the same, proved', hashes('a', 'a', 'x'), [db('a')], 'module-modified dir'],
  ['the folder, nothing noted', hashes('a', null, 'x'), [], 'module-modified dir'],
  ['the zip alone', hashes('x', 'a', 'a'), [], 'zip-damaged .zip,.ziphash'],
  ['no whole zip', hashes(null, 'a', 'a'), [], 'zip-damaged .zip,.ziphash'],
  ['no whole zip, proved', hashes(null, 'a', 'a'), [db('a')], 'zip-damaged .zip,.ziphash'],
  ['no whole zip, and a changed folder', hashes(null, 'a', 'x'), [], 'zip-damaged dir,.zip,.ziphash'],
  ['three opinions', hashes('x', 'a', 'y'), [], 'zip-damaged dir,.zip,.ziphash'],
  ['the note or the rest', hashes('a', 'x', 'a'), [], 'undecided'],
  ['the note, proved', hashes('a', 'x', 'a'), [db('a')], 'ziphash-wrong .ziphash'],
  ['the rest, proved', hashes('x', 'a', 'x'), [db('a')], 'zip-damaged dir,.zip,.ziphash'],
  ['delivered like that', hashes('x', 'x', 'x'), [db('a')], 'republished'],
  ['delivered like that, not unpacked', hashes('x', 'x', null), [db('a')], 'republished'],
  ['another go.sum', hashes('a', 'a', 'a'), [db('a'), goSum], 'republished'],
  ['go.sum alone', hashes('a', 'a', 'a'), [goSum], 'republished'],
  ['the go.mod', hashes('a', 'a', 'a', 'x'), [db('a')], 'mod-damaged .mod'],
])('%s', (_, found, witnesses, expected) => {
  const verdict = judge(found, witnesses)
  const parts = verdict !== null && 'parts' in verdict ? verdict.parts.join(',') : ''
  expect(verdict === null ? null : `${verdict.code} ${parts}`.trim()).toBe(expected)
})
