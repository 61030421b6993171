import { EventEmitter } from 'node:events'
import { chmod, chown, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Finding } from '../electron/contract/note.ts'
import type { Engine } from '../electron/docker/engine.ts'
import { pullImage } from '../electron/docker/pull.ts'
import { runInImage } from '../electron/docker/run.ts'
import type { RunRequest } from '../electron/docker/run-spec.ts'
import { verifyGo, verifyModule } from '../electron/docker/verify.ts'
import { IMPATIENT, labEngine, never, useMirrors } from './docker-helpers.ts'
import { type Lab, startLab } from './lab/lab.ts'

const ALPINE = 'golang:1.26-alpine'
const UID = 12345
let lab: Lab
let engine: Engine
let project: string

beforeAll(async () => {
  lab = await startLab(IMPATIENT)
  engine = await labEngine(lab)
  await useMirrors(lab, [lab.registry.url])
  for (const image of [ALPINE, 'golang:1.18-alpine', 'golang:1.26'])
    await pullImage(engine, image, { signal: never, report: () => {} })
  project = join(lab.dir, 'project 陈')
  await mkdir(project)
  await chown(project, UID, UID)
  await chmod(project, 0o755)
})
afterAll(async () => {
  try {
    expect(await containers()).toBe('')
  } finally {
    await lab.stop()
  }
})

const containers = () => lab.docker('ps', '-aq')

function sink() {
  let text = ''
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      text += chunk.toString('utf8')
      done()
    },
  })
  return { stream, text: () => text }
}

type Part = Partial<RunRequest> & {
  input?: PassThrough
  signal?: AbortSignal
  signals?: EventEmitter
  screen?: Writable
}

/** Runs in the project's folder as a person that is not root; answers status and output. */
async function run(argv: RunRequest['argv'], part: Part = {}) {
  const { input, signal, signals, screen, ...request } = part
  const stdout = sink()
  const stderr = sink()
  const warnings: Finding[] = []
  const code = await runInImage(engine, {
    image: ALPINE,
    argv,
    cwd: project,
    uid: UID,
    gid: UID,
    home: lab.home,
    goEnv: { GOPROXY: lab.goproxy.url, GOSUMDB: lab.goproxy.sumdb },
    environment: {},
    interactive: false,
    stdin: input !== undefined,
    ...request,
    streams: { stdin: input ?? null, stdout: screen ?? stdout.stream, stderr: stderr.stream },
    signal: signal ?? never,
    signals: signals ?? new EventEmitter(),
    warn: (finding) => warnings.push(finding),
  })
  return { code, stdout: stdout.text(), stderr: stderr.text(), warnings }
}

test('go version runs without a network in an empty folder and agrees with the tag', async () => {
  const verification = await verifyGo(engine, ALPINE, { signal: never })
  expect(verification).toEqual({
    reference: ALPINE,
    output: 'go version go1.26.5 linux/amd64',
    version: '1.26.5',
    agrees: true,
    module: null,
  })
  expect(await verifyGo(engine, ALPINE, { signal: never, expected: null })).toMatchObject({ agrees: null })
  expect(await containers()).toBe('')
})

test('a tag that lies about its Go is found out', async () => {
  await expect(verifyGo(engine, 'golang:1.18-alpine', { signal: never })).rejects.toMatchObject({
    code: 'version-mismatch',
    values: { expected: '1.18', actual: '1.26.5' },
  })
  await expect(verifyGo(engine, ALPINE, { signal: never, expected: '1.26.4' })).rejects.toMatchObject({
    code: 'version-mismatch',
  })
})

