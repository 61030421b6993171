import { execFileSync } from 'node:child_process'
import { constants } from 'node:fs'
import { mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { carryByCopy, writeAll } from './atomic-write.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'goready-carry-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

// What macOS' `cp -p` does by itself, GNU's does when it is told to.
const COPY = ['cp', '--preserve=all'] as const

async function replaced(from: string, text: string, copy: readonly [string, ...string[]] = COPY): Promise<string> {
  const to = path.join(folder, 'new')
  const handle = await open(to, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR, 0o600)
  try {
    await carryByCopy(from, to, handle, copy)
    await writeAll(handle, new TextEncoder().encode(text))
  } finally {
    await handle.close()
  }
  return to
}

test('attributes and mode come along, of the old content nothing is left', async () => {
  const from = path.join(folder, 'old')
  await writeFile(from, 'a much longer text than the new one\n', { mode: 0o640 })
  execFileSync('setfattr', ['-n', 'user.com.apple.note', '-v', 'kept', from])
  const to = await replaced(from, 'short\n')
  expect(await readFile(to, 'utf8')).toBe('short\n')
  expect((await stat(to)).mode & 0o777).toBe(0o640)
  const told = execFileSync('getfattr', ['--only-values', '-n', 'user.com.apple.note', '--absolute-names', to])
  expect(told.toString()).toBe('kept')
})

test('a new file, and a machine without cp, have nothing to carry', async () => {
  expect(await readFile(await replaced(path.join(folder, 'none'), 'x'), 'utf8')).toBe('x')
  await rm(path.join(folder, 'new'))
  await writeFile(path.join(folder, 'old'), 'old content')
  expect(await readFile(await replaced(path.join(folder, 'old'), 'x', ['/nonexistent/cp']), 'utf8')).toBe('x')
})
