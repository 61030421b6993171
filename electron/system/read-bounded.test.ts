import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readBounded } from './read-bounded.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goready-read-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = (name: string) => join(folder, name)
const textOf = async (name: string) => new TextDecoder().decode(await readBounded(at(name)))

test('a file is read whole, also an empty one, one behind a link and one whose size the kernel does not tell', async () => {
  const text = 'a line\n'.repeat(50_000)
  writeFileSync(at('long'), text)
  writeFileSync(at('empty'), '')
  symlinkSync('long', at('link'))
  expect(await textOf('long')).toBe(text)
  expect(await textOf('link')).toBe(text)
  expect(await readBounded(at('empty'))).toHaveLength(0)
  if (process.platform === 'linux') expect(await readBounded('/proc/self/status')).not.toHaveLength(0)
})

test('what is no file is told of as what it is', async () => {
  mkdirSync(at('folder'))
  await expect(readBounded(at('missing'))).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(readBounded(at('folder'))).rejects.toMatchObject({ code: 'EISDIR' })
  await expect(readBounded(join(folder, 'folder', 'x', 'y'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test.runIf(process.platform !== 'win32')('/dev/null is an empty file, another device is not read', async () => {
  symlinkSync('/dev/null', at('none'))
  symlinkSync('/dev/zero', at('zeros'))
  expect(await readBounded(at('none'))).toHaveLength(0)
  await expect(readBounded(at('zeros'))).rejects.toMatchObject({ code: 'EINVAL' })
})

test.runIf(process.platform !== 'win32')('a pipe without a writer holds up nobody', async () => {
  execFileSync('mkfifo', [at('pipe')])
  await expect(readBounded(at('pipe'))).rejects.toMatchObject({ code: 'EINVAL' })
})

test('what takes too much memory is not begun', async () => {
  writeFileSync(at('huge'), '')
  truncateSync(at('huge'), 3 * 1024 ** 3)
  await expect(readBounded(at('huge'))).rejects.toMatchObject({ code: 'EFBIG' })
})
