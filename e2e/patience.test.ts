import { join } from 'node:path'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { errorOf, goready, labProfile, type Outcome, profile } from './harness.ts'
import { type Lab, startLab } from './lab/lab.ts'

// The profile's policy rules how long a run waits for somebody who is silent, and how often it tries again.
const BLOBS = /\/blobs\//
let lab: Lab
let home: string
let count = 0

beforeAll(async () => {
  // The engine's own tries would hide ours.
  lab = await startLab({ daemonJson: '{\n  "max-download-attempts": 1\n}\n' })
})
afterAll(async () => {
  await lab.stop()
  expect(await lab.leftovers()).toEqual([])
})
beforeEach(() => {
  home = join(lab.dir, `patience${count++}`)
  mkdirSync(home)
})
afterEach(async () => {
  lab.registry.faults.clear()
  lab.goproxy.faults.clear()
  await lab.docker('image', 'prune', '--all', '--force')
})

const apply = async (policy: Record<string, unknown>, extra: Record<string, unknown> = {}): Promise<Outcome> => {
  const path = await profile(lab, labProfile(lab, { pull: 'direct', policy, ...extra }), `policy${count}.yml`)
  return goready(lab, ['apply', '--profile', path, '--yes', '--json'], { home })
}
/** How often a pull was given up and begun again. */
const again = ({ events }: Outcome): number =>
  events.filter(({ type, line }) => type === 'log' && String(line).startsWith('timeout:')).length

test('a registry that falls silent in a layer is given up after the policy’s time; no retries are none', async () => {
  lab.registry.faults.stall(200_000, BLOBS)
  const started = performance.now()
  const outcome = await apply({ timeout: '2s', retries: 0 })
  const took = performance.now() - started
  expect(outcome.code).toBe(1)
  expect(errorOf(outcome)).toMatchObject({ code: 'timeout', values: { seconds: 2 } })
  expect(again(outcome)).toBe(0)
  // Planning, the two seconds and giving back, on a busy machine; without the policy it would be three minutes.
  expect(took).toBeLessThan(40_000)
})

test('with retries it is tried again after a pause, and the image comes once the registry speaks', async () => {
  lab.registry.faults.stall(200_000, BLOBS)
  const run = apply({ timeout: '2s', retries: 3 })
  const speaks = setTimeout(() => lab.registry.faults.clear(), 5000)
  const outcome = await run
  clearTimeout(speaks)
  expect(outcome.code, outcome.stderr).toBe(0)
  expect(outcome.last).toMatchObject({ result: { image: { pulled: true } } })
})

test('a slow registry that goes on speaking is waited for, longer than the policy’s time', async () => {
  lab.registry.faults.throttle(25_000_000, BLOBS)
  const outcome = await apply({ timeout: '1200ms', retries: 0 })
  expect(outcome.code, JSON.stringify(errorOf(outcome))).toBe(0)
  expect(again(outcome)).toBe(0)
})

test('a proxy that takes every question and answers none holds a plan for the policy’s time, in settling and in the race', async () => {
  lab.goproxy.faults.stall()
  const url = lab.goproxy.url
  const mirror = { id: 'm', target: 'go', name: { zh: '测试', en: 'test' }, url, status: 'alive' }
  const catalogue = join(lab.dir, `catalogue${count}.json`)
  const tags: unknown = JSON.parse(readFileSync(lab.catalogue, 'utf8'))
  const mirrors = [{ ...mirror, source: 'test', date: '2026-11' }]
  writeFileSync(catalogue, JSON.stringify({ ...(typeof tags === 'object' ? tags : {}), mirrors }))
  mkdirSync(join(home, '.config/go'), { recursive: true })
  writeFileSync(join(home, '.config/go/env'), `GOPROXY=${url}\n`)
  const plan = async (policy: Record<string, unknown>): Promise<number> => {
    const path = await profile(lab, { sources: { go: 'auto' }, policy }, `wait${count}.yml`)
    const started = performance.now()
    const outcome = await goready(lab, ['plan', '--profile', path, '--json', '--catalogue', catalogue], { home })
    expect(errorOf(outcome).code).toBe('source-unreachable')
    return performance.now() - started
  }
  // What is set is asked first, then the race asks again: two waits each.
  const [short, long] = [await plan({ timeout: '300ms' }), await plan({ timeout: '2s' })]
  expect(long - short).toBeGreaterThan(2000)
})
