import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { requests, type RequestName } from '../electron/contract/requests.ts'
import { openDesk } from '../electron/desk/desk.ts'
import { DEFAULTS } from '../electron/desk/preferences.ts'
import { createEngine, type Engine } from '../electron/engine.ts'
import { createHandlers } from '../electron/ipc/handlers.ts'
import { answerer } from '../electron/ipc/serve.ts'
import { realSystem } from '../electron/system/real.ts'
import { tree } from './harness.ts'
import { command, type Said } from './hostile/cli.ts'
import { FULL, openNest, some } from './hostile/nest.ts'
import { asUrls } from './hostile/profiles.ts'

// The window's requests and the command line, with hostile texts in every place that takes one.
const nest = openNest()
const STRINGS = nest.strings
const home = join(nest.folder, 'home')
const root = join(nest.folder, 'root')
let engine: Engine
let ask: (name: string, input?: unknown) => Promise<unknown>

beforeAll(async () => {
  for (const folder of [home, root]) mkdirSync(folder)
  engine = await createEngine({ home, root, catalogue: null })
  const unused = (): Promise<never> => Promise.reject(new Error('not asked'))
  const desktop = {
    chooseFile: unused,
    chooseFolder: unused,
    chooseTarget: unused,
    copy: () => Promise.resolve(),
    browse: unused,
    startFor: () => {},
    prefer: () => {},
  }
  const desk = openDesk({
    sys: realSystem(),
    places: engine.places,
    desktop,
    given: null,
    info: unused,
    checkCatalogue: () => Promise.resolve(),
    language: () => 'en',
  })
  const answer = answerer(createHandlers(() => Promise.resolve(engine), desk, new AbortController().signal))
  ask = (name, input) => answer(name, input, [])
})
afterAll(nest.remove)
afterEach(() => {
  nest.check()
  // Only the program's own records, which `tree` leaves out.
  expect(Object.keys(tree(home)).filter((name) => name !== '')).toEqual([])
  expect(Object.keys(tree(root)).filter((name) => name !== '')).toEqual([])
})

const target = 'go'
/** Every request that takes a text, with the text in each of its places. Those that would go to the network are left out. */
const INPUTS: Partial<Record<RequestName, (text: string) => readonly unknown[]>> = {
  'plan.make': (text) => [
    { profile: { version: 1, [text]: text } },
    { profile: { version: 1, image: text } },
    { profile: { version: 1, remark: text }, project: text },
    { profile: Object.fromEntries([[text, 1]]) },
  ],
  'plan.apply': (text) => [{ planId: text }],
  // No check has such a name: nothing is asked.
  'doctor.check': (text) => [{ only: [text] }, { only: [text, `${text},go`] }, { only: text }, { only: [[text]] }],
  'doctor.plan': (text) => [{ ids: [text] }, { ids: [text, text.slice(0, 100)] }, { ids: text }, { ids: [] }],
  'doctor.mute': (text) => [
    { id: text, muted: true },
    { id: text.slice(0, 300), muted: true },
    { id: text.slice(0, 300), muted: false },
    { id: 'go.flags@GOFLAGS', muted: text },
  ],
  'doctor.explain': (text) => [
    { text },
    { text: `npm error code ${text}\nnpm error network request to ${text} failed` },
    { text: `go: ${text}: Get "https://${text}/": dial tcp: lookup ${text}: no such host` },
    { text: `E: ${text}\nError response from daemon: ${text}` },
  ],
  'doctor.report': (text) => [text, [text]],
  'doctor.saveReport': (text) => [text, { path: text }],
  'credential.plan': (text) => [
    ...['go', 'docker', 'npm', 'pip', text].map((one) => ({
      target: one,
      url: 'https://h.example/',
      login: text,
      secret: text,
    })),
    { target, url: text, login: 'a', secret: 'b' },
    { target, url: 'https://h.example/', login: 'a', secret: 'b', [text]: 1 },
  ],
  'run.undo': (text) => [
    { runId: text, onConflict: 'keep' },
    { runId: null, onConflict: text },
  ],
  'app.savePreferences': (text) => [
    { ...DEFAULTS, language: text },
    { ...DEFAULTS, catalogueUrl: text },
  ],
  'draft.save': (text) => [
    { page: text, profile: { version: 1 }, opened: null, taskId: null, runId: null },
    {
      page: 'run',
      profile: { version: 1 },
      opened: { name: text.slice(0, 200), locked: [text], remark: text },
      taskId: text.slice(0, 60),
      runId: text.slice(0, 60),
    },
  ],
  'profile.open': (text) => [
    { name: text, text: 'version: 1' },
    { name: 'x', text },
    { name: 'x', text: `version: 1\nremark: ${text}` },
    { name: 'x', text: `version: 1\nenv: { set: { A: ${text} } }` },
  ],
  'goMod.advise': (text) => [{ text }, { text: `module ${text}\n\ngo ${text}\ntoolchain ${text}\n` }],
  'mirror.saveOwn': (text) => [
    ...asUrls(text).map((url) => ({ id: '', target, name: 'x', url })),
    { id: '', target, name: text, url: 'https://h.example/' },
    { id: text, target, name: 'x', url: 'https://h.example/' },
    { id: '', target: text, name: 'x', url: 'https://h.example/' },
  ],
  'mirror.removeOwn': (text) => [{ id: text }],
  'mirror.race': (text) => [{ targets: [text], image: null }],
  'terminal.open': (text) => [{ image: `${text};` }],
  'clipboard.write': (text) => [{ text }],
  'link.open': (text) => [{ url: text }],
  'task.cancel': (text) => [{ taskId: text }],
  'task.answer': (text) => [{ taskId: text, questionId: text, answer: text.slice(0, 16) }],
}

