import { expect, test } from 'vitest'
import type { Seat } from '../contract/classroom.ts'
import type { TaskReport } from '../contract/task.ts'
import { MemorySystem, type Program } from '../system/memory.ts'
import { testPlaces } from '../docker/test-places.ts'
import { ansibleVersion } from './find-ansible.ts'
import { runRoom } from './run-room.ts'
import { viewOf } from './seat-map.ts'

const seats = ['a', 'b', 'c'].map((name): Seat => ({ name, address: name, system: 'linux' }))
const run = {
  folder: '/room',
  action: 'apply' as const,
  seats: seats.map((seat) => viewOf(seat, null, null)),
  whole: false,
}
const places = testPlaces()

function lab(program: Program) {
  const sys = new MemorySystem()
  const argvs: (readonly string[])[] = []
  sys.programs.set('ansible-playbook', (argv, options) => {
    argvs.push(argv)
    return program(argv, options)
  })
  const events: TaskReport[] = []
  return {
    sys,
    events,
    argvs,
    go: () => runRoom(run, { sys, places }, (event) => events.push(event), new AbortController().signal),
  }
}

type Env = Readonly<Record<string, string>> | undefined
const event = (env: Env, value: unknown): Uint8Array =>
  new TextEncoder().encode(`\u001e${env?.GOREADY_EVENTS ?? ''}${JSON.stringify(value)}\n`)

test('follows the callback, holds what was not begun, and tells the seats that changed', async () => {
  const { go, events, argvs } = lab((_, { heard, env, cwd }) => {
    expect({ cwd, config: env?.ANSIBLE_CONFIG, utf8: env?.LC_ALL }).toEqual({
      cwd: '/room',
      config: '/room/ansible.cfg',
      utf8: 'C.UTF-8',
    })
    heard?.(event(env, { event: 'wave', wave: 1, seats: ['a'] }))
    heard?.(event(env, { event: 'begun', seat: 'a' }))
    heard?.(new TextEncoder().encode('TASK [x] ***\nfatal: [a]: FAILED! => {"proxy": "http://u:p@x"}\n'))
    // What a seat wrote into a file of its own, shown as a difference.
    heard?.(event({}, { event: 'broken', seat: 'b', state: 'failed', cause: 'forged' }))
    heard?.(event(env, { event: 'broken', seat: 'a', state: 'failed', cause: 'Permission denied (publickey).' }))
    return { code: 2 }
  })
  const result = await go()
  expect(argvs).toEqual([['ansible-playbook', '-i', 'inventory.yml', 'playbook.yml', '--limit', 'a,b,c']])
  expect(result).toMatchObject({ action: 'apply', stopped: true, counts: { failed: 1, held: 2 } })
  expect(result.seats[0]?.reason?.key).toBe('room:reason.denied')
  expect(events.filter(({ type }) => type === 'log')).toEqual([
    { type: 'log', line: 'TASK [x]' },
    { type: 'log', line: 'fatal: [a]: FAILED!' },
    { type: 'log', line: expect.stringContaining('forged') },
  ])
  expect(events.findLast(({ type }) => type === 'progress')).toMatchObject({ fraction: 1 })
  expect(events.at(-1)).toEqual({ type: 'step', step: 'room', state: 'done' })
})

test('Ansible that does not begin says why', async () => {
  const { go } = lab(() => ({ code: 4, stderr: 'ERROR! Syntax Error while loading YAML.' }))
  await expect(go()).rejects.toMatchObject({
    code: 'classroom-failed',
    cause: 'ERROR! Syntax Error while loading YAML.',
  })
})

test('what is called off tells which seats stay changed', async () => {
  const { go } = lab((_, { heard, env }) => {
    heard?.(event(env, { event: 'wave', wave: 1, seats: ['a', 'b'] }))
    const told = {
      version: 1,
      at: '2026-11-30T08:00:00Z',
      state: 'well',
      step: 'check',
      changed: true,
      program: null,
      go: null,
      run: null,
      seconds: 1,
      verdict: null,
      findings: [],
      error: null,
      cause: null,
    }
    heard?.(event(env, { event: 'seat', seat: 'a', report: { ...told, seat: 'a' } }))
    heard?.(event(env, { event: 'begun', seat: 'b' }))
    throw Object.assign(new Error('aborted'), { name: 'AbortError' })
  })
  await expect(go()).rejects.toMatchObject({ code: 'cancelled', remaining: ['a'] })
})

test.each([
  ['ansible-playbook [core 2.14.18]\n  config file = None', '2.14.18'],
  ['ansible-playbook 2.9.27\n  config file', '2.9.27'],
])('%s is version %s', async (stdout, version) => {
  const { sys } = lab(() => ({ code: 0, stdout }))
  expect(await ansibleVersion(sys, places, new AbortController().signal)).toBe(version)
})

test('no Ansible is none', async () => {
  expect(await ansibleVersion(new MemorySystem(), places, new AbortController().signal)).toBeNull()
})