test('an image that is not there, a cancel and a limit leave no container', async () => {
  await expect(verifyGo(engine, 'golang:1.99', { signal: never })).rejects.toMatchObject({
    code: 'image-not-found',
    values: { image: 'golang:1.99' },
  })
  const stop = new AbortController()
  lab.goproxy.faults.stall()
  try {
    const goEnv = { GOPROXY: lab.goproxy.url, GOSUMDB: lab.goproxy.sumdb }
    const pending = verifyModule(engine, ALPINE, { signal: stop.signal, goEnv })
    pending.catch(() => {})
    while ((await containers()) === '') await sleep(50)
    stop.abort()
    await expect(pending).rejects.toMatchObject({ code: 'cancelled' })
    expect(await containers()).toBe('')
    await expect(verifyModule(engine, ALPINE, { signal: never, goEnv, timeout: 2000 })).rejects.toMatchObject({
      code: 'timeout',
      values: { seconds: 2 },
    })
  } finally {
    lab.goproxy.faults.clear()
  }
  expect(await containers()).toBe('')
})

test('a module made just now comes through the chosen proxy, asked for from the container’s address', async () => {
  const path = `example.test/fresh${process.pid}x${performance.now().toFixed(0)}`
  await lab.goproxy.addModule(path, 'v1.0.0', { 'fresh.go': 'package fresh\n' })
  const goEnv = { GOPROXY: lab.goproxy.url, GOSUMDB: lab.goproxy.sumdb }
  const checked = await verifyModule(engine, ALPINE, { signal: never, goEnv, module: path, version: 'v1.0.0' })
  const proxy = lab.goproxy.url
  expect(checked).toEqual({ path, version: 'v1.0.0', proxy, ok: true, cause: null, served: proxy })
  const asked = lab.goproxy.log().find(({ url }) => url === `/${path}/@v/v1.0.0.zip`)
  expect(asked?.client).toMatch(/^172\.30\.\d+\.\d+$/)
  expect(asked?.client).not.toBe(lab.bridge.address)
})

test('a proxy on the host’s loopback does not answer in a container, and go’s words are kept', async () => {
  const proxy = lab.goproxy.url.replace(lab.bridge.address, '127.0.0.1')
  const checked = await verifyModule(engine, ALPINE, {
    signal: never,
    goEnv: { GOPROXY: proxy, GOSUMDB: lab.goproxy.sumdb },
    environment: { HTTP_PROXY: 'http://127.0.0.1:7890' },
  })
  expect(checked).toMatchObject({ ok: false, proxy })
  expect(checked.cause).toContain('connection refused')
})

test('a first program is built, its files belong to the person, and the cache is kept', async () => {
  await writeFile(
    join(project, 'go.mod'),
    'module example.test/hello\n\ngo 1.18\n\nrequire github.com/pkg/errors v0.9.1\n',
  )
  const main =
    'package main\n\nimport "github.com/pkg/errors"\n\nfunc main() { println(errors.New("hello").Error()) }\n'
  await writeFile(join(project, 'main.go'), main)
  await chown(join(project, 'go.mod'), UID, UID)
  expect(await run(['go', 'mod', 'tidy'])).toMatchObject({ code: 0 })
  const built = await run(['go', 'build', '-o', 'hello', './...'])
  expect([built.code, built.stderr]).toEqual([0, ''])
  expect(await stat(join(project, 'hello'))).toMatchObject({ uid: UID, gid: UID })
  expect(await run(['./hello'])).toMatchObject({ code: 0, stderr: 'hello\n' })
  const before = lab.goproxy.log().length
  expect(await run(['go', 'build', '-o', 'hello', './...'], { goEnv: { GOPROXY: 'off' } })).toMatchObject({ code: 0 })
  expect(lab.goproxy.log().length).toBe(before)
  expect(await lab.docker('volume', 'ls', '-q')).toBe(`goready-go-cache-${UID}`)
})

test('settings, home and folder inside are the promised ones', async () => {
  const goEnv = { GOPROXY: 'https://a.example|direct', GOFLAGS: '-mod=mod' }
  const said = await run(['go', 'env', 'GOPROXY', 'GOFLAGS', 'GOENV'], { goEnv })
  expect(said.stdout).toBe('https://a.example|direct\n-mod=mod\n/goready/home/.config/go/env\n')
  const who = await run(['sh', '-c', 'id -u; id -g; pwd; touch "$HOME/x" && echo writable'])
  expect(who.stdout).toBe(`${UID}\n${UID}\n/work\nwritable\n`)
})

