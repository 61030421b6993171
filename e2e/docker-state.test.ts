import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEngine } from '../electron/docker/engine.ts'
import { dockerState } from '../electron/docker/state.ts'
import { labPlaces, never, sys, useMirrors } from './docker-helpers.ts'
import { type Lab, startLab } from './lab/lab.ts'

let lab: Lab
beforeAll(async () => {
  lab = await startLab()
})
afterAll(async () => {
  await lab.stop()
})

/** Runs as `nobody`: the kernel checks the effective ids. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  const { setgroups, setegid, seteuid, getgroups } = process
  if (!setgroups || !setegid || !seteuid || !getgroups) throw new Error('this system has no user ids')
  const groups = getgroups()
  setgroups([])
  setegid(65534)
  seteuid(65534)
  try {
    return await work()
  } finally {
    seteuid(0)
    setegid(0)
    setgroups(groups)
  }
}

test('a running engine tells its facts', async () => {
  await useMirrors(lab, ['http://127.0.0.1:9'])
  const state = await dockerState(sys, labPlaces(lab), never)
  expect(state).toMatchObject({
    state: 'running',
    source: 'default',
    flavour: 'docker-engine',
    apiVersion: '1.41',
    os: 'linux',
    containerdStore: false,
    mirrors: ['http://127.0.0.1:9/'],
    configFile: lab.daemonJson,
    cause: null,
  })
  expect(state.version).toMatch(/^20\.10\./)
  expect(state.endpoint).toMatch(/^unix:\/\/.*docker\.sock$/)
})

test('a user that is not in the group may not use it', async () => {
  const state = await asNobody(() => dockerState(sys, labPlaces(lab), never))
  expect(state).toMatchObject({ state: 'no-permission', version: null })
  expect(state.cause).toContain('EACCES')
})

test('a stopped engine is not running, whether its socket is left or gone', async () => {
  await lab.stopDocker()
  const stopped = await dockerState(sys, labPlaces(lab), never)
  expect(stopped.state).toBe('not-running')
  await rm(join(lab.root, 'run/docker.sock'), { force: true })
  expect((await dockerState(sys, labPlaces(lab), never)).state).toBe('not-running')
  await lab.startDocker()
  expect((await dockerState(sys, labPlaces(lab), never)).state).toBe('running')
})

test('without program and socket it is not installed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'grl-none-'))
  try {
    const places = labPlaces(lab)
    const bare = {
      ...places,
      root: folder,
      environment: {},
      docker: {
        ...places.docker,
        programs: [],
        sockets: [{ address: `unix://${folder}/docker.sock`, flavour: 'docker-engine' as const }],
      },
    }
    expect((await dockerState(sys, bare, never)).state).toBe('not-installed')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a socket behind which nobody speaks is unreachable within the limit', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'grl-mute-'))
  const socket = join(folder, 'docker.sock')
  const mute = createServer(() => {})
  await new Promise<void>((done) => mute.listen(socket, done))
  try {
    const places = labPlaces(lab)
    const docker = { ...places.docker, sockets: [{ address: `unix://${socket}`, flavour: 'docker-engine' as const }] }
    const started = performance.now()
    const state = await dockerState(sys, { ...places, root: folder, docker }, never, 300)
    expect(state.state).toBe('unreachable')
    expect(performance.now() - started).toBeLessThan(3000)
    const endpoint = {
      address: `unix://${socket}`,
      source: 'default' as const,
      context: null,
      flavour: 'unknown' as const,
      tls: null,
    }
    await expect(openEngine(endpoint, { timeout: 100 })).rejects.toMatchObject({ code: 'timeout' })
    const stop = new AbortController()
    const pending = openEngine(endpoint, { signal: stop.signal })
    stop.abort()
    await expect(pending).rejects.toMatchObject({ code: 'cancelled' })
  } finally {
    mute.close()
    await rm(folder, { recursive: true })
  }
})

test('DOCKER_HOST of this process is never asked under another root', async () => {
  const kept = process.env.DOCKER_HOST
  process.env.DOCKER_HOST = 'tcp://127.0.0.1:1'
  try {
    expect((await dockerState(sys, labPlaces(lab), never)).state).toBe('running')
  } finally {
    if (kept === undefined) delete process.env.DOCKER_HOST
    else process.env.DOCKER_HOST = kept
  }
})
