import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fold } from '../core/plan.ts'
import { edit, testFormats } from '../core/test-format.ts'
import { replaceFile } from './atomic-write.ts'
import { exec } from './exec.ts'
import { realSystem } from './real.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goready-system-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const bytes = (text: string) => new TextEncoder().encode(text)
const at = (name: string) => join(folder, name)
const options = (name: string, mode = 0o644) => ({
  mode,
  uid: process.getuid?.() ?? -1,
  gid: process.getgid?.() ?? -1,
  temporary: at(`.${name}.tmp`),
})

test('a file is replaced with its mode and extended attributes, and nothing stays beside it', async () => {
  writeFileSync(at('rc'), 'old')
  chmodSync(at('rc'), 0o640)
  execFileSync('setfattr', ['-n', 'user.note', '-v', 'kept', at('rc')])
  await replaceFile(at('rc'), bytes('new'), options('rc', 0o640))
  expect(readFileSync(at('rc'), 'utf8')).toBe('new')
  expect(statSync(at('rc')).mode & 0o777).toBe(0o640)
  expect(execFileSync('getfattr', ['--only-values', '-n', 'user.note', at('rc')], { encoding: 'utf8' })).toBe('kept')
  expect(await realSystem().list(folder)).toEqual(['rc'])
})

test('the time of a replaced file is the time of its change', async () => {
  writeFileSync(at('rc'), 'old')
  execFileSync('touch', ['-d', '2001-01-01', at('rc')])
  await replaceFile(at('rc'), bytes('new'), options('rc'))
  expect(statSync(at('rc')).mtimeMs).toBeGreaterThan(Date.now() - 60_000)
})

test('a write that fails leaves the old file and no temporary one', async () => {
  mkdirSync(at('full'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at('full')])
  try {
    writeFileSync(at('full/rc'), 'old')
    const big = new Uint8Array(200_000).fill(65)
    await expect(
      replaceFile(at('full/rc'), big, { ...options('rc'), temporary: at('full/.rc.tmp') }),
    ).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(readFileSync(at('full/rc'), 'utf8')).toBe('old')
    expect(await realSystem().list(at('full'))).toEqual(['rc'])
  } finally {
    execFileSync('umount', [at('full')])
  }
})

test('a folder that gives its group to new files does not change whose the file is', async () => {
  writeFileSync(at('rc'), 'old')
  chownSync(folder, 0, 65_534)
  chmodSync(folder, 0o2755)
  await replaceFile(at('rc'), bytes('new'), options('rc'))
  await replaceFile(at('fresh'), bytes('new'), options('fresh'))
  expect([statSync(at('rc')).gid, statSync(at('fresh')).gid]).toEqual([process.getgid?.(), process.getgid?.()])
})

test('where the old rights can not be given to the new file, the old file stays', async () => {
  writeFileSync(at('rc'), 'old')
  // FAT forces its own rights on every file; here a mode that no file can have stands for it.
  await expect(replaceFile(at('rc'), bytes('new'), options('rc', 0o1_0644))).rejects.toMatchObject({ code: 'EACCES' })
  expect(readFileSync(at('rc'), 'utf8')).toBe('old')
  expect(await realSystem().list(folder)).toEqual(['rc'])
})

