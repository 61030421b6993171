import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { loadCatalogue } from '../electron/docker/catalogue.ts'
import { UNMEASURED } from '../electron/core/patience.ts'
import type { Engine } from '../electron/docker/engine.ts'
import { pullImage } from '../electron/docker/pull.ts'
import { resolveImage } from '../electron/docker/reference.ts'
import { listTags, tagSize } from '../electron/docker/tags.ts'
import { IMPATIENT, labEngine, never, recorder, useMirrors } from './docker-helpers.ts'
import { type Lab, startLab } from './lab/lab.ts'

let lab: Lab
let engine: Engine
beforeAll(async () => {
  lab = await startLab(IMPATIENT)
  engine = await labEngine(lab)
  await useMirrors(lab, [lab.registry.url])
})
afterEach(() => lab.registry.faults.clear())
afterAll(async () => {
  await lab.stop()
})
const BLOBS = /\/blobs\//
const fact = (tag: string) => lab.tags.find((entry) => entry.tag === tag)

test('tags come from the registry with the sizes of the catalogue, and the catalogue answers when it is dead', async () => {
  const catalogue = loadCatalogue(await readFile(lab.catalogue, 'utf8'), lab.catalogue)
  const registryUrl = lab.registry.url
  const online = await listTags({ catalogue, registryUrl, signal: never, refresh: true })
  expect(online).toMatchObject({ from: 'registry', source: registryUrl })
  expect(online.tags.map(({ tag }) => tag).sort()).toEqual(lab.tags.map(({ tag }) => tag).sort())
  expect(online.tags.find(({ tag }) => tag === '1.26')).toMatchObject({ size: fact('1.26')?.size, role: 'newest' })
  expect(online.tags.find(({ tag }) => tag === '1.19')).toMatchObject({ support: 'ended', supportEnds: '2023-08' })
  expect(resolveImage('newest-alpine', online)).toBe('golang:1.26-alpine')
  lab.registry.faults.reset()
  const offline = await listTags({ catalogue, registryUrl, signal: never, refresh: true })
  expect(offline).toMatchObject({ from: 'catalogue', source: catalogue.date })
  expect(resolveImage('newest', offline)).toBe('golang:1.26')
})

test('the live size of a tag is the sum of its layers', async () => {
  expect(await tagSize('golang:1.26-alpine', { url: lab.registry.url })).toBe(fact('1.26-alpine')?.size)
  await expect(tagSize('golang:1.99', { url: lab.registry.url })).rejects.toMatchObject({ code: 'image-not-found' })
})

test('a pull cancelled in the middle stops the transfer and leaves no image', async () => {
  lab.registry.faults.throttle(2_000_000, BLOBS)
  const stop = new AbortController()
  const { report, progress } = recorder()
  const before = lab.registry.bytes()
  const pending = pullImage(engine, 'golang:1.26-alpine', { signal: stop.signal, report })
  pending.catch(() => {})
  while (lab.registry.bytes() - before < 1_500_000) await sleep(20)
  stop.abort()
  await expect(pending).rejects.toMatchObject({ code: 'cancelled' })
  expect(progress().length).toBeGreaterThan(0)
  // What was on its way arrives; two seconds later the counter stands still.
  await sleep(1000)
  const settled = lab.registry.bytes()
  await sleep(2000)
  expect(lab.registry.bytes()).toBe(settled)
  expect(await lab.docker('images', '-q', 'golang:1.26-alpine')).toBe('')
})

test('a mirror that falls silent is given up after the limit', async () => {
  lab.registry.faults.stall(200_000, BLOBS)
  const { report } = recorder()
  const patience = { policy: { timeout: 1500, retries: null }, measured: UNMEASURED }
  await expect(pullImage(engine, 'golang:1.26-alpine', { signal: never, report, patience })).rejects.toMatchObject({
    code: 'timeout',
    values: { seconds: 1.5 },
  })
})

