import { execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { parse } from 'plist'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { hostileStrings } from '../../../e2e/hostile/strings.ts'
import { darwinPlaces } from '../../platform/darwin/places.ts'
import { realSystem } from '../../system/real.ts'
import { launchAgentHandler } from './launch-agent-handler.ts'
import {
  AGENT_SCRIPT,
  agentArguments,
  launchAgentAllFormat,
  launchAgentFormat,
  SYSTEM_AGENT,
  USER_AGENT,
} from './launch-agent.ts'

const text = (bytes: Uint8Array | null): string => new TextDecoder().decode(bytes ?? new Uint8Array())
const job = z.strictObject({
  Label: z.string(),
  RunAtLoad: z.literal(true),
  ProgramArguments: z.array(z.string()),
})
/** The file as a library for Apple's format reads it. */
const read = (bytes: Uint8Array | null) => job.parse(parse(text(bytes)))
const write = (values: Readonly<Record<string, string | true>>, before: Uint8Array | null = null): Uint8Array => {
  const bytes = launchAgentFormat.edit(
    before,
    Object.entries(values).map(([key, after]) => ({ key, after })),
  )
  if (bytes === null) throw new Error('nothing to write')
  return bytes
}

test('the file is a property list that names the job, its script and one argument for each word', () => {
  const bytes = write({ 'var:GOFLAGS': '-mod=mod', 'path:~/go/bin': true, 'var:EMPTY': '' })
  expect(read(bytes)).toEqual({
    Label: 'app.goready.environment',
    RunAtLoad: true,
    ProgramArguments: [
      '/bin/sh',
      '-c',
      AGENT_SCRIPT,
      'GOREADY_SESSION',
      ...['GOFLAGS', '-mod=mod'],
      ...['PATH+', '~/go/bin'],
      ...['EMPTY', ''],
    ],
  })
  expect(read(launchAgentAllFormat.edit(null, [{ key: 'var:A', after: '1' }]))).toMatchObject({
    Label: 'app.goready.environment.all',
  })
  expect(launchAgentFormat.read(bytes)).toEqual(
    new Map<string, string | true>([
      ['var:GOFLAGS', '-mod=mod'],
      ['path:~/go/bin', true],
      ['var:EMPTY', ''],
    ]),
  )
  expect([...agentArguments(USER_AGENT, bytes)]).toEqual(read(bytes).ProgramArguments)
})

test('a change keeps the order, the last key takes the file along, twice the same is the same', () => {
  const bytes = write({ 'var:A': '1', 'var:B': '2' })
  expect([...launchAgentFormat.read(write({ 'var:A': '3' }, bytes))]).toEqual([
    ['var:A', '3'],
    ['var:B', '2'],
  ])
  expect(write({ 'var:A': '1' }, bytes)).toEqual(bytes)
  const none = ['var:A', 'var:B'].map((key) => ({ key, after: null }))
  expect(launchAgentFormat.edit(bytes, none)).toBeNull()
  expect(launchAgentFormat.edit(null, none)).toBeNull()
})

test.each([
  ['another label', (whole: string) => whole.replace('app.goready.environment', 'x'), 6],
  ['another script', (whole: string) => whole.replace('launchctl setenv "$1"', 'launchctl setenv "$2"'), 38],
  ['a key of launchd behind ours', (whole: string) => whole.replace('</dict>', '<key>X</key><true/></dict>'), 48],
  ['a value without its name', (whole: string) => whole.replace('\t\t<string>A</string>\n', ''), 45],
  ['a name that is none', (whole: string) => whole.replace('>A<', '>1A<'), 1],
  ['cut off', (whole: string) => whole.slice(0, -8), 49],
  ['empty', () => '', 1],
])('%s: refused with its line, never guessed at', (_, damage, line) => {
  const bytes = new TextEncoder().encode(damage(text(write({ 'var:A': '1' }))))
  for (const act of [() => launchAgentFormat.read(bytes), () => launchAgentFormat.edit(bytes, [])])
    expect(act).toThrow(expect.objectContaining({ code: 'unparsable-file', values: { line } }))
})

// From here on with a real /bin/sh. launchd is not to be had, so launchctl is a small program that keeps the
// environment of a session in a folder.
let folder: string
let bin: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'goready agent 家-'))
  bin = path.join(folder, 'bin')
  await mkdir(path.join(bin, 'env'), { recursive: true })
  await cp(path.join(import.meta.dirname, 'test-launchctl.sh'), path.join(bin, 'launchctl'))
  await writeFile(path.join(bin, 'managername'), 'Aqua\n')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const searched = () => `${bin}:/usr/bin:/bin`
