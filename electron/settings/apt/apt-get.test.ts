import { expect, test } from 'vitest'
import { linuxPlaces } from '../../platform/linux/places.ts'
import { MemorySystem } from '../../system/memory.ts'
import { complaints, parseUpdate } from './apt-get.ts'
import { aptHandler } from './handler.ts'

const OURS = ['http://m.example/debian/']
const read = (code: number, stdout: string, stderr: string): readonly string[] =>
  complaints(parseUpdate({ code, stdout, stderr }), OURS)

test('what apt said about our address counts, what it said about others does not', () => {
  const other =
    'Err:1 http://vendor.example/apt x Release\n  404\nGet:2 http://m.example/debian bookworm InRelease [1 B]\n'
  expect(
    read(100, other, "E: The repository 'http://vendor.example/apt x Release' does not have a Release file.\n"),
  ).toEqual([])
  expect(read(0, 'Err:1 http://m.example/debian bookworm InRelease\n  Could not connect\n', '')).toEqual([
    'Err: http://m.example/debian bookworm',
  ])
  const failed = 'W: Failed to fetch http://m.example/debian/dists/bookworm/InRelease  Could not connect'
  expect(read(0, 'Err:1 http://m.example/debian bookworm InRelease\n', `${failed}\n`)).toEqual([failed])
  expect(
    read(100, 'Err:1 http://m.example/debian-security x Release\n', "E: 'http://m.example/debian-security x' 404\n"),
  ).toEqual([])
})

test('a notice about our address is no complaint; trouble that concerns no address is one', () => {
  const legacy = 'W: http://m.example/debian/dists/bookworm/InRelease: Key is stored in legacy trusted.gpg keyring\n'
  expect(read(0, 'Hit:1 http://m.example/debian bookworm InRelease\n', legacy)).toEqual([])
  const lock = 'E: Could not get lock /var/lib/apt/lists/lock'
  expect(read(100, '', `${lock}\n`)).toEqual([lock])
  expect(read(100, '', '')).toEqual(['apt-get update: 100'])
})

const FILE = '/etc/apt/sources.list'
const { signal } = new AbortController()
function machine(answers: readonly { code: number; stdout?: string; stderr?: string }[]) {
  const places = linuxPlaces({ environment: { HOME: '/root', https_proxy: 'http://p:1' }, uid: 0, username: 'root' })
  const text = 'deb http://m.example/debian bookworm main\n'
  const sys = new MemorySystem({ '/etc/os-release': 'ID=debian\nVERSION_CODENAME=bookworm\n', [FILE]: text }, 0)
  sys.put('/usr/bin/apt-get', '', { mode: 0o755 })
  const calls: { argv: readonly string[]; env: Readonly<Record<string, string>> }[] = []
  sys.programs.set('/usr/bin/apt-get', (argv, { env = {} }) => {
    calls.push({ argv, env })
    return answers[Math.min(calls.length, answers.length) - 1] ?? {}
  })
  const notice = (way: 'apply' | 'back') =>
    aptHandler(places).notice(sys, FILE, new TextEncoder().encode(text), signal, way)
  return { calls, notice }
}

test('one file is refreshed; a lock is waited for; proxies are handed on', async () => {
  const { calls, notice } = machine([
    { code: 100, stderr: 'E: Could not get lock /var/lib/apt/lists/lock.' },
    { code: 0 },
  ])
  await notice('apply')
  expect(calls).toHaveLength(2)
  expect(calls[1]?.argv).toEqual(
    expect.arrayContaining([
      'update',
      `Dir::Etc::sourcelist=${FILE}`,
      'Dir::Etc::sourceparts=/dev/null',
      'APT::Get::List-Cleanup=0',
    ]),
  )
  expect(calls[1]?.env).toEqual({ PATH: expect.any(String), LC_ALL: 'C', https_proxy: 'http://p:1' })
})

test('a failure counts on the way there and not on the way back', async () => {
  const failed = { code: 100, stderr: "E: The repository 'http://m.example/debian bookworm InRelease' is not signed." }
  await expect(machine([failed]).notice('apply')).rejects.toMatchObject({
    code: 'apt-update-failed',
    values: { hosts: 'm.example', path: FILE },
  })
  const back = machine([failed])
  await back.notice('back')
  expect(back.calls).toHaveLength(1)
})