test('a record that does not fit on the disk leaves no half of itself', async () => {
  mkdirSync(at('full'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', at('full')])
  try {
    const sys = realSystem()
    expect(await sys.createExclusive(at('full/j'), 'a\n', sys.identity)).toBe(true)
    await expect(sys.append(at('full/j'), 'x'.repeat(64_000))).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(readFileSync(at('full/j'), 'utf8')).toBe('a\n')
    await expect(sys.createExclusive(at('full/k'), 'x'.repeat(64_000), sys.identity)).rejects.toMatchObject({
      code: 'ENOSPC',
    })
    expect(await sys.list(at('full'))).toEqual(['j'])
  } finally {
    execFileSync('umount', [at('full')])
  }
})

test('an immutable file and a mounted one are refused by the system', async () => {
  writeFileSync(at('rc'), 'old')
  execFileSync('chattr', ['+i', at('rc')])
  try {
    await expect(replaceFile(at('rc'), bytes('new'), options('rc'))).rejects.toMatchObject({ code: 'EPERM' })
  } finally {
    execFileSync('chattr', ['-i', at('rc')])
  }
  writeFileSync(at('source'), 'source')
  execFileSync('mount', ['--bind', at('source'), at('rc')])
  try {
    await expect(replaceFile(at('rc'), bytes('new'), options('rc'))).rejects.toMatchObject({ code: 'EBUSY' })
  } finally {
    execFileSync('umount', [at('rc')])
  }
  expect(readFileSync(at('rc'), 'utf8')).toBe('old')
})

test('links are resolved as far as they lead, also into nothing and in circles', async () => {
  const sys = realSystem()
  symlinkSync('b', at('a'))
  symlinkSync('deep/c', at('b'))
  expect(await sys.resolve(at('a'))).toBe(at('deep/c'))
  symlinkSync('y', at('x'))
  symlinkSync('x', at('y'))
  await expect(sys.resolve(at('x'))).rejects.toMatchObject({ code: 'ELOOP' })
  expect(readlinkSync(at('a'))).toBe('b')
})

test('a hard link is seen, and refused only when its file would change', async () => {
  writeFileSync(at('one'), 'x=1')
  linkSync(at('one'), at('two'))
  await expect(fold([edit(at('one'), 'x', '2')], testFormats, realSystem())).rejects.toMatchObject({
    code: 'hard-linked',
  })
})

test('programs: no shell, an own environment, a time limit, a cancel', async () => {
  expect((await exec(['/bin/echo', '$(id) `id`'])).stdout).toBe('$(id) `id`\n')
  expect((await exec(['/usr/bin/env'], { env: { ONLY: '1' } })).stdout).toBe('ONLY=1\n')
  expect(await exec(['/bin/sh', '-c', 'exit 3'])).toMatchObject({ code: 3 })
  await expect(exec(['/bin/sleep', '30'], { timeout: 100 })).rejects.toMatchObject({ code: 'ETIMEDOUT' })
  await expect(exec(['/bin/sleep', '30'], { signal: AbortSignal.timeout(100) })).rejects.toMatchObject({
    name: 'AbortError',
  })
  await expect(exec(['/no/such/program'])).rejects.toMatchObject({ code: 'ENOENT' })
})

test('what a program leaves behind neither holds the answer up nor lives on in its session', async () => {
  const begin = performance.now()
  const { code, stdout } = await exec(['/bin/sh', '-c', 'sleep 60 & echo $!'], { session: true })
  expect(code).toBe(0)
  expect(performance.now() - begin).toBeLessThan(5000)
  const stuck = exec(['/bin/sh', '-c', `trap '' TERM; sleep 60; sleep 60`], { session: true, timeout: 200 })
  await expect(stuck).rejects.toMatchObject({ code: 'ETIMEDOUT' })
  // Dead, whether or not somebody has collected it yet.
  const { stdout: state } = spawnSync('ps', ['-o', 'stat=', '-p', stdout.trim()], { encoding: 'utf8' })
  expect(state).toMatch(/^(Z.*)?\s*$/)
  const plain = await exec(['/bin/sh', '-c', 'sleep 3 & echo there'])
  expect(plain.stdout).toBe('there\n')
  expect(performance.now() - begin).toBeLessThan(5000)
})

test('a program can be started as another user', async () => {
  expect((await exec(['/usr/bin/id', '-u'], { as: { uid: 65_534, gid: 65_534 } })).stdout).toBe('65534\n')
})

test('a scratch folder for another user is his own, and gone afterwards with what he has left there', async () => {
  writeFileSync(at('kept'), 'kept')
  const as = { uid: 65_534, gid: 65_534 }
  let made = ''
  await realSystem().withScratch(
    {},
    async (scratch) => {
      made = scratch
      const script = `mkdir "${scratch}/a" && ln -s "${folder}" "${scratch}/a/link" && id -u >"${scratch}/a/file"`
      expect((await exec(['/bin/sh', '-c', script], { as })).code).toBe(0)
    },
    as,
  )
  expect(statSync(made, { throwIfNoEntry: false })).toBeUndefined()
  expect(readFileSync(at('kept'), 'utf8')).toBe('kept')
})

test('a link in the place of a record is not written through', async () => {
  writeFileSync(at('theirs'), 'kept')
  symlinkSync('theirs', at('j'))
  await expect(realSystem().append(at('j'), 'x\n')).rejects.toMatchObject({ code: 'ELOOP' })
  expect(readFileSync(at('theirs'), 'utf8')).toBe('kept')
})

test('records: created once, private, appended', async () => {
  const sys = realSystem()
  const owner = sys.identity
  expect(await sys.createExclusive(at('j'), 'a\n', owner)).toBe(true)
  expect(await sys.createExclusive(at('j'), 'b\n', owner)).toBe(false)
  await sys.append(at('j'), 'c\n')
  expect(readFileSync(at('j'), 'utf8')).toBe('a\nc\n')
  expect(statSync(at('j')).mode & 0o777).toBe(0o600)
})

test('what is read-only even for root is told, by the name of the folder that is', async () => {
  const sys = realSystem()
  mkdirSync(at('home'))
  writeFileSync(at('home/rc'), '')
  execFileSync('mount', ['--bind', at('home'), at('home')])
  try {
    execFileSync('mount', ['-o', 'remount,bind,ro', at('home')])
    expect(await sys.obstacle(at('home/rc'))).toEqual({ path: at('home/rc'), why: 'read-only' })
    expect(await sys.obstacle(at('home/new/file'))).toEqual({ path: at('home'), why: 'read-only' })
  } finally {
    execFileSync('umount', [at('home')])
  }
  expect(await sys.obstacle(at('home/new/file'))).toBeNull()
})

test('root can write everywhere; a folder that is not empty stays', async () => {
  writeFileSync(at('theirs'), '')
  expect(await realSystem().obstacle(at('theirs'))).toBeNull()
  expect(await realSystem().obstacle(at('new/deep/file'))).toBeNull()
  expect(await realSystem().removeDir(folder)).toBe(false)
})
