import { expect, test } from 'vitest'
import { parseDf, spaceCheck } from './space.ts'
import { found, HOME, homeOf } from './test-home.ts'

const df = (rows: readonly string[]): string =>
  `Filesystem 1024-blocks Used Available Capacity Mounted on\n${rows.join('\n')}\n`

function disks(space: readonly string[], inodes: readonly string[] = []) {
  const sys = homeOf({ [`${HOME}/.npmrc`]: '' })
  sys.put('/usr/bin/df', '', { mode: 0o755 })
  sys.programs.set('/usr/bin/df', (argv) => ({ stdout: df(argv[1] === '-Pk' ? space : inodes) }))
  return sys
}

test('df: names and mounts with spaces, what is no disk', () => {
  expect(parseDf(df(['a b 100 40 60 40% /mnt/my disk', 'none - - - - /x', '/dev/sda1 10 10 -3 100% /']))).toEqual([
    { mount: '/mnt/my disk', total: 100, free: 60 },
    { mount: '/', total: 10, free: -3 },
  ])
  expect(parseDf('')).toEqual([])
})

test('a full disk is one finding, however many of our places are on it', async () => {
  const all = await found(spaceCheck, disks(['/dev/sda1 9000000 8990000 10000 100% /'], ['/dev/sda1 100 100 0 100% /']))
  expect(all.map(({ code, subject, values }) => [code, subject, values?.['free']])).toEqual([
    ['files.disk-full', '/', 9],
  ])
})

test('no number of files left, but not where there is no such number', async () => {
  const space = ['/dev/sda1 9000000 100 8000000 1% /']
  expect((await found(spaceCheck, disks(space, ['/dev/sda1 100 100 0 100% /']))).map(({ code }) => code)).toEqual([
    'files.inodes-full',
  ])
  expect(await found(spaceCheck, disks(space, ['/dev/sda1 0 0 0 - /']))).toEqual([])
})

test('a file system that only reads, and a file with the mark; a missing bit is another matter', async () => {
  const sys = homeOf({ [`${HOME}/.config/go/env`]: '', [`${HOME}/.npmrc`]: '' })
  sys.obstacle = (path) =>
    Promise.resolve(
      path.startsWith(`${HOME}/.config`)
        ? { path: `${HOME}/.config`, why: 'read-only' }
        : path.endsWith('.npmrc')
          ? { path, why: 'immutable' }
          : null,
    )
  const all = await found(spaceCheck, sys)
  expect(all.map(({ code, subject }) => [code, subject])).toEqual([
    ['files.read-only', `${HOME}/.config`],
    ['files.immutable', `${HOME}/.npmrc`],
  ])
  const closed = homeOf({ [`${HOME}/.npmrc`]: '' })
  closed.put(`${HOME}/.npmrc`, '', { mode: 0o444 })
  expect(await found(spaceCheck, closed)).toEqual([])
})
