import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { lstatSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Desk, errorOf, eventually, goready, profile, start, tree } from './harness.ts'
import { projectRoot } from './lab/cache.ts'

let dir: string
let desk: Desk
let count = 0

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'goready-history-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

beforeEach(() => {
  const own = join(dir, `t${count++}`)
  desk = {
    dir: own,
    root: join(own, 'root'),
    home: join(own, 'home 家'),
    catalogue: join(projectRoot(), 'assets/golang-tags.json'),
  }
  mkdirSync(desk.home, { recursive: true })
  writeFileSync(join(desk.home, '.bashrc'), '# mine\n')
  writeFileSync(join(desk.home, '.npmrc'), 'fund=false\n//registry.example.com/:_authToken=npm_SECRETSECRETSECRET\n')
})

const state = () => join(desk.home, '.local/state/goready')
const rc = () => readFileSync(join(desk.home, '.bashrc'), 'utf8')

/** Applies variables for bash; answers the run's id. */
async function set(variables: Record<string, string>, extra: Record<string, unknown> = {}): Promise<string> {
  const path = await profile(
    desk,
    { env: { set: variables, shells: ['bash'] }, ...extra },
    `p${Object.keys(variables).join('')}.yml`,
  )
  const outcome = await goready(desk, ['apply', '--profile', path, '--yes', '--json'])
  expect(outcome.code, outcome.stdout).toBe(0)
  const { result } = outcome.last as { result: { run: string } }
  return result.run
}

const show = async (id: string) => JSON.parse((await goready(desk, ['history', '--run', id, '--json'])).stdout)

test('an older run is undone under a later one, which still counts and then gives all back', async () => {
  const before = tree(desk.home)
  const first = await set({ FIRST: 'one' })
  const second = await set({ SECOND: 'two' })
  expect((await show(first)).later).toBeNull()
  const undone = await goready(desk, ['undo', '--run', first])
  expect(undone.code, undone.stderr).toBe(0)
  const env = readFileSync(join(desk.home, '.config/goready/env.sh'), 'utf8')
  expect(env).toContain('SECOND')
  expect(env).not.toContain('FIRST')
  // The line that reads our file is needed by the later run.
  expect(rc()).toContain('goready')
  expect((await show(first)).run.status).toBe('undone')
  const last = await goready(desk, ['undo', '--run', second])
  expect(last.code, last.stderr).toBe(0)
  expect(tree(desk.home)).toEqual(before)
})

test('the same variable again: the later run is named, and undone first', async () => {
  const before = tree(desk.home)
  const first = await set({ FIRST: 'one' })
  const second = await set({ FIRST: 'two' })
  expect((await show(first)).later).toMatchObject({ id: second })
  const refused = await goready(desk, ['undo', '--run', first, '--json'])
  expect(errorOf(refused)).toMatchObject({ code: 'undo-later-run', values: { run: first, later: second } })
  const people = await goready(desk, ['undo', '--run', first, '--lang', 'en'])
  expect(people.stderr).toContain(second)
  expect((await goready(desk, ['undo', '--run', second])).code).toBe(0)
  expect((await goready(desk, ['undo', '--run', first])).code).toBe(0)
  expect(tree(desk.home)).toEqual(before)
})

test('a run in full: why, diffs without secrets, how each file stands', async () => {
  const id = await set({ GREETING: 'hi' }, { sources: { npm: { default: 'https://npm.example.com' } } })
  const people = (await goready(desk, ['history', '--run', id, '--lang', 'en'])).stdout
  expect(people).toContain('the profile “pGREETING.yml”')
  expect(people).toContain('GREETING')
  const view = await show(id)
  expect(view.stands).toContainEqual({ path: join(desk.home, '.bashrc'), state: 'ours' })
  expect(view.changes.map((change: { path: string }) => change.path)).toContain(join(desk.home, '.npmrc'))
  expect(people + JSON.stringify(view)).not.toContain('SECRETSECRET')
  writeFileSync(join(desk.home, '.bashrc'), `${rc()}alias x=y\n`)
  expect((await show(id)).stands).toContainEqual({ path: join(desk.home, '.bashrc'), state: 'edited' })
  expect(errorOf(await goready(desk, ['history', '--run', 'nope', '--json'])).code).toBe('run-not-found')
  // The records themselves are closed to others: they hold the old contents.
  expect(lstatSync(join(state(), 'runs')).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(join(state(), 'runs')))
    expect(lstatSync(join(state(), 'runs', name)).mode & 0o777).toBe(0o600)
})

test('uninstall gives everything back and leaves nothing of ours; again it does nothing', async () => {
  const before = tree(desk.home)
  await set({ FIRST: 'one' })
  await set({ FIRST: 'two', SECOND: 'x' })
  const asked = await goready(desk, ['uninstall', '--json'])
  expect(errorOf(asked)).toMatchObject({ code: 'no-terminal' })
  const outcome = await goready(desk, ['uninstall', '--yes', '--json'])
  expect(outcome.code, outcome.stdout).toBe(0)
  expect(outcome.last).toMatchObject({ result: { kept: [] } })
  expect(tree(desk.home)).toEqual(before)
  expect(existsSync(join(desk.home, '.local'))).toBe(false)
  const again = await goready(desk, ['uninstall', '--yes'])
  expect(again.code).toBe(0)
  expect(existsSync(join(desk.home, '.local'))).toBe(false)
})

