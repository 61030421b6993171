import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEngine, type Engine } from '../electron/engine.ts'
import type { Credential } from '../electron/contract/credential.ts'
import { tree } from './harness.ts'
import { guard, LOGIN, SECRET } from './lab/guard.ts'
import { type Lab, startLab } from './lab/lab.ts'

const run = promisify(execFile)
const never = new AbortController().signal
let lab: Lab
let engine: Engine
let proxy: { url: string; server: Server }
let registry: { url: string; server: Server }

beforeAll(async () => {
  lab = await startLab()
  process.env.SSL_CERT_FILE = lab.ca
  engine = await createEngine({ home: lab.home, root: lab.root, catalogue: lab.catalogue })
  proxy = await guard(lab, lab.goproxy.url, true)
  registry = await guard(lab, lab.registry.url, false)
})
afterAll(async () => {
  delete process.env.SSL_CERT_FILE
  for (const { server } of [proxy, registry]) {
    server.closeAllConnections()
    server.close()
  }
  await lab.stop()
  expect(await lab.leftovers()).toEqual([])
})

const credential = (target: Credential['target'], url: string, secret = SECRET): Credential => ({
  target,
  url,
  login: LOGIN,
  secret,
})

async function finish(taskId: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const look = setInterval(() => {
      const last = engine.tasks
        .list()
        .find(({ id }) => id === taskId)
        ?.events.at(-1)
      if (last?.type === 'done') resolve(last.result)
      else if (last?.type === 'failed' || last?.type === 'cancelled') reject(new Error(JSON.stringify(last.error)))
      else return
      clearInterval(look)
    }, 20)
  })
}

test.each(['go', 'docker', 'pip'] as const)(
  '%s: the right one is accepted, the wrong one refused, by the server itself',
  async (target) => {
    const { url } = target === 'docker' ? registry : proxy
    expect(await engine.tryCredential(credential(target, url), never)).toMatchObject({ state: 'accepted' })
    expect(await engine.tryCredential(credential(target, url, 'wrong'), never)).toMatchObject({ state: 'refused' })
  },
)

test('an address that asks for nothing proves nothing; one that is not there is said to be so', async () => {
  expect(await engine.tryCredential(credential('go', lab.goproxy.url), never)).toMatchObject({ state: 'not-asked' })
  const gone = await engine.tryCredential(credential('go', 'http://127.0.0.1:1'), never)
  expect(gone.state).toBe('unreachable')
  expect(JSON.stringify(gone)).not.toContain(SECRET)
})

/** A module through the guarded proxy, by the real `go`. */
async function download(): Promise<{ ok: boolean; said: string }> {
  const cache = join(lab.dir, `mod-${Math.random()}`)
  const env = {
    ...{ PATH: '/usr/bin:/bin', HOME: lab.home, GOFLAGS: '-modcacherw', GOTOOLCHAIN: 'local', GONOSUMDB: '*' },
    ...{ GOPROXY: proxy.url, SSL_CERT_FILE: lab.ca, GOMODCACHE: cache, GOCACHE: join(lab.dir, 'gocache') },
  }
  try {
    const { stdout } = await run('go', ['mod', 'download', '-json', 'github.com/pkg/errors@v0.9.1'], {
      env,
      cwd: lab.dir,
    })
    return { ok: true, said: stdout }
  } catch (error) {
    const { stdout, stderr } = Object.assign({ stdout: '', stderr: '' }, error)
    return { ok: false, said: `${stdout}${stderr}` }
  }
}

test('go: from 401 to a module by .netrc; neither plan nor history show the secret; undo is exact', async () => {
  writeFileSync(join(lab.home, '.netrc'), '# mine\nmachine git.example login a password b')
  chmodSync(join(lab.home, '.netrc'), 0o600)
  const before = tree(lab.home)
  expect(await download()).toMatchObject({ ok: false, said: expect.stringMatching(/401 Unauthorized/) })
  const view = await engine.planCredential(credential('go', proxy.url))
  expect(view.changes).toMatchObject([{ kind: 'file', path: join(lab.home, '.netrc'), action: 'modify' }])
  expect(JSON.stringify(view)).not.toContain(SECRET)
  expect(tree(lab.home)).toEqual(before)
  await finish(engine.startApply(view.id))
  expect(await download()).toMatchObject({ ok: true, said: expect.stringContaining('h1:') })
  expect(JSON.stringify(await engine.history())).not.toContain(SECRET)
  expect((await engine.planCredential(credential('go', proxy.url))).changed).toBe(false)
  await finish(engine.startUndo(null, 'restore'))
  expect(tree(lab.home)).toEqual(before)
})

test('docker: an image of a private registry is pulled with what the store holds', async () => {
  const { host } = new URL(registry.url)
  const image = `${host}/library/golang:1.26-alpine`
  mkdirSync(join(lab.home, '.docker'))
  writeFileSync(join(lab.home, '.docker/config.json'), '{\n\t"psFormat": "table"\n}')
  const before = tree(lab.home)
  await expect(finish(engine.startPull(image))).rejects.toThrow(/registry-denied/)
  const view = await engine.planCredential(credential('docker', registry.url))
  expect(JSON.stringify(view)).not.toContain(Buffer.from(`${LOGIN}:${SECRET}`).toString('base64'))
  await finish(engine.startApply(view.id))
  expect(await finish(engine.startPull(image))).toMatchObject({ reference: image, pulled: true })
  // The real client reads the same entry.
  const { stdout } = await run('docker', [
    '--config',
    join(lab.home, '.docker'),
    '-H',
    lab.dockerHost,
    'pull',
    '-q',
    image,
  ])
  expect(stdout.trim()).toBe(image)
  await finish(engine.startUndo(null, 'restore'))
  expect(tree(lab.home)).toEqual(before)
})

test('a new store belongs to the person alone', async () => {
  rmSync(join(lab.home, '.netrc'))
  const view = await engine.planCredential({
    ...credential('pip', proxy.url),
    url: 'https://nexus.example/pypi/simple',
  })
  await finish(engine.startApply(view.id))
  expect(statSync(join(lab.home, '.netrc')).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(lab.home, '.netrc'), 'utf8')).toBe(
    `machine nexus.example login ${LOGIN} password ${SECRET}\n`,
  )
  await finish(engine.startUndo(null, 'restore'))
  expect(existsSync(join(lab.home, '.netrc'))).toBe(false)
})

test('a program that keeps Docker’s passwords is not gone around', async () => {
  writeFileSync(join(lab.home, '.docker/config.json'), '{"credsStore": "secretservice"}')
  await expect(engine.planCredential(credential('docker', registry.url))).rejects.toMatchObject({
    code: 'credential-store',
    values: { store: 'secretservice' },
  })
})