const session = async (): Promise<Record<string, string>> => {
  const names = await readdir(path.join(bin, 'env'))
  const entries = names.map(async (name) => [name, await readFile(path.join(bin, 'env', name), 'utf8')] as const)
  return Object.fromEntries(await Promise.all(entries))
}
const setenv = (name: string, value: string) => writeFile(path.join(bin, 'env', name), value)
/** As launchd runs the job: the words that the library reads out of the file, in launchd's own environment. */
const run = (bytes: Uint8Array) => {
  const [program = '', ...words] = read(bytes).ProgramArguments
  return execFileSync(program, words, { env: { PATH: searched(), HOME: folder }, cwd: folder }).toString()
}

test('hostile values arrive as they are, and none of them runs', async () => {
  const canaries = path.join(folder, 'canaries')
  await mkdir(canaries)
  const strings = hostileStrings(canaries)
  expect(strings).toHaveLength(500)
  const values: Record<string, string> = {}
  let refused = 0
  for (const [index, value] of strings.entries()) {
    try {
      const one = write({ [`var:V${index}`]: value })
      expect(launchAgentFormat.read(one)).toEqual(new Map([[`var:V${index}`, value]]))
      expect(read(one).ProgramArguments.at(-1)).toBe(value)
      values[`V${index}`] = value
    } catch (error) {
      // Half a surrogate pair, and what no XML document can hold.
      const reason = { code: 'bad-profile', values: { key: `env.set.V${index}`, reason: 'control-character' } }
      expect(error).toEqual(/\p{Surrogate}/u.test(value) ? expect.any(TypeError) : expect.objectContaining(reason))
      refused++
    }
  }
  expect(refused).toBeGreaterThan(5)
  expect(Object.keys(values).length + refused).toBe(500)
  const short = Object.entries(values).filter(([, value]) => value.length < 32_767)
  expect(short.length).toBeGreaterThan(450)
  run(write(Object.fromEntries(short.map(([name, value]) => [`var:${name}`, value]))))
  const { GOREADY_SESSION: record = '', ...set } = await session()
  expect(set).toEqual(Object.fromEntries(short))
  expect(record.split(':')).toEqual(short.map(([name]) => name))
  expect(await readdir(canaries)).toEqual([])
})

test('folders come to the end of PATH, once; a session without one has that of launchd', async () => {
  const odd = '/opt/$(touch x)/*'
  const bytes = write({ 'path:~/go/bin': true, [`path:${odd}`]: true })
  run(bytes)
  run(bytes)
  const home = `${folder}/go/bin`
  expect(await session()).toEqual({
    PATH: `/usr/bin:/bin:/usr/sbin:/sbin:${home}:${odd}`,
    GOREADY_SESSION: `${home}:${odd}`,
  })
  await setenv('PATH', `/a:${home}`)
  await rm(path.join(bin, 'env', 'GOREADY_SESSION'))
  run(bytes)
  expect(await session()).toEqual({ PATH: `/a:${home}:${odd}`, GOREADY_SESSION: odd })
})

const places = (options: { home?: string } = {}) =>
  darwinPlaces({
    ...options,
    environment: { HOME: folder },
    uid: 501,
    username: 'chen',
    arch: 'arm64',
    isFolder: () => false,
  })
