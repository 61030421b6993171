import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { parse } from 'plist'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Change } from '../electron/contract/plan.ts'
import type { Profile } from '../electron/contract/profile.ts'
import type { Way } from '../electron/core/elevation.ts'
import { readRuns } from '../electron/core/journal.ts'
import { fold } from '../electron/core/plan.ts'
import { runPlan, type RunTools } from '../electron/core/run.ts'
import { undoRun } from '../electron/core/undo.ts'
import { openElevation } from '../electron/engine/elevation.ts'
import { darwinPlaces } from '../electron/platform/darwin/places.ts'
import { formats, settings } from '../electron/settings/index.ts'
import { launchAgentHandler } from '../electron/settings/shell/launch-agent-handler.ts'
import { realSystem } from '../electron/system/real.ts'
import { askInRoot, makeMacRoot, type MacRoot, treeOf } from './mac/root.ts'

// A whole plan on the files of a Mac, in a root of its own. The shells are this machine's real ones, started inside
// that root, so they read its /etc (with path_helper) and its home in their own order.
const SIGNAL = AbortSignal.timeout(250_000)
let mac: MacRoot
let state: string
beforeEach(async () => {
  mac = await makeMacRoot()
  state = await mkdtemp(path.join(tmpdir(), 'goready-state-'))
})
afterEach(async () => {
  await mac.remove()
  await rm(state, { recursive: true, force: true })
})

const VALUE = 'it\'s "$HOME" $(touch /canary) `x` \\ %n !! 中文'
const profile = (scope: 'user' | 'system'): Profile => ({
  version: 1,
  ...(scope === 'user' ? { sources: { npm: 'https://registry.npmmirror.com', go: 'https://goproxy.cn,direct' } } : {}),
  env: {
    scope,
    shells: ['bash', 'zsh', 'fish', 'sh', 'tcsh'],
    set: { GOREADY_WORD: VALUE },
    path: scope === 'user' ? ['~/go/bin', '/opt/tools'] : ['/opt/tools'],
  },
})

async function changesFor(wanted: Profile): Promise<readonly Change[]> {
  const sys = realSystem()
  const never = () => Promise.reject(new Error('nothing is to be measured'))
  const edits = []
  for (const setting of settings) {
    const proposal = await setting.propose(wanted, sys, mac.places, never, SIGNAL)
    edits.push(...(proposal?.edits ?? []))
  }
  return fold(edits, formats, sys)
}

const tools = (): RunTools => {
  const handler = launchAgentHandler(mac.places)
  return { sys: realSystem(), handlers: new Map([[handler.id, handler]]), state, pid: process.pid }
}

async function apply(changes: readonly Change[]) {
  const plan = { id: 'mac', changes, findings: [] }
  return runPlan({ plan, proposals: [], image: null }, tools(), () => {}, SIGNAL)
}

async function undoNewest(): Promise<void> {
  const { runs } = await readRuns(state, realSystem())
  const run = runs.at(-1)
  if (run === undefined) throw new Error('no run')
  const never = () => Promise.reject(new Error('nobody edited anything'))
  await undoRun(run, runs, 'ask', { ...tools(), formats, signal: SIGNAL, reloading: () => {}, ask: never })
}

const STARTS: readonly (readonly string[])[] = [
  ['zsh', '-l', '-i'],
  ['zsh', '-l'],
  ['zsh', '-i'],
  ['zsh'],
  ['bash', '-l'],
  ['bash', '-i'],
  ['sh', '-l'],
  ['fish', '-l'],
  ['fish', '-i'],
  ['tcsh'],
]
/** What path_helper makes, and Homebrew's folder before it. */
const LOGIN_PATH = [
  '/opt/homebrew/bin',
  '/usr/local/bin',
  '/System/Cryptexes/App/usr/bin',
  '/usr/bin',
  '/bin',
  '/usr/sbin',
  '/sbin',
  '/var/run/com.apple.security.cryptexd/bin',
].join(':')
/** For all users an interactive shell that is no login shell has its variables from the login shell it came from. */
const LOGIN_ONLY = new Set(['bash -i'])

async function askAll(scope: 'user' | 'system') {
  const answers: [string, ReadonlyMap<string, string>][] = []
  for (const argv of STARTS)
    if (scope === 'user' || !LOGIN_ONLY.has(argv.join(' '))) answers.push([argv.join(' '), await askInRoot(mac, argv)])
  return answers
}