test.each(Object.entries(INPUTS))('%s', async (name, inputs) => {
  let [answered, refused] = [0, 0]
  for (const text of some(STRINGS, name.startsWith('mirror') || /\.(make|plan)$/.test(name) ? 8 : 3))
    for (const input of inputs(text)) {
      const envelope = await ask(name, input)
      const where = `${name} ${JSON.stringify(input).slice(0, 200)}`
      expect(envelope, where).toMatchObject({ ok: expect.any(Boolean) })
      // An answer is data, also where it is an error; `internal` would be an accident.
      expect(JSON.parse(JSON.stringify(envelope)), where).not.toMatchObject({ error: { code: 'internal' } })
      if (JSON.stringify(envelope).startsWith('{"ok":true')) answered += 1
      else refused += 1
      if (name === 'mirror.saveOwn') for (const { id } of await engine.ownMirrors()) await engine.removeOwnMirror(id)
    }
  process.stdout.write(`${name}: ${answered} answered, ${refused} refused\n`)
  expect(answered + refused).toBeGreaterThan(50)
})

test('no name of a request is taken that is none', async () => {
  for (const text of STRINGS) expect(await ask(text, {})).toMatchObject({ ok: false, error: { code: 'bad-request' } })
  expect(Object.keys(requests)).not.toContain('__proto__')
})

/** Command lines with a text in every place. What would ask the network or an engine is left out. */
const LINES: readonly ((text: string) => readonly string[])[] = [
  (text) => [text],
  (text) => ['plan', text],
  (text) => ['plan', '--profile', text],
  (text) => ['plan', '--profile', PROFILE, '--project', text],
  (text) => ['plan', '--profile', PROFILE, '--lang', text],
  (text) => ['plan', '--profile', PROFILE, '--timeout', text],
  (text) => ['plan', '--profile', PROFILE, `--${text}`],
  (text) => ['plan', '--profile', PROFILE, '--catalogue', text],
  (text) => ['apply', '--yes', '--profile', PROFILE, '--for', `x${text}`],
  (text) => ['undo', '--run', text],
  (text) => ['undo', '--on-conflict', text],
  (text) => ['why', text],
  (text) => ['image', text],
  (text) => ['image', 'pull', `${text};`],
  (text) => ['image', 'verify', `-${text}`],
  (text) => ['mirrors', text],
  (text) => ['mirrors', 'race', '--target', text],
  (text) => ['mirrors', 'add', '--target', text, '--url', text],
  (text) => ['shell', '--image', `${text};`],
  (text) => ['run', '--image', `${text};`, '--', text],
  (text) => ['check', `x${text}`],
  (text) => ['check', '--only', text],
  (text) => ['check', '--only', `${text},${text}`],
  (text) => ['check', '--mute', text],
  (text) => ['check', '--unmute', text],
  (text) => ['explain', join(nest.folder, text)],
  (text) => ['explain', PROFILE, `x${text}`],
  (text) => ['report', `x${text}`],
  (text) => ['report', '--only', text, '--lang', text],
  (text) => ['repair', '--lang', text, text],
]
const PROFILE = join(nest.folder, 'empty.yml')

/** Nothing that steers a terminal, and JSON that is JSON. */
function plain({ code, stdout, stderr }: Said, json: boolean, where: string): void {
  expect([0, 1, 2, 3, 4], where).toContain(code)
  const controls = (stdout + stderr).replace(
    /\u001b\[(?:0|1|2|31|32|33|36)m|\u001b\[\d+A\u001b\[0J|\u001b\[\?7[lh]/g,
    '',
  )
  expect(controls, where).toMatch(
    /^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]*$/u,
  )
  if (json) for (const line of stdout.split('\n')) if (line !== '') expect(() => JSON.parse(line), where).not.toThrow()
  expect(stdout + stderr, where).not.toMatch(/"code":"internal"|TypeError|at .*\.ts:\d+/)
}

test('every place of the command line: a status, a sentence or JSON, and nothing else', async () => {
  writeFileSync(PROFILE, 'version: 1\n')
  const counts = new Map<number, number>()
  for (const [index, text] of STRINGS.entries())
    for (const [at, line] of LINES.entries()) {
      if ((index + at) % (FULL ? 2 : 24) !== 0) continue
      const json = index % 2 === 0
      const argv = [
        ...line(text).slice(0, 1),
        '--home',
        home,
        '--root',
        root,
        ...(json ? ['--json'] : []),
        ...line(text).slice(1),
      ]
      const said = await command(argv, !json)
      plain(said, json, JSON.stringify(argv).slice(0, 300))
      counts.set(said.code, (counts.get(said.code) ?? 0) + 1)
    }
  process.stdout.write(`statuses: ${JSON.stringify([...counts])}\n`)
  expect(counts.get(2) ?? 0).toBeGreaterThan(50)
})

test('--home and --root with a hostile name: nothing is made', async () => {
  for (const text of some(STRINGS, 60)) {
    const folder = join(nest.folder, 'not there', text)
    for (const argv of [
      ['plan', '--profile', PROFILE, '--home', folder, '--root', root],
      ['plan', '--profile', PROFILE, '--home', home, '--root', folder],
    ])
      plain(await command(argv), false, JSON.stringify(argv).slice(0, 200))
  }
  expect(Object.keys(tree(nest.folder))).not.toContain('not there')
})