const agentFile = () => places().launchAgent ?? ''
const notice = (bytes: Uint8Array | null, file = agentFile(), home?: string) =>
  launchAgentHandler(places(home === undefined ? {} : { home }), searched()).notice(
    realSystem(),
    file,
    bytes,
    new AbortController().signal,
    'apply',
  )
const loaded = () => readFile(path.join(bin, 'loaded'), 'utf8').catch(() => null)

test('the session follows the file: set, changed, taken away; what others had set comes back', async () => {
  await setenv('GOFLAGS', 'theirs')
  await setenv('PATH', '/theirs')
  await setenv('UNTOUCHED', 'x')
  const before = await session()
  const first = write({ 'var:GOFLAGS': 'a', 'var:NEW': "it's", 'path:~/go/bin': true, 'path:/opt/x': true })
  await notice(first)
  const gui = `gui/${process.getuid?.() ?? ''}`
  expect(await loaded()).toBe(`${gui} ${agentFile()}\n`)
  expect(await session()).toEqual({
    GOFLAGS: 'a',
    NEW: "it's",
    UNTOUCHED: 'x',
    PATH: `/theirs:${folder}/go/bin:/opt/x`,
    GOREADY_SESSION: `GOFLAGS:NEW:${folder}/go/bin:/opt/x`,
    GOREADY_SESSION_WAS_GOFLAGS: 'theirs',
  })
  const second = launchAgentFormat.edit(first, [
    { key: 'var:NEW', after: null },
    { key: 'var:GOFLAGS', after: 'b' },
    { key: 'path:/opt/x', after: null },
  ])
  await notice(second)
  expect(await session()).toEqual({
    GOFLAGS: 'b',
    UNTOUCHED: 'x',
    PATH: `/theirs:${folder}/go/bin`,
    GOREADY_SESSION: `GOFLAGS:${folder}/go/bin`,
    GOREADY_SESSION_WAS_GOFLAGS: 'theirs',
  })
  await notice(null)
  expect(await session()).toEqual(before)
  expect(await loaded()).toBeNull()
})

test("a PATH that was only launchd's is none again", async () => {
  await notice(write({ 'path:/opt/x': true }))
  expect((await session())['PATH']).toBe('/usr/bin:/bin:/usr/sbin:/sbin:/opt/x')
  await notice(null)
  expect(await session()).toEqual({})
})

test('the jobs of one user and of all users keep apart', async () => {
  const all = places().system?.launchAgent ?? ''
  const bytes = launchAgentAllFormat.edit(null, [{ key: 'var:B', after: '2' }])
  await notice(bytes, all)
  await notice(write({ 'var:A': '1' }))
  expect(await session()).toEqual({ A: '1', B: '2', GOREADY_SESSION: 'A', [SYSTEM_AGENT.record]: 'B' })
  await notice(null)
  expect(await session()).toEqual({ B: '2', [SYSTEM_AGENT.record]: 'B' })
})

test('launchd refuses the job: an error with its words', async () => {
  await writeFile(path.join(bin, 'refuse'), '')
  await expect(notice(write({ 'var:A': '1' }))).rejects.toMatchObject({
    code: 'launch-agent-failed',
    values: { path: agentFile() },
    message: expect.stringContaining('Bootstrap failed: 5'),
  })
})

test.each([
  ['over ssh', async () => writeFile(path.join(bin, 'managername'), 'Background\n')],
  ['without launchctl', async () => rm(path.join(bin, 'launchctl'))],
])('%s the file counts from the next login, and nothing is set now', async (_, prepare) => {
  await prepare()
  await notice(write({ 'var:A': '1' }))
  expect(await session()).toEqual({})
  expect(await loaded()).toBeNull()
})

test('another home has no session', async () => {
  await notice(write({ 'var:A': '1' }), agentFile(), '/elsewhere')
  expect(await readdir(bin)).not.toContain('calls')
  await notice(write({ 'var:A': '1' }))
  expect(await readdir(bin)).toContain('calls')
})