test('the exit status comes through, both outputs stay apart, input is read to its end', async () => {
  expect(await run(['sh', '-c', 'echo out; echo err >&2; exit 7'])).toMatchObject({
    code: 7,
    stdout: 'out\n',
    stderr: 'err\n',
  })
  const input = new PassThrough()
  input.end('eins\n陈杰\n')
  expect(await run(['cat'], { input })).toMatchObject({ code: 0, stdout: 'eins\n陈杰\n' })
  const large = await run(['sh', '-c', 'head -c 3000000 /dev/zero | tr "\\0" x'])
  expect(large.stdout.length).toBe(3_000_000)
})

test('a program that the image does not have, and an image that is not there, are told', async () => {
  await expect(run(['no-such-program'])).rejects.toMatchObject({ code: 'container-failed', values: { image: ALPINE } })
  await expect(run(['no-such-program'])).rejects.toThrow('no-such-program')
  await expect(run(['true'], { image: 'golang:1.99' })).rejects.toMatchObject({ code: 'image-not-found' })
  expect(await containers()).toBe('')
})

test('signals are handed on, a second one kills, and an abort removes the container', async () => {
  const signals = new EventEmitter()
  const started = sink()
  const trap = 'trap "echo got; exit 9" INT; echo ready; while true; do sleep 0.1; done'
  const polite = run(['sh', '-c', trap], { signals, screen: started.stream })
  while (!started.text().includes('ready')) await sleep(20)
  signals.emit('SIGINT')
  expect(await polite).toMatchObject({ code: 9 })
  expect(started.text()).toContain('got')

  const deaf = sink()
  const stubborn = run(['sh', '-c', 'trap "" INT TERM; echo ready; while true; do sleep 0.1; done'], {
    signals,
    screen: deaf.stream,
  })
  while (!deaf.text().includes('ready')) await sleep(20)
  signals.emit('SIGINT')
  signals.emit('SIGINT')
  expect(await stubborn).toMatchObject({ code: 137 })

  const stop = new AbortController()
  const long = sink()
  const aborted = run(['sh', '-c', 'echo ready; sleep 600'], { signal: stop.signal, screen: long.stream })
  aborted.catch(() => {})
  while (!long.text().includes('ready')) await sleep(20)
  stop.abort()
  await expect(aborted).rejects.toMatchObject({ code: 'cancelled' })
  expect(await containers()).toBe('')
  expect(signals.listenerCount('SIGINT')).toBe(0)
})

/** A terminal of 132 columns. */
function terminal() {
  const { stream, text } = sink()
  const screen = Object.assign(stream, { columns: 132, rows: 43 })
  const modes: boolean[] = []
  const keyboard = Object.assign(new PassThrough(), { setRawMode: (raw: boolean) => void modes.push(raw) })
  return { screen, text, keyboard, modes }
}

test.each([
  [ALPINE, '/bin/sh'],
  ['golang:1.26', '/bin/bash'],
])('a shell in %s is %s on a terminal of the right size, in raw mode', async (image, shell) => {
  const { screen, text, keyboard, modes } = terminal()
  const pending = run(null, { image, interactive: true, input: keyboard, screen })
  while (!/[$#] /.test(text())) await sleep(20)
  expect(modes).toEqual([true])
  await sleep(200)
  keyboard.write('stty size; echo "SHELL=$0"; tty; exit 3\n')
  expect(await pending).toMatchObject({ code: 3 })
  expect(text()).toContain('43 132')
  expect(text()).toContain(`SHELL=${shell}`)
  expect(text()).toContain('/dev/pts/')
  expect(modes).toEqual([true, false])
})

test('the root of the machine is not mounted, the home folder with a warning', async () => {
  await expect(run(['true'], { cwd: '/' })).rejects.toMatchObject({ code: 'bad-arguments' })
  const home = await run(['true'], { cwd: lab.home })
  expect(home).toMatchObject({ code: 0, warnings: [{ id: 'docker.home-mounted', severity: 'warning' }] })
  expect(await readFile(join(project, 'main.go'), 'utf8')).toContain('package main')
})