test.each(['user', 'system'] as const)(
  'scope %s: every real shell has the new values, also behind path_helper; undo leaves the very tree',
  async (scope) => {
    const before = await treeOf(mac.root)
    const clean = new Map(await askAll(scope))
    expect(clean.get('zsh -l -i')?.get('PATH')).toBe(LOGIN_PATH)
    expect(clean.get('zsh')?.get('PATH')).toBe('/usr/bin:/bin:/usr/sbin:/sbin')
    const changes = await changesFor(profile(scope))
    const applied = await apply(changes)
    expect(applied.changed).toBe(true)
    expect(await treeOf(mac.root)).not.toEqual(before)
    const folders = scope === 'user' ? [`${mac.home}/go/bin`, '/opt/tools'] : ['/opt/tools']
    for (const [start, variables] of await askAll(scope)) {
      expect(variables.get('GOREADY_WORD'), start).toBe(VALUE)
      const path = variables.get('PATH')?.split(':') ?? []
      // What stood in PATH before keeps its order; each of ours comes behind it, once.
      const old = clean.get(start)?.get('PATH')?.split(':') ?? []
      expect(
        path.filter((one) => !folders.includes(one)),
        start,
      ).toEqual(old)
      expect(
        path.filter((one) => folders.includes(one)),
        start,
      ).toEqual(folders)
    }
    expect(Object.keys(await treeOf(mac.root))).not.toContain('canary')
    expect(await changesFor(profile(scope))).toEqual([])
    await undoNewest()
    expect(await treeOf(mac.root)).toEqual(before)
    expect(new Map(await askAll(scope))).toEqual(clean)
  },
)

test('a later wish touches our own files alone, and the job of graphical programs with them', async () => {
  await apply(await changesFor(profile('user')))
  const next = profile('user')
  const changes = await changesFor({ ...next, env: { ...next.env, set: { GOREADY_WORD: 'other' } } })
  const paths = changes.flatMap((change) =>
    change.kind === 'file' ? [path.relative(mac.places.home, change.path)] : [],
  )
  expect(paths.toSorted()).toEqual([
    '.config/fish/conf.d/goready.fish',
    '.config/goready/env.csh',
    '.config/goready/env.sh',
    'Library/LaunchAgents/app.goready.environment.plist',
  ])
})

test('files lie where a Mac looks for them, and the job is a property list', async () => {
  const { places } = mac
  await apply(await changesFor(profile('user')))
  expect(await readFile(places.goenv ?? '', 'utf8')).toBe('GOPROXY=https://goproxy.cn,direct\n')
  expect(places.goenv).toBe(`${places.home}/Library/Application Support/go/env`)
  const job = await readFile(places.launchAgent ?? '', 'utf8')
  expect(parse(job)).toMatchObject({
    Label: path.basename(places.launchAgent ?? '', '.plist'),
    RunAtLoad: true,
    ProgramArguments: expect.arrayContaining(['GOREADY_WORD', VALUE, 'PATH+', '~/go/bin', '/opt/tools']),
  })
})

test('a helper that gets no standard input, as from the prompt of macOS, comes to the socket that it is told', async () => {
  const helper = [process.execPath, path.resolve('out/node/elevated.js')] as const
  const begun: (readonly string[])[] = []
  const way: Way = {
    name: 'socket',
    channel: 'socket',
    env: { PATH: '/usr/bin:/bin' },
    argv: (words, { address, secret }) => {
      begun.push([...words, address, secret])
      return [...words, address, secret]
    },
    refusal: () => null,
  }
  const places = darwinPlaces({
    environment: { HOME: mac.places.home },
    uid: 0,
    username: 'root',
    arch: 'arm64',
    isFolder: () => false,
  })
  const elevator = { ways: () => Promise.resolve([way]) }
  const elevation = openElevation({ sys: realSystem(), places, elevator, helper, terminal: false })
  // It answers only when the helper has said that it runs and has its rights.
  const hand = await elevation.open('/private/etc/profile', SIGNAL)
  hand.close()
  expect(begun).toHaveLength(1)
  const [program = '', entry = '', address = '', secret = ''] = begun[0] ?? []
  for (const words of [[address], [address, 'short'], ['relative', secret], [address, secret, 'more']])
    await expect(promisify(execFile)(program, [entry, ...words])).rejects.toMatchObject({ code: 2 })
  // The socket was good once.
  await expect(promisify(execFile)(program, [entry, address, secret])).rejects.toThrow('ENOENT')
})
