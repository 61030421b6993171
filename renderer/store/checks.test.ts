import { expect, test } from 'vitest'
import type { Machine } from '../../electron/contract/machine.ts'
import type { RunSummary } from '../../electron/contract/run.ts'
import { aMirror } from '../../electron/contract/test-mirror.ts'
import { checksOf, networkCheck, sameAddress, verdictOf } from './checks.ts'
import { aMachine } from './test-machine.ts'

const reachable = networkCheck({ state: 'tried', online: true, answered: true })
const dead = aMirror({
  id: 'gone',
  target: 'docker',
  name: { zh: '旧', en: 'Old' },
  url: 'https://old.example',
  status: 'dead',
  since: '2024-06',
})
const run = (change: Partial<RunSummary>): RunSummary => ({
  id: 'r1',
  startedAt: '2026-11-20T08:00:00.000Z',
  status: 'applied',
  changed: true,
  files: [],
  image: null,
  choices: [],
  why: null,
  squashed: null,
  receipt: null,
  module: null,
  ...change,
})
const verdict = (machine: Machine, runs: readonly RunSummary[] = [], network = reachable) =>
  verdictOf(checksOf(machine, runs, [dead]), network, runs)

test('a machine with everything in place is ready; after a run that stands, all is well', () => {
  expect(verdict(aMachine())).toMatchObject({ state: 'ready', problems: 0, open: [reachable] })
  expect(verdict(aMachine(), [run({})]).state).toBe('well')
  expect(verdict(aMachine(), [run({ status: 'undone' })]).state).toBe('ready')
})

test.each(['not-installed', 'not-running', 'no-permission', 'unreachable'] as const)(
  'Docker %s is a problem with a way out',
  (state) => {
    const machine = aMachine()
    const { open, problems } = verdict({ ...machine, docker: { ...machine.docker, state } })
    expect(problems).toBe(1)
    expect(open[0]).toMatchObject({ id: 'docker', state: 'error', remedy: { kind: 'docker-help' } })
  },
)

test('a run that was cut off is found, with its own run to give back', () => {
  const { open } = verdict(aMachine(), [run({ status: 'interrupted' })])
  expect(open[0]).toMatchObject({ id: 'interrupted', remedy: { kind: 'undo', runId: 'r1' } })
})

test('a mirror that was shut down is found under another spelling', () => {
  const { open } = verdict({ ...aMachine(), sources: { docker: ['https://OLD.example/'] } })
  expect(open[0]).toMatchObject({ id: 'dead', remedy: { kind: 'sources' }, note: { values: { since: '2024-06' } } })
})

test('at most three findings stand in the open, the worst first and the network last', () => {
  const machine = aMachine()
  const bad: Machine = {
    ...machine,
    docker: { ...machine.docker, state: 'not-running' },
    permissions: { ...machine.permissions, writeHome: false },
    sources: { docker: ['https://old.example'] },
    proxies: [{ name: 'HTTPS_PROXY', value: 'http://127.0.0.1:7890', from: 'environment', loopback: true }],
  }
  const offline = networkCheck({ state: 'tried', online: false, answered: null })
  const { open, folded, problems } = verdict(bad, [run({ status: 'interrupted' })], offline)
  expect(problems).toBe(6)
  expect(open.map(({ id }) => id)).toEqual(['interrupted', 'docker', 'network'])
  expect(folded.slice(0, 3).map(({ id }) => id)).toEqual(['home', 'dead', 'proxy'])
})

test('the network keeps the third place while it is tried; a third problem has it when all is well there', () => {
  const machine = aMachine()
  const bad: Machine = {
    ...machine,
    docker: { ...machine.docker, state: 'not-running' },
    sources: { docker: ['https://old.example'] },
  }
  const ids = (network: Parameters<typeof networkCheck>[0]) =>
    verdict(bad, [run({ status: 'interrupted' })], networkCheck(network)).open.map(({ id }) => id)
  expect(ids({ state: 'looking' })).toEqual(['interrupted', 'docker', 'network'])
  expect(ids({ state: 'tried', online: true, answered: true })).toEqual(['interrupted', 'docker', 'dead'])
})

test('a hidden setting names what hides it and is no problem: the plan replaces it', () => {
  const machine = aMachine()
  const settings = [
    { name: 'GOPROXY', value: 'https://a.example', from: '/home/chen/.config/go/env', hidden: true },
    { name: 'GOPROXY', value: 'https://b.example', from: '/home/chen/.bashrc:3', hidden: false },
  ]
  const checks = checksOf({ ...machine, go: { ...machine.go, settings } }, [], [])
  expect(checks.find(({ id }) => id === 'hidden')).toMatchObject({
    state: 'info',
    note: { values: { name: 'GOPROXY', from: '/home/chen/.bashrc:3' } },
  })
})

test('the network is told apart: not asked yet, offline, nobody answers, somebody answers', () => {
  const state = (network: Parameters<typeof networkCheck>[0]) => networkCheck(network).state
  expect(state({ state: 'looking' })).toBe('pending')
  expect(state({ state: 'tried', online: false, answered: null })).toBe('error')
  expect(state({ state: 'tried', online: true, answered: false })).toBe('warning')
  expect(state({ state: 'tried', online: true, answered: true })).toBe('ok')
  expect(state({ state: 'tried', online: true, answered: null })).toBe('info')
})

test('addresses are compared by what they mean', () => {
  expect(sameAddress('https://A.example/', 'https://a.example')).toBe(true)
  expect(sameAddress('https://a.example/x', 'https://a.example')).toBe(false)
  expect(sameAddress('direct', 'direct')).toBe(true)
})
