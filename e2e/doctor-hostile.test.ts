import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { checkUpSchema } from '../electron/contract/doctor.ts'
import { goready, tree } from './harness.ts'

// Root looks at a home in which somebody has put what would hold up, fill or mislead whoever reads it.

const dirs: string[] = []
let [dir, home] = ['', '']
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'goready-trap-'))
  dirs.push(dir)
  home = join(dir, 'home')
  for (const folder of [home, join(dir, 'root/etc')]) mkdirSync(folder, { recursive: true })
})
afterEach(() => expect(tree(join(dir, 'root'))).toEqual({ '': expect.any(String), etc: expect.any(String) }))
afterAll(() => {
  for (const one of dirs) rmSync(one, { recursive: true, force: true })
})

function at(name: string): string {
  const path = join(home, name)
  mkdirSync(dirname(path), { recursive: true })
  return path
}

const catalogue = join(import.meta.dirname, '../assets/mirrors.json')

/** What stands in the home, without its content. */
const shape = (): readonly string[] =>
  execFileSync('ls', ['-lnR', '--full-time', home], { encoding: 'utf8' }).split('\n')

/** All that asks no network, with the time that it took. */
async function look(env: Record<string, string> = {}) {
  const begin = performance.now()
  const argv = ['check', '--json', '--only', 'go,docker,cache,files,packages']
  const outcome = await goready({ dir, home, root: join(dir, 'root'), catalogue }, argv, { env })
  const parsed = outcome.events.flatMap(({ result }) => checkUpSchema.safeParse(result).data ?? [])
  return { ...outcome, checkUp: parsed.at(-1), ms: performance.now() - begin }
}

const FILES = [
  ...['.npmrc', '.netrc', '.bashrc', '.profile', '.bash_profile', '.zshrc', '.zshenv', '.yarnrc.yml'],
  ...['.config/go/env', '.config/pip/pip.conf', '.docker/config.json', '.config/docker/daemon.json'],
  ...['.config/environment.d/90-x.conf', '.config/goready/env.sh', '.local/state/goready/mutes.json'],
  '.local/state/goready/runs/20260101T000000000Z-abcdef.jsonl',
]

test.each<[string, (path: string) => void]>([
  ['a pipe', (path) => execFileSync('mkfifo', [path])],
  ['a device without end', (path) => symlinkSync('/dev/zero', path)],
  ['a file that fills the memory', (path) => (writeFileSync(path, ''), truncateSync(path, 2000 * 1024 ** 2))],
  ['a link to itself', (path) => symlinkSync(path, path)],
  ['a folder', (path) => mkdirSync(path)],
  ['a long run of spaces', (path) => writeFileSync(path, `${' '.repeat(300_000)}x\n`)],
  ['many empty lines', (path) => writeFileSync(path, `${'\n'.repeat(100_000)}x`)],
])('%s in the place of every file', async (_, put) => {
  for (const name of FILES) put(at(name))
  const before = shape()
  const { checkUp, code, ms, stderr } = await look()
  expect(stderr).toBe('')
  expect([0, 3]).toContain(code)
  expect(checkUp?.checks.length).toBeGreaterThan(10)
  expect(ms).toBeLessThan(30_000)
  expect(shape()).toEqual(before)
})

test('a cache of circles, pipes and links that lead out of it', async () => {
  const download = 'go/pkg/mod/cache/download'
  for (const name of ['a', 'b', 'c']) {
    mkdirSync(at(`${download}/${name}`))
    for (const to of ['a', 'b', 'c']) symlinkSync('..', at(`${download}/${name}/${to}`))
  }
  symlinkSync('/', at(`${download}/disk`))
  mkdirSync(at(`${download}/m/@v`))
  for (const end of ['ziphash', 'mod', 'info']) execFileSync('mkfifo', [at(`${download}/m/@v/v1.0.0.${end}`)])
  writeFileSync(at(`${download}/m/@v/v1.0.0.zip`), 'no zip')
  symlinkSync('/', at('go/pkg/mod/m@v1.0.0'))
  execFileSync('mkfifo', [at('.npm/_cacache/content-v2/sha512/aa/bb/cc')])
  symlinkSync('/', at('.npm/_cacache/content-v2/sha512/aa/bb/dd'))
  const { checkUp, ms } = await look()
  expect(checkUp?.checks.filter(({ state }) => state === 'failed')).toEqual([])
  expect(checkUp?.checks.find(({ id }) => id === 'cache.go')?.state).not.toBe('late')
  for (const { repairs } of checkUp?.findings ?? []) expect(repairs.every(({ final }) => !final)).toBe(true)
  expect(ms).toBeLessThan(30_000)
})

test.runIf(process.getuid?.() === 0)('no program of another account runs as root', async () => {
  const [uid, gid] = [65_534, 65_534]
  const canary = join(dir, 'as')
  writeFileSync(canary, '', { mode: 0o666 })
  execFileSync('chmod', ['755', dir])
  execFileSync('chmod', ['666', canary])
  writeFileSync(at('.local/go/bin/go'), `#!/bin/sh\nid -u >>${canary}\n`, { mode: 0o755 })
  writeFileSync(at('.bashrc'), `id -u >>${canary}\n`)
  writeFileSync(at('.config/pip/pip.conf'), `[global]\npython = ${home}/.local/go/bin/go\n`)
  execFileSync('chown', ['-R', `${uid}:${gid}`, home])
  await look()
  await goready({ dir, home, root: join(dir, 'root'), catalogue }, ['detect', '--json'])
  const as = execFileSync('sort', ['-u', canary], { encoding: 'utf8' }).trim()
  expect(as).toBe(String(uid))
})
