import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type WhyAnswer, whySchema } from '../electron/contract/why.ts'
import { type Desk, errorOf, goready, tree } from './harness.ts'
import { projectRoot } from './lab/cache.ts'

// Why a value is what it is, by the command line, in a home of its own; real go and real shells answer.
let dir: string
let desk: Desk
let count = 0
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'goready-why-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))
beforeEach(() => {
  const own = join(dir, `t${count++}`)
  desk = { dir: own, root: '/', home: join(own, 'home 家'), catalogue: join(projectRoot(), 'assets/golang-tags.json') }
  mkdirSync(desk.home, { recursive: true })
})

const put = (name: string, text: string): string => {
  const path = join(desk.home, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

async function why(name: string, env: Record<string, string> = {}): Promise<WhyAnswer> {
  const { code, stdout, stderr } = await goready(desk, ['why', name, '--json'], { env })
  expect(code, stderr).toBe(0)
  return whySchema.parse(JSON.parse(stdout))
}

/** The winner of one kind of program: its value, and where it comes from. */
function winner({ contexts, layers }: WhyAnswer, id: string): string {
  const context = contexts.find((one) => one.id === id)
  const layer = layers.find((one) => one.id === context?.winner)
  return `${context?.value} < ${layer?.kind} ${layer?.line}`
}
const stateOf = ({ contexts, layers }: WhyAnswer, id: string, path: string, line: number) => {
  const layer = layers.find((one) => one.from === path && one.line === line)
  return contexts.find((one) => one.id === id)?.rows.find((row) => row.layer === layer?.id)
}

test('an export of a start-up file hides go env -w in its own shell alone', async () => {
  const rc = put('.bashrc', 'export GOPROXY=https://rc.example\n')
  const file = put('.config/go/env', 'GOPROXY=https://file.example\n')
  const found = await why('GOPROXY')
  expect(winner(found, 'bash:interactive')).toBe('https://rc.example < profile 1')
  expect(winner(found, 'zsh:interactive')).toBe('https://file.example < goenv 1')
  expect(winner(found, 'here')).toBe('https://file.example < goenv 1')
  expect(stateOf(found, 'bash:interactive', file, 1)).toMatchObject({
    state: 'hidden',
    reason: { values: { where: `${rc}:1` } },
  })
})

test('the GOENV file: a mark hides line 1, a carriage return belongs to the value, the last twin counts', async () => {
  const file = put(
    '.config/go/env',
    '\ufeffGOPROXY=https://first.example\nGOPROXY=https://second.example\nGOPROXY=https://third.example\r\n',
  )
  const found = await why('GOPROXY')
  expect(winner(found, 'here')).toBe('https://third.example\r < goenv 3')
  expect(stateOf(found, 'here', file, 1)).toMatchObject({ state: 'broken', reason: { key: 'why:reason.bom' } })
  expect(stateOf(found, 'here', file, 2)).toMatchObject({ state: 'unread', reason: { key: 'why:reason.duplicate' } })
  expect(found.layers.find(({ line }) => line === 3)?.problems.map(({ key }) => key)).toEqual(['why:problem.cr'])
})

test('an empty variable does not hide the file, GOENV=off does, and another file counts instead', async () => {
  put('.config/go/env', 'GOPROXY=https://file.example\n')
  put('other', 'GOPROXY=https://other.example\n')
  expect(winner(await why('GOPROXY', { GOPROXY: '' }), 'here')).toBe('https://file.example < goenv 1')
  put('.bashrc', 'export GOENV=off\n')
  put('.zshrc', 'export GOENV="$HOME/other"\n')
  const found = await why('GOPROXY')
  expect(winner(found, 'bash:interactive')).toMatch(/ < default null$/)
  expect(winner(found, 'zsh:interactive')).toBe('https://other.example < goenv 1')
})

test('zsh with ZDOTDIR; both spellings of a proxy; a variable that nobody sets', async () => {
  put('.zshenv', 'export ZDOTDIR="$HOME/z"\n')
  put('z/.zshrc', 'export https_proxy=http://a:1\n')
  put('.zshrc', 'export https_proxy=http://wrong:1\n')
  const found = await why('https_proxy', { HTTPS_PROXY: 'http://u:secret@b:1' })
  expect(winner(found, 'zsh:interactive')).toBe('http://a:1 < profile 1')
  expect(found.findings.map(({ id }) => id)).toEqual(['why.one-case'])
  const upper = await why('HTTPS_PROXY', { HTTPS_PROXY: 'http://u:secret@b:1' })
  expect(winner(upper, 'here')).toBe('http://••••@b:1 < environment null')
  const nobody = await why('GOREADY_NOBODY')
  expect(nobody.layers).toEqual([])
  expect(new Set(nobody.contexts.map(({ value, winner: by }) => [value, by].join()))).toEqual(new Set([',']))
  const outcome = await goready(desk, ['why', 'not a name'])
  expect(errorOf(await goready(desk, ['why', 'not a name', '--json'])).code).toBe('bad-arguments')
  expect(outcome.code).toBe(2)
})

test('a value that is built is asked of the real shell', async () => {
  put('.bashrc', 'export GOPROXY="$(printf %s https://built.example)"\n')
  const found = await why('GOPROXY')
  expect(winner(found, 'bash:interactive')).toBe('https://built.example < profile 1')
  expect(found.contexts.find(({ id }) => id === 'bash:interactive')?.how).toBe('asked')
})

test('GOFLAGS that no go can read, with its line; a go in front of PATH; a GOROOT that was left over', async () => {
  put('.config/go/env', 'GOFLAGS=-nonsense\n')
  const flags = await why('GOFLAGS')
  expect(flags.findings).toMatchObject([
    { id: 'why.flags', severity: 'error', note: { values: { where: `${join(desk.home, '.config/go/env')}:1` } } },
  ])
  const own = put(
    'bin/go',
    '#!/bin/sh\nif [ "$1" = version ]; then echo go version go1.2.3 linux/amd64; else echo \'{"GOROOT":"/old"}\'; fi\n',
  )
  chmodSync(own, 0o755)
  const PATH = `${join(desk.home, 'bin')}:${process.env['PATH'] ?? ''}`
  const path = await why('PATH', { PATH })
  expect(path.programs[0]).toEqual({ path: own, version: 'go1.2.3', root: '/old' })
  expect(path.programs.length).toBeGreaterThan(1)
  expect(path.findings.map(({ id }) => id)).toEqual(['why.several-go'])
  const root = await why('GOROOT', { PATH, GOROOT: '/elsewhere' })
  expect(root.findings.map(({ id }) => id)).toEqual(['why.several-go', 'why.root'])
})

test('the blocker is taken away, each repair as well, and undo gives every byte back', async () => {
  const rc = put('real/.bashrc', '# mine\nif true; then\n  export GOPROXY=https://rc.example\nfi')
  symlinkSync(rc, join(desk.home, '.bashrc'))
  const file = put('.config/go/env', '\ufeffGOFLAGS=-mod=mod\nGOPROXY=https://file.example\r\n')
  const before = tree(desk.home, true)
  const found = await why('GOPROXY')
  const removal = (from: string, kind: string): string =>
    found.layers.find((one) => one.from === from)?.removals.find((one) => one.kind === kind)?.id ?? ''
  const run = async (name: string, id: string) => {
    const outcome = await goready(desk, ['why', name, '--remove', id, '--yes', '--json'])
    expect(outcome.code, outcome.stdout).toBe(0)
  }
  expect(
    (await goready(desk, ['why', 'GOPROXY', '--remove', removal(join(desk.home, '.bashrc'), 'remove')])).code,
  ).toBe(2)
  expect(tree(desk.home, true)).toEqual(before)
  await run('GOPROXY', removal(join(desk.home, '.bashrc'), 'remove'))
  expect(readFileSync(rc, 'utf8')).toBe('# mine\nif true; then\n  : # goready: export GOPROXY=https://rc.example\nfi')
  expect(winner(await why('GOPROXY'), 'bash:interactive')).toBe('https://file.example\r < goenv 2')
  await run('GOPROXY', removal(file, 'cr'))
  expect(winner(await why('GOPROXY'), 'bash:interactive')).toBe('https://file.example < goenv 2')
  const flags = await why('GOFLAGS')
  await run(
    'GOFLAGS',
    flags.layers.find(({ from }) => from === file)?.removals.find(({ kind }) => kind === 'bom')?.id ?? '',
  )
  expect(winner(await why('GOFLAGS'), 'here')).toBe('-mod=mod < goenv 1')
  for (let i = 0; i < 3; i++) expect((await goready(desk, ['undo'])).code).toBe(0)
  expect(readFileSync(rc, 'utf8')).toBe('# mine\nif true; then\n  export GOPROXY=https://rc.example\nfi')
  expect(readFileSync(file, 'utf8')).toBe('\ufeffGOFLAGS=-mod=mod\nGOPROXY=https://file.example\r\n')
})

test('detect --json says the same for every known name', async () => {
  put('.bashrc', 'export GOPROXY=https://rc.example\n')
  const { code, stdout } = await goready(desk, ['detect', '--json'])
  expect(code).toBe(0)
  const all = whySchema.array().parse(JSON.parse(stdout).why)
  const found = all.find(({ name }) => name === 'GOPROXY')
  expect(found === undefined ? '' : winner(found, 'bash:interactive')).toBe('https://rc.example < profile 1')
  expect(all.length).toBeGreaterThan(20)
})
