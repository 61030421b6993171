import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { ownFolder } from './own-folder.ts'

const home = mkdtempSync(join(tmpdir(), 'goready-own-'))
const made: string[] = [home]
afterEach(() => made.splice(1).forEach((path) => rmSync(path, { recursive: true })))
afterAll(() => rmSync(home, { recursive: true }))

test('the wanted folder is made for its owner alone, and found again', () => {
  const path = join(home, '.config', 'goready')
  for (let start = 0; start < 2; start++) expect(ownFolder(path)).toEqual({ path, passing: false })
  expect(statSync(path).mode & 0o777).toBe(0o700)
})

test('where it cannot be, each start has a folder of its own', () => {
  // Root writes everywhere; below a file not even root makes a folder.
  writeFileSync(join(home, 'file'), '')
  const starts = [ownFolder(join(home, 'file', 'goready')), ownFolder(join(home, 'file', 'goready'))]
  made.push(...starts.map(({ path }) => path))
  expect(starts.map(({ passing }) => passing)).toEqual([true, true])
  expect(new Set(made).size).toBe(3)
  for (const { path } of starts) expect(statSync(path).mode & 0o777).toBe(0o700)
})