test('a pull reports absolute bytes of every layer and answers what is in the engine', async () => {
  lab.registry.faults.throttle(40_000_000, BLOBS)
  const { report, progress } = recorder()
  const facts = await pullImage(engine, 'golang:1.26-alpine', { signal: never, report })
  expect(facts).toMatchObject({
    reference: 'golang:1.26-alpine',
    os: 'linux',
    arch: 'amd64',
    goVersion: fact('1.26-alpine')?.claims,
    pulled: true,
    id: await lab.docker('images', '-q', '--no-trunc', 'golang:1.26-alpine'),
  })
  expect(facts.digest).toMatch(/^sha256:[a-f0-9]{64}$/)
  const size = fact('1.26-alpine')?.size ?? 0
  expect(facts.bytes).toBeGreaterThan(size * 0.9)
  expect(facts.bytes).toBeLessThanOrEqual(size)
  const seen = progress()
  expect(seen.at(-1)).toMatchObject({ step: 'pull', fraction: 1, note: { key: 'image:pull.progress' } })
  expect(seen.at(-1)?.layers).toHaveLength(fact('1.26-alpine')?.layers ?? 0)
  expect(seen.some(({ speed }) => (speed ?? 0) > 1_000_000)).toBe(true)
  const fractions = seen.flatMap(({ fraction }) => fraction ?? [])
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
  expect(fractions.some((value) => value > 0.05 && value < 0.95)).toBe(true)
})

test('the same image again is up to date, nothing is loaded', async () => {
  const before = lab.registry.log().length
  const facts = await pullImage(engine, 'golang:1.26-alpine', { signal: never, report: () => {} })
  expect(facts).toMatchObject({ pulled: false, bytes: 0 })
  expect(
    lab.registry
      .log()
      .slice(before)
      .some(({ url }) => BLOBS.test(url)),
  ).toBe(false)
})

const pull = (image: string) => pullImage(engine, image, { signal: never, report: () => {} })

test('a tag that is not there, and one for another processor, are told apart', async () => {
  // Asked by the mirror's own name, so that no other registry has a word in it.
  const own = `${lab.registry.url.replace('http://', '')}/library/golang`
  await expect(pull(`${own}:1.99`)).rejects.toMatchObject({
    code: 'image-not-found',
    values: { image: `${own}:1.99` },
  })
  await expect(pull(`${own}:1.26-arm64only`)).rejects.toMatchObject({ code: 'image-no-platform' })
  await expect(pull('golang:x y')).rejects.toMatchObject({ code: 'image-bad-reference' })
})

test('they are told apart too when the engine only says that Docker Hub is out of reach', async () => {
  await expect(pull('golang:1.99')).rejects.toMatchObject({ code: 'image-not-found', values: { image: 'golang:1.99' } })
  await expect(pull('golang:1.99')).rejects.toThrow('registry-1.docker.io')
  await expect(pull('golang:1.26-arm64only')).rejects.toMatchObject({ code: 'image-no-platform' })
  lab.registry.faults.reset()
  await expect(pull('golang:1.99')).rejects.toMatchObject({ code: 'registry-unreachable' })
})

test('a registry that refuses or is over its limit is named so', async () => {
  const own = `${lab.registry.url.replace('http://', '')}/library/golang:1.26`
  const pull = () => pullImage(engine, own, { signal: never, report: () => {} })
  lab.registry.faults.status(429, '{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}', /manifests/)
  await expect(pull()).rejects.toMatchObject({ code: 'registry-rate-limit' })
  lab.registry.faults.clear()
  lab.registry.faults.status(503, 'busy', /manifests/)
  await expect(pull()).rejects.toMatchObject({ code: 'registry-unreachable' })
})

test('a mirror that dies in the middle fails the pull with its cause', async () => {
  const own = `${lab.registry.url.replace('http://', '')}/library/golang:1.19`
  lab.registry.faults.cutAfter(1_000_000, BLOBS)
  const failure = pullImage(engine, own, { signal: never, report: () => {} })
  await expect(failure).rejects.toMatchObject({ code: expect.stringMatching(/^(registry-unreachable|pull-failed)$/) })
  await expect(failure).rejects.toThrow(/EOF|reset|refused/)
})

test.each([true, false])('a full disk of the engine is named, Docker Hub in reach: %s', async (hub) => {
  const small = await startLab({ ...IMPATIENT, dataMegabytes: 80, hub })
  try {
    await useMirrors(small, [small.registry.url])
    const failure = pullImage(await labEngine(small), 'golang:1.26-alpine', { signal: never, report: () => {} })
    await expect(failure).rejects.toMatchObject({ code: 'engine-disk-full' })
  } finally {
    await small.stop()
  }
})

test('an engine that stops in the middle of a pull ends it', async () => {
  lab.registry.faults.throttle(1_000_000, BLOBS)
  const failure = pullImage(engine, 'golang:1.19', { signal: never, report: () => {} })
  failure.catch(() => {})
  await sleep(1500)
  await lab.stopDocker()
  await expect(failure).rejects.toMatchObject({ code: expect.stringMatching(/^(docker-|pull-failed|registry-)/) })
})
