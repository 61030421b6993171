import { beforeEach, expect, test, vi } from 'vitest'
import { aMirror } from '../../electron/contract/test-mirror.ts'
import { useCheckUp } from './check-up.ts'
import { useLamps } from './lamps.ts'
import { useSources } from './sources.ts'
import { playMain } from './test-bridge.ts'
import { aMachine } from './test-machine.ts'
import { FIRST_PROFILE, useWizard } from './wizard.ts'

const mirror = aMirror()
const first = useCheckUp.getState()
const machine = aMachine()
const stopped = { ...machine, docker: { ...machine.docker, state: 'not-running' as const } }

beforeEach(() => {
  vi.stubGlobal('navigator', { onLine: true })
  useCheckUp.setState(first, true)
  useSources.setState({ mirrors: [mirror] })
  useWizard.setState({ profile: FIRST_PROFILE, opened: null })
  useLamps.setState({ network: 'unknown', docker: 'unknown' })
})

test('a look shows the machine and its lamp', async () => {
  playMain({ 'machine.detect': () => machine, 'mirror.list': () => [mirror] })
  await first.look()
  expect(useCheckUp.getState().checkUp).toEqual({ step: 'seen', machine, runs: [] })
  expect(useLamps.getState().docker).toBe('ok')
})

test('a look that fails says so; a quiet one leaves what is on the screen', async () => {
  playMain({ 'machine.detect': () => machine, 'mirror.list': () => [mirror] })
  await first.look()
  playMain({})
  await first.look('quiet')
  expect(useCheckUp.getState().checkUp.step).toBe('seen')
  await first.look()
  expect(useCheckUp.getState().checkUp).toEqual({ step: 'failed', error: { code: 'internal' } })
})

test('who comes back to the check-up sees what is true now, unless it was looked at a moment ago', async () => {
  const asked = playMain({ 'machine.detect': () => machine, 'mirror.list': () => [mirror] })
  const looks = () => asked.filter(({ name }) => name === 'machine.detect').length
  await first.lookAnew()
  expect(looks()).toBe(0)
  await first.look()
  await first.lookAnew()
  expect(looks()).toBe(1)
  useCheckUp.setState({ lookedAt: performance.now() - 10_000 })
  await first.lookAnew()
  expect(looks()).toBe(2)
})

test('help is asked for once, and again when Docker is in another state', async () => {
  const asked = playMain({
    'machine.detect': () => stopped,
    'mirror.list': () => [mirror],
    'docker.help': () => ({ kind: 'nothing' }),
  })
  await first.look()
  await first.askForHelp()
  await first.askForHelp()
  await first.look('quiet')
  expect(useCheckUp.getState().help).toEqual({ kind: 'nothing' })
  expect(asked.filter(({ name }) => name === 'docker.help')).toHaveLength(1)
  playMain({ 'machine.detect': () => machine, 'mirror.list': () => [mirror] })
  await first.look('quiet')
  expect(useCheckUp.getState().help).toBeNull()
})

test.each([
  [true, true, 'ok'],
  [true, false, 'warning'],
  [false, true, 'error'],
])('online %s, a source answers %s: the lamp says %s', async (onLine, ok, lamp) => {
  vi.stubGlobal('navigator', { onLine })
  playMain({
    'mirror.list': () => [mirror],
    'mirror.probe': ({ urls }) => urls.map((url) => ({ url, ok, ms: 5, cause: null })),
  })
  await first.tryNetwork()
  expect(useLamps.getState().network).toBe(lamp)
})

test('the address of an opened profile counts: inside a school only that one may answer', async () => {
  useWizard.setState({ profile: { version: 1, sources: { go: 'https://room.example|direct' } } })
  playMain({
    'mirror.list': () => [mirror],
    'mirror.probe': ({ urls }) => urls.map((url) => ({ url, ok: url === 'https://room.example', ms: 5, cause: null })),
  })
  await first.tryNetwork()
  expect(useLamps.getState().network).toBe('ok')
})
