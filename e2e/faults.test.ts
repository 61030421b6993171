import { chmodSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { chown, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { errorOf, eventually, goready, labProfile, mirrorsOf, profile, start, tree } from './harness.ts'
import { type Lab, startLab } from './lab/lab.ts'

const NOBODY = 65_534
/** One more attempt instead of four, five to twenty seconds apart; what a pull does that fails for good is the same. */
const DAEMON = '{\n  "max-download-attempts": 2\n}\n'
let lab: Lab
let home: string
let count = 0

beforeAll(async () => {
  lab = await startLab({ daemonJson: DAEMON })
})
afterAll(async () => {
  await lab.stop()
  expect(await lab.leftovers()).toEqual([])
})

beforeEach(() => {
  home = join(lab.dir, `home${count++}`)
  mkdirSync(home)
})
afterEach(async () => {
  lab.registry.faults.clear()
  lab.goproxy.faults.clear()
  await lab.docker('image', 'prune', '--all', '--force')
})

/** What a run may touch, and what the engine shows: compared before and after everything that fails. */
const world = async () => ({ home: tree(home), etc: tree(join(lab.root, 'etc')), mirrors: await mirrorsOf(lab) })
const apply = async (extra: Record<string, unknown> = {}, args: readonly string[] = []) => {
  const path = await profile(lab, labProfile(lab, extra), `p${count}.yml`)
  return start(lab, ['apply', '--profile', path, '--yes', '--json', ...args], { home })
}
const halfway = (bytes = 4_000_000) => eventually('the pull is under way', () => lab.registry.bytes() > bytes)

test('Docker stopped: a clear error before anything is touched, and plan says it as well', async () => {
  const before = tree(home)
  await lab.stopDocker()
  try {
    const outcome = await (await apply()).done
    expect(outcome.code).toBe(1)
    expect(errorOf(outcome).code).toBe('docker-not-running')
    const plan = await goready(lab, ['plan', '--profile', await profile(lab, labProfile(lab)), '--lang', 'en'], {
      home,
    })
    expect(plan.stdout).toContain('not running')
    expect(JSON.parse((await goready(lab, ['detect', '--json'], { home })).stdout)).toMatchObject({
      docker: { state: 'not-running' },
    })
    expect(tree(home)).toEqual(before)
    expect(readFileSync(lab.daemonJson, 'utf8')).toBe(DAEMON)
  } finally {
    await lab.startDocker()
  }
})

test('a user that is not root and not in the group: no permission, told apart from not running', async () => {
  await chown(home, NOBODY, NOBODY)
  const path = await profile(lab, { image: 'golang:1.26-alpine' })
  const outcome = await goready(lab, ['apply', '--profile', path, '--yes', '--json'], { home, uid: NOBODY, cwd: home })
  expect(outcome.code).toBe(1)
  expect(errorOf(outcome).code).toBe('docker-no-permission')
  expect(readdirSync(home)).toEqual([])
  const people = await goready(lab, ['apply', '--profile', path, '--yes', '--lang', 'zh-CN'], {
    home,
    uid: NOBODY,
    cwd: home,
  })
  expect(people.stderr).toContain('usermod -aG docker')
})

test('daemon.json belongs to root: the plan marks it, apply refuses before anything is touched', async () => {
  await chown(home, NOBODY, NOBODY)
  const path = await profile(lab, { sources: { docker: [lab.registry.url], go: lab.goproxy.url } })
  const plan = await goready(lab, ['plan', '--profile', path, '--json'], { home, uid: NOBODY, cwd: home })
  expect(plan.last.changes).toContainEqual(expect.objectContaining({ path: lab.daemonJson, admin: true }))
  const outcome = await goready(lab, ['apply', '--profile', path, '--yes', '--json'], { home, uid: NOBODY, cwd: home })
  expect(outcome.code).toBe(1)
  expect(errorOf(outcome)).toMatchObject({ code: 'needs-admin', values: { path: lab.daemonJson } })
  expect(readdirSync(home)).toEqual([])
})

test('a tag that does not exist', async () => {
  const before = await world()
  const outcome = await (await apply({ image: 'golang:9.99' })).done
  expect(outcome.code).toBe(1)
  expect(errorOf(outcome)).toMatchObject({ code: 'image-not-found', values: { image: 'golang:9.99' } })
  expect(errorOf(outcome).remaining).toBeUndefined()
  expect(await world()).toEqual(before)
})

test('an image that holds another Go than its tag says is removed again', async () => {
  const before = await world()
  const outcome = await (await apply({ image: 'golang:1.18-alpine' })).done
  expect(outcome.code).toBe(1)
  expect(errorOf(outcome)).toMatchObject({ code: 'version-mismatch', values: { expected: '1.18' } })
  expect(await lab.docker('images', '--quiet')).toBe('')
  expect(await world()).toEqual(before)
})

test('a tag without this platform', async () => {
  const outcome = await (await apply({ image: 'golang:1.26-arm64only' })).done
  expect(outcome.code).toBe(1)
  expect(errorOf(outcome).code).toBe('image-no-platform')
})

test('the mirror dies in mid-pull: everything comes back', async () => {
  const before = await world()
  lab.registry.faults.cutAfter(6_000_000, /blobs/)
  const outcome = await (await apply({ policy: { retries: 0 } })).done
  expect(outcome.code).toBe(1)
  expect(['pull-failed', 'registry-unreachable']).toContain(errorOf(outcome).code)
  expect(await world()).toEqual(before)
  expect(await lab.docker('images', '--quiet')).toBe('')
})

test('cancel in mid-pull: the transfer stops, everything comes back, status 4', async () => {
  const before = await world()
  const had = lab.registry.bytes()
  lab.registry.faults.throttle(3_000_000)
  const running = await apply()
  await halfway(had + 3_000_000)
  running.interrupt('SIGINT')
  const outcome = await running.done
  expect(outcome.code).toBe(4)
  expect(errorOf(outcome).code).toBe('cancelled')
  await sleep(500)
  const bytes = lab.registry.bytes()
  await sleep(2000)
  expect(lab.registry.bytes()).toBe(bytes)
  expect(await world()).toEqual(before)
  const history = JSON.parse((await goready(lab, ['history', '--json'], { home })).stdout)
  expect(history[0].status).toBe('cancelled')
})

test('the time limit gives everything back as well', async () => {
  const before = await world()
  lab.registry.faults.stall(1_000_000, /blobs/)
  const outcome = await (await apply({}, ['--timeout', '6'])).done
  lab.registry.faults.clear()
  expect(outcome.code).toBe(1)
  expect(errorOf(outcome).code).toBe('timeout')
  expect(await world()).toEqual(before)
})

test('killed in mid-pull: the next start settles it, undo gives everything back', async () => {
  const before = await world()
  const had = lab.registry.bytes()
  lab.registry.faults.throttle(3_000_000)
  const running = await apply()
  await halfway(had + 2_000_000)
  running.interrupt('SIGKILL')
  await running.done
  lab.registry.faults.clear()
  expect(await mirrorsOf(lab)).toEqual([`${lab.registry.url}/`])
  const history = JSON.parse((await goready(lab, ['history', '--json'], { home })).stdout)
  expect(history[0].status).toBe('interrupted')
  const undone = await goready(lab, ['undo', '--json'], { home })
  expect(undone.code).toBe(0)
  expect(await world()).toEqual(before)
})

test('killed in mid-pull: applying again finishes the job', async () => {
  const before = await world()
  const had = lab.registry.bytes()
  lab.registry.faults.throttle(3_000_000)
  const running = await apply()
  await halfway(had + 2_000_000)
  running.interrupt('SIGKILL')
  await running.done
  lab.registry.faults.clear()
  const again = await (await apply()).done
  expect(again.code).toBe(0)
  expect(again.last).toMatchObject({ result: { verification: { agrees: true } } })
  for (;;) {
    const undone = await goready(lab, ['undo', '--json'], { home })
    expect(undone.code).toBe(0)
    if (JSON.stringify(undone.last).includes('"run":null')) break
  }
  expect(await world()).toEqual(before)
})

test('daemon.json broken beforehand: refused with its line, left alone', async () => {
  writeFileSync(lab.daemonJson, '{\n  "debug": true,\n}\n')
  try {
    const outcome = await (await apply()).done
    expect(outcome.code).toBe(1)
    expect(errorOf(outcome)).toMatchObject({ code: 'unparsable-file', values: { path: lab.daemonJson, line: 3 } })
    expect(readFileSync(lab.daemonJson, 'utf8')).toBe('{\n  "debug": true,\n}\n')
    expect(readdirSync(home)).toEqual([])
  } finally {
    writeFileSync(lab.daemonJson, DAEMON)
  }
})

test('a daemon that refuses the new config: the old one comes back, the daemon runs on', async () => {
  // Somebody added a key that this daemon does not know and has not reloaded since.
  writeFileSync(lab.daemonJson, '{"no-such-option": true}')
  try {
    const before = await world()
    const outcome = await (await apply()).done
    expect(outcome.code).toBe(1)
    expect(errorOf(outcome).code).toBe('docker-refused-config')
    expect(errorOf(outcome).remaining).toBeUndefined()
    expect(await world()).toEqual(before)
    expect(lab.dockerRunning()).toBe(true)
  } finally {
    writeFileSync(lab.daemonJson, DAEMON)
  }
})

test('a proxy on 127.0.0.1 is another one in a container: a warning, not a failure', async () => {
  const port = new URL(lab.goproxy.url).port
  const path = await profile(
    lab,
    labProfile(lab, {
      sources: { go: `http://127.0.0.1:${port}`, sumdb: lab.goproxy.sumdb, docker: [lab.registry.url] },
    }),
  )
  const plan = await goready(lab, ['plan', '--profile', path, '--json'], { home })
  expect(JSON.stringify(plan.last.findings)).toContain('loopback')
  const outcome = await goready(lab, ['apply', '--profile', path, '--yes', '--json'], { home })
  expect(outcome.code).toBe(0)
  expect(outcome.last).toMatchObject({ result: { verification: { agrees: true, module: { ok: false } } } })
  expect((await goready(lab, ['undo'], { home })).code).toBe(0)
})

test('a module proxy that a container can not use gives everything back', async () => {
  const before = await world()
  lab.goproxy.faults.status(503, 'no')
  const outcome = await (await apply()).done
  expect(outcome.code).toBe(1)
  expect(errorOf(outcome)).toMatchObject({ code: 'module-download-failed', values: { proxy: lab.goproxy.url } })
  expect(await world()).toEqual(before)
})

const withVariable = () => ({
  image: undefined,
  sources: undefined,
  env: { set: { GREETING: 'hello' }, shells: ['bash'] },
})

test('a home that is closed to its own owner is called read-only, not a matter for an administrator', async () => {
  await chown(home, NOBODY, NOBODY)
  chmodSync(home, 0o555)
  const path = await profile(lab, withVariable())
  const outcome = await goready(lab, ['apply', '--profile', path, '--yes', '--json'], { home, uid: NOBODY, cwd: '/' })
  expect(outcome.code).toBe(1)
  expect(errorOf(outcome)).toMatchObject({ code: 'read-only', values: { path: home } })
})

test('a read-only profile is refused and left alone', async () => {
  writeFileSync(join(home, '.bashrc'), '# mine\n')
  chmodSync(join(home, '.bashrc'), 0o444)
  const before = tree(home)
  const outcome = await (await apply(withVariable())).done
  expect(outcome.code).toBe(1)
  expect(errorOf(outcome)).toMatchObject({ code: 'read-only', values: { path: join(home, '.bashrc') } })
  expect(tree(home)).toEqual(before)
})

test('a hard-linked profile is refused and left alone', async () => {
  writeFileSync(join(home, 'shared'), '# mine\n')
  linkSync(join(home, 'shared'), join(home, '.bashrc'))
  const outcome = await (await apply(withVariable())).done
  expect(outcome.code).toBe(1)
  expect(errorOf(outcome)).toMatchObject({ code: 'hard-linked', values: { links: 2 } })
  expect(readFileSync(join(home, 'shared'), 'utf8')).toBe('# mine\n')
})

test('a symlinked profile is written through, the link stays, undo is exact', async () => {
  mkdirSync(join(home, 'dots'))
  writeFileSync(join(home, 'dots/bashrc'), '# mine', { mode: 0o600 })
  symlinkSync('dots/bashrc', join(home, '.bashrc'))
  const before = tree(home)
  const outcome = await (await apply(withVariable())).done
  expect(outcome.code).toBe(0)
  expect(readFileSync(join(home, 'dots/bashrc'), 'utf8')).toMatch(/^# mine\n.*goready/s)
  expect(tree(home)['.bashrc']).toBe('-> dots/bashrc')
  expect((await goready(lab, ['undo'], { home })).code).toBe(0)
  expect(tree(home)).toEqual(before)
})

test('a file that was edited since: undo asks, and each answer does what it says', async () => {
  writeFileSync(join(home, '.bashrc'), '# mine\n')
  const before = tree(home)
  const edited = async () => {
    expect((await (await apply(withVariable())).done).code).toBe(0)
    writeFileSync(join(home, '.bashrc'), `${readFileSync(join(home, '.bashrc'), 'utf8')}alias later=true\n`)
  }
  await edited()
  const unasked = await goready(lab, ['undo', '--json'], { home })
  expect(unasked.code).toBe(1)
  expect(errorOf(unasked)).toMatchObject({ code: 'undo-conflict', values: { path: join(home, '.bashrc') } })
  expect((await goready(lab, ['undo', '--on-conflict', 'ours'], { home })).code).toBe(0)
  expect(readFileSync(join(home, '.bashrc'), 'utf8')).toBe('# mine\nalias later=true\n')
  writeFileSync(join(home, '.bashrc'), '# mine\n')
  await edited()
  expect((await goready(lab, ['undo', '--on-conflict', 'restore'], { home })).code).toBe(0)
  expect(tree(home)).toEqual(before)
})

test('two runs at once: the second one is told so and touches nothing', async () => {
  const before = await world()
  const had = lab.registry.bytes()
  lab.registry.faults.throttle(8_000_000)
  const first = await apply()
  await halfway(had + 1_000_000)
  const second = await (await apply({ env: { set: { GREETING: 'second' } } })).done
  expect(second.code).toBe(1)
  expect(errorOf(second)).toMatchObject({ code: 'busy', values: { pid: first.pid } })
  lab.registry.faults.clear()
  expect((await first.done).code).toBe(0)
  expect(JSON.stringify(tree(home))).not.toContain('goready/env.sh')
  expect((await goready(lab, ['undo'], { home })).code).toBe(0)
  expect(await world()).toEqual(before)
})

test('a profile that can not be used: its line and key, status 2, nothing touched', async () => {
  const path = join(lab.dir, 'bad.yml')
  writeFileSync(path, 'version: 1\nsources:\n  goo: auto\n')
  const outcome = await goready(lab, ['apply', '--profile', path, '--yes', '--lang', 'zh-CN'], { home })
  expect(outcome.code).toBe(2)
  expect(outcome.stderr).toMatch(/第 3 行.*sources\.goo/)
  expect((await goready(lab, ['apply', '--profile', '/no/such/file', '--yes'], { home })).code).toBe(2)
  expect((await goready(lab, ['nonsense'], { home })).code).toBe(2)
  expect(readdirSync(home)).toEqual([])
})

test("the engine's disk is full: a clear error, everything comes back", async () => {
  const small = await startLab({ dataMegabytes: 90 })
  try {
    const path = await profile(small, labProfile(small))
    const before = [tree(small.home), tree(join(small.root, 'etc'))]
    const outcome = await goready(small, ['apply', '--profile', path, '--yes', '--json'])
    expect(outcome.code).toBe(1)
    expect(errorOf(outcome).code).toBe('engine-disk-full')
    expect([tree(small.home), tree(join(small.root, 'etc'))]).toEqual(before)
    expect(await mirrorsOf(small)).toEqual([])
  } finally {
    await small.stop()
  }
  expect(await small.leftovers()).toEqual([])
  await rm(small.dir, { recursive: true, force: true })
})
