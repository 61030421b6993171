import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { realSystem } from './real.ts'
import { setPlainRights } from './tree.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goready-tree-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = (name: string) => join(folder, name)
const own = { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 }
const sys = realSystem()

test('a tree moves whole, and never over what stands there', async () => {
  mkdirSync(at('a/sub'), { recursive: true })
  writeFileSync(at('a/sub/file'), 'x')
  mkdirSync(at('b'))
  mkdirSync(at('empty'))
  const { ino } = lstatSync(at('a/sub/file'))
  await sys.rename(at('a'), at('b/a'))
  expect(lstatSync(at('b/a/sub/file')).ino).toBe(ino)
  // rename(2) itself would take the empty folder's place.
  await expect(sys.rename(at('b'), at('empty'))).rejects.toMatchObject({ code: 'EEXIST' })
  writeFileSync(at('one'), '1')
  writeFileSync(at('two'), '2')
  await expect(sys.rename(at('one'), at('two'))).rejects.toMatchObject({ code: 'EEXIST' })
  expect(readFileSync(at('two'), 'utf8')).toBe('2')
  symlinkSync('nowhere', at('dead'))
  await expect(sys.rename(at('one'), at('dead'))).rejects.toMatchObject({ code: 'EEXIST' })
})

test('rights are set on the thing itself, also where nobody may read it, and never through a link', async () => {
  writeFileSync(at('file'), '')
  await sys.setRights(at('file'), { mode: 0o4711, ...own })
  expect(lstatSync(at('file')).mode & 0o7777).toBe(0o4711)
  await sys.setRights(at('file'), { mode: 0, ...own })
  await sys.setRights(at('file'), { mode: 0o640, ...own })
  expect(lstatSync(at('file')).mode & 0o7777).toBe(0o640)
  symlinkSync('file', at('link'))
  await expect(sys.setRights(at('link'), { mode: 0o600, ...own })).rejects.toMatchObject({ code: 'ELOOP' })
  expect(lstatSync(at('file')).mode & 0o7777).toBe(0o640)
})

test.runIf(own.uid === 0 && process.platform === 'linux')(
  'root follows no link on the way either: whose folder it was may have put one there',
  async () => {
    mkdirSync(at('theirs'))
    writeFileSync(at('theirs/file'), '', { mode: 0o600 })
    symlinkSync('theirs', at('way'))
    const rights = { mode: 0o666, uid: 65_534, gid: 65_534 }
    await expect(sys.setRights(at('way/file'), rights)).rejects.toMatchObject({ code: 'ELOOP' })
    expect(lstatSync(at('theirs/file'))).toMatchObject({ uid: 0, mode: 0o100600 })
    await sys.setRights(await sys.resolve(at('way/file')), rights)
    expect(lstatSync(at('theirs/file'))).toMatchObject({ uid: 65_534, mode: 0o100666 })
    await expect(sys.setRights(at('nothing/file'), rights)).rejects.toMatchObject({ code: 'ENOENT' })
  },
)

test.runIf(process.platform === 'linux')(
  'plain rights are those of a file with one name or a folder, without setuid',
  async () => {
    writeFileSync(at('plain'), '', { mode: 0o600 })
    mkdirSync(at('folder'))
    symlinkSync('plain', at('link'))
    await setPlainRights(at('plain'), { mode: 0o640, ...own })
    await setPlainRights(at('folder'), { mode: 0o700, ...own })
    expect(lstatSync(at('plain')).mode & 0o7777).toBe(0o640)
    linkSync(at('plain'), at('other'))
    for (const name of ['plain', 'other', 'link'])
      await expect(setPlainRights(at(name), { mode: 0o666, ...own })).rejects.toMatchObject({ code: 'ELOOP' })
    await expect(setPlainRights(at('folder'), { mode: 0o2700, ...own })).rejects.toMatchObject({ code: 'ELOOP' })
    expect(lstatSync(at('plain')).mode & 0o7777).toBe(0o640)
    expect(lstatSync(at('folder')).mode & 0o7777).toBe(0o700)
  },
)

test('a tree is deleted with what is closed to its owner, and what its links lead to stays', async () => {
  mkdirSync(at('tree/closed/deep'), { recursive: true })
  writeFileSync(at('tree/closed/deep/file'), '', { mode: 0o444 })
  writeFileSync(Buffer.concat([Buffer.from(at('tree/')), Buffer.from([0xff, 0xfe])]), 'no text for a name')
  mkdirSync(at('outside'))
  writeFileSync(at('outside/file'), 'stays')
  symlinkSync('../outside', at('tree/link'))
  for (const path of ['tree/closed/deep', 'tree/closed', 'tree']) chmodSync(at(path), 0o000)
  await sys.removeTree(at('tree'))
  expect(readdirSync(folder)).toEqual(['outside'])
  expect(readFileSync(at('outside/file'), 'utf8')).toBe('stays')
  symlinkSync('outside', at('link'))
  await sys.removeTree(at('link'))
  expect(existsSync(at('outside/file'))).toBe(true)
  await sys.removeTree(at('nothing'))
})
