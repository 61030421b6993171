import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, startLab } from './lab.ts'
import { setMirrors } from './mirrors.ts'
import { must, run } from './process.ts'

let lab: Lab
let scratch: string

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'grl-test-'))
  lab = await startLab()
})

afterAll(async () => {
  await lab.stop()
  await run(['chmod', '-R', 'u+w', scratch])
  await rm(scratch, { recursive: true, force: true })
  expect(await lab.leftovers()).toEqual([])
})

/** The host's Go with nothing but the lab's proxy, in a home of its own. */
async function hostGo(...args: string[]): Promise<string> {
  const cwd = join(scratch, 'module')
  await mkdir(cwd, { recursive: true })
  await writeFile(join(cwd, 'go.mod'), 'module example.test/program\n\ngo 1.19\n')
  const env = {
    PATH: process.env.PATH,
    HOME: scratch,
    GOPATH: join(scratch, 'go'),
    GOFLAGS: '-mod=mod',
    GOPROXY: lab.goproxy.url,
    GOSUMDB: lab.goproxy.sumdb,
  }
  return must(['go', ...args], { cwd, env })
}

test('the engine pulls a golang image from the registry as a mirror of Docker Hub', async () => {
  await setMirrors(lab, [lab.registry.url])
  await lab.docker('pull', '--quiet', 'golang:1.26-alpine')
  const blobs = lab.registry.log().filter(({ url, status }) => url.includes('/blobs/') && status === 200)
  const fact = lab.tags.find(({ tag }) => tag === '1.26-alpine')
  expect(blobs.length).toBe((fact?.layers ?? 0) + 1)
  expect(lab.registry.bytes()).toBeGreaterThan(fact?.size ?? Number.POSITIVE_INFINITY)
  expect(await lab.docker('run', '--rm', 'golang:1.26-alpine', 'go', 'version')).toBe(
    `go version go${fact?.go} linux/amd64`,
  )
})

test("the host's Go downloads a real module and its sum is found in the checksum database", async () => {
  await hostGo('get', 'github.com/pkg/errors@v0.9.1')
  expect(await hostGo('mod', 'verify')).toContain('all modules verified')
  const urls = lab.goproxy.log().map(({ url }) => url)
  expect(urls).toContain('/github.com/pkg/errors/@v/v0.9.1.zip')
  expect(urls.some((url) => url.includes('/lookup/github.com/pkg/errors@v0.9.1'))).toBe(true)
})

test('a path with capitals is served, and the newest version is known', async () => {
  expect(await hostGo('list', '-m', 'github.com/BurntSushi/toml@latest')).toBe('github.com/BurntSushi/toml v1.2.0\n')
})

test("a module made just now is asked for from the container's address", async () => {
  await setMirrors(lab, [lab.registry.url])
  const path = `example.test/made${Date.now()}`
  await lab.goproxy.addModule(path, 'v1.2.3', { 'made.go': 'package made\n' })
  await expect(lab.goproxy.addModule(path, 'v1.2.3', {})).rejects.toThrow('exists')
  const env = ['--env', `GOPROXY=${lab.goproxy.url}`, '--env', `GOSUMDB=${lab.goproxy.sumdb}`]
  const said = await lab.docker(
    'run',
    '--rm',
    ...env,
    'golang:1.26-alpine',
    'go',
    'mod',
    'download',
    '-json',
    `${path}@v1.2.3`,
  )
  expect(JSON.parse(said)).toMatchObject({ Path: path, Version: 'v1.2.3' })
  const asked = lab.goproxy.log().find(({ url }) => url === `/${path}/@v/v1.2.3.zip`)
  expect(asked?.client).toMatch(new RegExp(`^${lab.bridge.address.replace(/1$/, '')}\\d+$`))
  expect(asked?.client).not.toBe(lab.bridge.address)
})

function getWith(url: string, ca: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { ca }, (answer) => {
      answer.setEncoding('utf8')
      answer.on('data', resolve)
    }).on('error', reject)
  })
}

test('the HTTPS variants are trusted with the authority of the lab, and only with it', async () => {
  const url = `${lab.goproxy.httpsUrl}/github.com/pkg/errors/@v/list`
  expect(await getWith(url, await readFile(lab.ca))).toBe('v0.9.1\n')
  await expect(fetch(url)).rejects.toThrow()
  await expect(fetch(`${lab.registry.httpsUrl}/v2/`)).rejects.toThrow()
  const host = new URL(lab.registry.httpsUrl).host
  await expect(lab.docker('pull', `${host}/library/golang:1-alpine`)).rejects.toThrow('x509')
  const folder = join(lab.root, 'etc/docker/certs.d', host)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'ca.crt'), await readFile(lab.ca))
  await lab.docker('pull', '--quiet', `${host}/library/golang:1-alpine`)
})

test('faults: a status, a reset, a rate, a cut and a stall happen, and end with clear', async () => {
  const { faults, url } = lab.registry
  const blob = lab.registry.log().find((entry) => entry.url.includes('/blobs/') && entry.bytes > 1e6)?.url ?? ''
  const load = async (): Promise<number> => (await (await fetch(`${url}${blob}`)).arrayBuffer()).byteLength
  const size = await load()
  try {
    faults.status(503, 'busy', /manifests/)
    expect((await fetch(`${url}/v2/library/golang/manifests/1.26`)).status).toBe(503)
    expect(await load()).toBe(size)
    faults.clear()

    faults.reset()
    await expect(fetch(`${url}/v2/`)).rejects.toThrow()
    faults.clear()

    faults.throttle(size * 2)
    const started = Date.now()
    expect(await load()).toBe(size)
    expect(Date.now() - started).toBeGreaterThan(400)
    faults.clear()

    const before = lab.registry.bytes()
    faults.cutAfter(100_000)
    await expect(load()).rejects.toThrow()
    await expect(fetch(`${url}/v2/`)).rejects.toThrow()
    expect(lab.registry.bytes() - before).toBe(100_000)
    faults.clear()

    faults.stall()
    const pending = fetch(`${url}/v2/`)
    expect(await Promise.race([pending.then(() => 'answered'), sleep(300, 'silent')])).toBe('silent')
    faults.clear()
    expect((await pending).status).toBe(200)
  } finally {
    faults.clear()
  }
})
