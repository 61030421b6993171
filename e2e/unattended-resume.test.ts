import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorOf, eventually, goready, labProfile, mirrorsOf, profile, type Running, tree } from './harness.ts'
import { type Lab, startLab } from './lab/lab.ts'
import { asRoot, makePeople, newer, type Person, resultOf, startAsRoot } from './unattended/seat.ts'

// What cuts a run off where nobody looks: power, a service that says nothing, a restart. The same command again is what
// finishes it.

let lab: Lab
let people: Person[]
let before: { homes: Record<string, string>[]; etc: Record<string, string> }
let silent: Server
const held = new Set<Socket>()

beforeAll(async () => {
  lab = await startLab({ daemonJson: '{\n  "max-download-attempts": 2\n}\n' })
  people = makePeople(lab, ['ann', 'bob'])
  writeFileSync(join(lab.root, 'etc/machine-id'), `${'a1'.repeat(16)}\n`)
  before = world()
  silent = createServer((socket) => void held.add(socket.on('error', () => {})))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  for (const socket of held) socket.destroy()
  silent.close()
  await lab.stop()
  expect(await lab.leftovers()).toEqual([])
})

const world = () => ({ homes: people.map(({ home }) => tree(home)), etc: tree(join(lab.root, 'etc')) })
const room = (extra: Record<string, unknown> = {}) =>
  profile(lab, labProfile(lab, { env: { set: { MY_ROOM: '5' }, shells: ['bash'] }, ...extra }))
const forAll = (file: string, ...more: string[]) => ['--profile', file, '--for', 'all', '--json', ...more]

/** The processes that a command has started and that live. proc(5): the parent stands behind the name and the state. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8')
      return text.slice(text.lastIndexOf(')') + 2).split(' ')[1] === `${pid}` ? [Number(name)] : []
    } catch {
      return []
    }
  })
}

/** Everything of a command ends at once, as when the power goes. */
async function cutPower(running: Running): Promise<void> {
  const all = [running.pid, ...childrenOf(running.pid)]
  for (const pid of all) process.kill(pid, 'SIGKILL')
  await running.done
}

/** A lock of before the restart, whose number another process has now, which even began at the same moment. */
function lockOfBefore(state: string): void {
  const text = readFileSync('/proc/self/stat', 'utf8')
  const started = text.slice(text.lastIndexOf(')') + 2).split(' ')[19]
  const boot = '00000000-0000-4000-8000-000000000000'
  writeFileSync(join(state, 'lock'), JSON.stringify({ pid: process.pid, started, boot }))
}

test('power fails in mid-pull: after the restart the same command waits for Docker and finishes the job', async () => {
  const file = await room()
  const had = lab.registry.bytes()
  lab.registry.faults.throttle(3_000_000)
  const running = startAsRoot(lab, ['apply', ...forAll(file, '--yes')])
  await eventually('the pull is under way', () => lab.registry.bytes() > had + 2_000_000, 60)
  await cutPower(running)
  lab.registry.faults.clear()
  const state = join(lab.home, '.local/state/goready')
  expect(readdirSync(state)).toContain('lock')
  lockOfBefore(state)
  await lab.stopDocker()
  const again = startAsRoot(lab, ['apply', ...forAll(file, '--yes')])
  await sleep(1500)
  await lab.startDocker()
  const outcome = await again.done
  expect(outcome.code, outcome.stdout + outcome.stderr).toBe(0)
  const result = resultOf(outcome)
  expect(result).toMatchObject({ changed: true, verification: { agrees: true }, system: { changed: true } })
  // The module came through the proxy that the accounts get, although root's own settings name none.
  expect(result.verification?.module).toMatchObject({ ok: true, proxy: lab.goproxy.url })
  expect(result.accounts.map(({ changed, error }) => [changed, error])).toEqual([
    [true, null],
    [true, null],
  ])
  expect(readdirSync(state)).not.toContain('lock')
  const than = join(lab.dir, 'mark')
  writeFileSync(than, '')
  await sleep(20)
  const third = await asRoot(lab, ['apply', ...forAll(file, '--yes')])
  expect(resultOf(third).changed).toBe(false)
  // dockerd keeps its own books below run.
  const written = [...(await newer(join(lab.root, 'home'), than)), ...(await newer(lab.home, than))]
  expect([...written, ...(await newer(join(lab.root, 'etc'), than))]).toEqual([])
  const undone = await asRoot(lab, ['undo', '--for', 'all', '--json'])
  expect(undone.code, undone.stdout).toBe(0)
  expect(world()).toEqual(before)
  expect(await mirrorsOf(lab)).toEqual([])
})

test('power fails while the accounts are at it: nothing is left half, and undo gives the bytes back', async () => {
  const address = silent.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  // A registry that takes a request and says nothing: the accounts have written, and are asking.
  const file = await profile(lab, { sources: { npm: url }, env: { set: { MY_ROOM: '5' }, shells: ['bash'] } })
  const running = startAsRoot(lab, ['apply', ...forAll(file, '--yes')])
  await eventually('the registry is asked', () => held.size > 0, 60)
  await cutPower(running)
  for (const { home } of people) expect(readFileSync(join(home, '.npmrc'), 'utf8')).toContain(url)
  const [ann] = people
  lockOfBefore(join(ann?.home ?? '', '.local/state/goready'))
  // It answers nothing still; each question has a limit of its own.
  const again = await asRoot(lab, ['apply', ...forAll(file, '--yes')])
  expect(again.code, again.stdout + again.stderr).toBe(0)
  expect(resultOf(again).accounts.map(({ error }) => error)).toEqual([null, null])
  const undone = await asRoot(lab, ['undo', '--for', 'all', '--json'])
  expect(undone.code, undone.stdout).toBe(0)
  expect(world()).toEqual(before)
})

test('time runs out in mid-pull: all is given back, nobody is asked, no account is touched', async () => {
  lab.registry.faults.stall(1_000_000)
  try {
    await lab.docker('image', 'prune', '--all', '--force')
    const outcome = await asRoot(lab, ['apply', ...forAll(await room(), '--yes', '--timeout', '10')])
    expect(outcome.code).toBe(1)
    expect(errorOf(outcome)).toMatchObject({ code: 'timeout' })
    expect(errorOf(outcome).remaining).toBeUndefined()
    expect(world()).toEqual(before)
  } finally {
    lab.registry.faults.clear()
  }
})

test('a Docker that takes calls and says nothing is named, in its own time', async () => {
  const root = join(lab.dir, 'mute')
  const desk = { ...lab, root }
  const others = makePeople(desk, ['eve'])
  mkdirSync(join(root, 'var/run'), { recursive: true })
  const mute = createServer((socket) => void held.add(socket.on('error', () => {})))
  await new Promise<void>((resolve) => mute.listen(join(root, 'var/run/docker.sock'), resolve))
  try {
    const file = await profile(lab, { image: 'golang:1.26-alpine' }, 'image.yml')
    const outcome = await goready(desk, ['apply', '--profile', file, '--yes', '--json', '--timeout', '120'])
    expect(outcome.code).toBe(1)
    expect(errorOf(outcome).code).toBe('docker-unreachable')
    expect(others.map(({ home }) => readdirSync(home))).toEqual([['.bashrc']])
  } finally {
    mute.close()
  }
})