test('uninstall takes only ours out of a file that was edited, or leaves it where that is wanted', async () => {
  await set({ FIRST: 'one' })
  writeFileSync(join(desk.home, '.bashrc'), `${rc()}alias later=true\n`)
  const copy = rc()
  expect((await goready(desk, ['uninstall', '--yes'])).code).toBe(0)
  expect(rc()).toBe('# mine\nalias later=true\n')
  writeFileSync(join(desk.home, '.bashrc'), '# mine\n')
  await set({ FIRST: 'one' })
  writeFileSync(join(desk.home, '.bashrc'), copy)
  const kept = await goready(desk, ['uninstall', '--yes', '--on-conflict', 'keep', '--json'])
  expect(kept.last).toMatchObject({ result: { kept: [join(desk.home, '.bashrc')] } })
  expect(rc()).toBe(copy)
  expect(existsSync(state())).toBe(false)
})

test('a record that cannot be read stops uninstall before anything is touched', async () => {
  await set({ FIRST: 'one' })
  writeFileSync(join(state(), 'runs', '20200101T000000000Z-aaaaaa.jsonl'), '{}\n')
  const before = tree(desk.home)
  const outcome = await goready(desk, ['uninstall', '--yes', '--json'])
  expect(outcome.code).toBe(1)
  expect(errorOf(outcome).code).toBe('journal-damaged')
  expect(tree(desk.home)).toEqual(before)
})

/** Another process that holds the lock, as a run of GoReady does. */
async function holder(): Promise<ChildProcess> {
  mkdirSync(state(), { recursive: true, mode: 0o700 })
  const script = `
    const fs = require('fs')
    const started = fs.readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ')[19]
    fs.writeFileSync(process.argv[1], JSON.stringify({ pid: process.pid, started }), { mode: 0o600 })
    process.stdout.write('held')
    process.stdin.on('data', () => { fs.unlinkSync(process.argv[1]); process.exit() })
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['-e', script, join(state(), 'lock')], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}

const waits = (said: () => string) =>
  eventually('the second says whom it waits for', () => said().includes('"waiting"'))

test('two at once: the second says for whom it waits and goes on when the first is done', async () => {
  const before = tree(desk.home)
  for (const command of ['apply', 'undo'] as const) {
    const other = await holder()
    const path = await profile(desk, { env: { set: { SECOND: 'x' }, shells: ['bash'] } })
    const args = command === 'apply' ? ['apply', '--profile', path, '--yes'] : ['undo']
    const second = start(desk, [...args, '--json'])
    await waits(second.said)
    expect(second.said()).toContain(`"pid":${other.pid}`)
    other.stdin?.write('go')
    const outcome = await second.done
    expect(outcome.code, outcome.stdout).toBe(0)
  }
  expect(tree(desk.home)).toEqual(before)
})

test('two at once: the first does not end, so the second is told and touches nothing', async () => {
  await set({ FIRST: 'one' })
  const before = tree(desk.home)
  const other = await holder()
  const [undo, apply, uninstall] = await Promise.all([
    goready(desk, ['undo', '--json']),
    goready(desk, [
      'apply',
      '--profile',
      await profile(desk, { env: { set: { X: 'y' }, shells: ['bash'] } }),
      '--yes',
      '--json',
    ]),
    goready(desk, ['uninstall', '--yes', '--json']),
  ])
  for (const outcome of [undo, apply, uninstall]) {
    expect(outcome.code).toBe(1)
    expect(errorOf(outcome)).toMatchObject({ code: 'busy', values: { pid: other.pid } })
  }
  expect(tree(desk.home)).toEqual(before)
  // Its process is gone, its lock is not: nobody is locked out.
  other.kill('SIGKILL')
  await once(other, 'exit')
  expect(existsSync(join(state(), 'lock'))).toBe(true)
  expect((await goready(desk, ['undo', '--json'])).code).toBe(0)
})

test('eight at once: each run comes to its end or is told, and all of it can be given back', async () => {
  const before = tree(desk.home)
  const names = Array.from({ length: 8 }, (_, index) => `VARIABLE${index}`)
  const outcomes = await Promise.all(
    names.map(async (name) => {
      const path = await profile(desk, { env: { set: { [name]: 'x' }, shells: ['bash'] } }, `${name}.yml`)
      return goready(desk, ['apply', '--profile', path, '--yes', '--json'])
    }),
  )
  const codes = outcomes.map((outcome) => (outcome.code === 0 ? 'done' : errorOf(outcome).code))
  expect(codes).toContain('done')
  for (const code of codes) expect(['done', 'busy', 'changed-since-plan']).toContain(code)
  expect((await goready(desk, ['uninstall', '--yes'])).code).toBe(0)
  expect(tree(desk.home)).toEqual(before)
})
