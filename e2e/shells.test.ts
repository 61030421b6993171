import { spawn, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answers, ask, askSystemd, REAL_SHELLS, type RealShell } from './shells/ask.ts'
import { HOME_STATES, type HomeState } from './shells/homes.ts'
import { differences, touchedBy, treeOf, type Tree } from './shells/tree.ts'

/** One shell after the other; else all of them at once. */
const full = process.env['GOREADY_FULL'] === '1'
const GREETING = `it's "$(touch canary)" !! \\ 你好 $HOME \`touch canary\` ~`
const NAMES = ['GREETING', 'EMPTY', 'GOFLAGS', 'PATH'] as const
const PATH = '/usr/local/bin:/usr/bin:/bin'
const ON_CONFLICT = ['ours', 'restore', 'keep'] as const

const counts = { cases: 0, applies: 0, undos: 0, refusals: 0, starts: 0, answers: 0, trees: 0, conflicts: 0 }
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'goready-shells 家-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  console.log(
    `shells (${full ? 'full' : 'short'}): ${Object.entries(counts)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ')}`,
  )
})

type Case = { state: HomeState; shells: readonly RealShell[]; index: number }
const all: readonly (readonly RealShell[])[] = full
  ? [
      REAL_SHELLS,
      ...[...new Set(REAL_SHELLS.map(({ id }) => id))].map((id) => REAL_SHELLS.filter((one) => one.id === id)),
    ]
  : [REAL_SHELLS]
const cases = HOME_STATES.flatMap((state) => all.map((shells): Omit<Case, 'index'> => ({ state, shells }))).map(
  (one, index): Case => ({ ...one, index }),
)
const nameOf = ({ state, shells }: Case): string =>
  `${state.name}: ${[...new Set(shells.map(({ id }) => id))].join(', ')}`

/** One home with its own environment, and what is done to it. */
type World = { home: string; env: Record<string, string>; shells: readonly RealShell[]; profile: string }

function open({ state, shells, index }: Case): World {
  const home = join(folder, `home ${index}`)
  mkdirSync(join(home, '.local/state'), { recursive: true })
  mkdirSync(join(home, '.local/share'))
  const extra = state.make(home)
  const profile = join(folder, `${index}.yml`)
  const ids = [...new Set(shells.map(({ id }) => id))]
  const env = { set: { GREETING, EMPTY: '', GOFLAGS: '-mod=mod' }, path: ['~/go/bin', '/opt/a b'], shells: ids }
  writeFileSync(profile, JSON.stringify({ version: 1, env }))
  // fish makes its data folder at its first start; that is not ours to clean up.
  const clean = { HOME: home, USER: 'root', PATH, TERM: 'dumb', LANG: 'C.UTF-8', XDG_DATA_HOME: '/dev/null', ...extra }
  return { home, shells, profile, env: clean }
}

type Outcome = { code: number | null; last: Record<string, unknown>; text: string }

/** The command line as its user starts it: the home comes from HOME, so that ZDOTDIR counts. */
function goready({ env }: World, ...args: readonly string[]): Promise<Outcome> {
  const { XDG_DATA_HOME: _, ...own } = env
  const child = spawn(process.execPath, ['out/node/cli.js', ...args, '--json'], { env: own })
  let text = ''
  child.stdout.on('data', (piece: Buffer) => (text += piece.toString()))
  child.stderr.on('data', (piece: Buffer) => (text += piece.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      const last: unknown = JSON.parse(text.trim().split('\n').at(-1) ?? '')
      resolve({ code, text, last: typeof last === 'object' && last !== null ? { ...last } : {} })
    })
  })
}

async function apply(world: World, changed: boolean): Promise<void> {
  const { code, last, text } = await goready(world, 'apply', '--profile', world.profile, '--yes')
  expect(code, text).toBe(0)
  expect(last, text).toMatchObject({ result: { changed } })
  // A finding that is no `ok` would be a shell that disagrees.
  expect(text).not.toContain('"severity":"error"')
  counts.applies++
}

async function undo(world: World, ...args: readonly string[]): Promise<Outcome> {
  const outcome = await goready(world, 'undo', ...args)
  counts.undos++
  return outcome
}

async function askAll({ home, shells, env }: World): Promise<ReadonlyMap<string, Answers>> {
  // fish makes its folder when it starts without one, and that would be in every comparison.
  const askable = shells.filter(({ id }) => id !== 'fish' || existsSync(join(home, '.config/fish')))
  const questions = askable.flatMap((shell) => shell.starts.map((flags) => ({ shell, flags })))
  const answers = await Promise.all(
    questions.map(async ({ shell, flags }) => {
      counts.starts++
      return [`${shell.program} ${flags.join(' ')}`, await ask(shell, flags, env, NAMES)] as const
    }),
  )
  return new Map(answers)
}

function askGraphical({ env }: World): Promise<Answers> {
  counts.starts++
  return askSystemd(env, NAMES)
}

async function expectChosen(world: World): Promise<void> {
  const answers = await askAll(world)
  expect(answers.size).toBe(world.shells.flatMap(({ starts }) => starts).length)
  for (const [start, answer] of answers) {
    expect(answer, start).toMatchObject({ GREETING, EMPTY: '' })
    expect(answer['PATH']?.split(':'), start).toEqual(expect.arrayContaining([`${world.home}/go/bin`, '/opt/a b']))
    // Go's own file has it; a shell may only not hide it.
    expect([null, '', '-mod=mod'], start).toContain(answer['GOFLAGS'])
    counts.answers += 4
  }
  const graphical = await askGraphical(world)
  expect(graphical['GREETING']).toBe(GREETING)
  expect(graphical['PATH']?.split(':')).toEqual(expect.arrayContaining([`${world.home}/go/bin`, '/opt/a b']))
  counts.answers += 2
  expect(readFileSync(join(world.home, '.config/go/env'), 'utf8')).toMatch(/^GOFLAGS=-mod=mod$/m)
  expect(existsSync(join(world.home, 'canary'))).toBe(false)
}

function expectSame(before: Tree, after: Tree, touched?: ReadonlySet<string>): void {
  counts.trees++
  expect(differences(before, after, touched)).toEqual([])
}

/** Puts a line that sets our variable below our block in every file that has one; answers the files. */
function editFiles({ home }: World): readonly string[] {
  const files = readdirSync(home, { recursive: true }).map(String)
  return files.filter((name) => {
    const path = join(home, name)
    if (name.startsWith('.local/') || !lstatSync(path).isFile()) return false
    if (!readFileSync(path, 'utf8').includes('# >>> goready')) return false
    const csh = /(cshrc|login)$/.test(name)
    appendFileSync(
      path,
      name.endsWith('fish') ? 'set -gx GREETING later\n' : csh ? 'setenv GREETING later\n' : 'export GREETING=later\n',
    )
    return true
  })
}

let copies = 0
/** Runs `work` on a faithful copy of the home under its own name; the home itself waits beside it. */
async function aside(world: World, work: () => Promise<void>): Promise<void> {
  const kept = `${world.home}.${++copies}`
  renameSync(world.home, kept)
  spawnSync('cp', ['-a', kept, world.home])
  await work()
  rmSync(world.home, { recursive: true })
  renameSync(kept, world.home)
}

async function roundTrip(one: Case): Promise<void> {
  const world = open(one)
  const before = treeOf(world.home)
  const answers = await askAll(world)
  await apply(world, true)
  const applied = treeOf(world.home)
  const touched = touchedBy(before, applied)
  expect(differences(before, applied)).not.toEqual([])
  await expectChosen(world)
  await apply(world, false)
  expectSame(applied, treeOf(world.home))
  await aside(world, () => afterAnEdit(world, one))
  expect((await undo(world)).code).toBe(0)
  expectSame(before, treeOf(world.home), touched)
  expect(await askAll(world)).toEqual(answers)
}

/** The user writes below our block: the next run answers, its undo is exact, and the first run's undo has to ask. */
async function afterAnEdit(world: World, { index }: Case): Promise<void> {
  const files = editFiles(world)
  if (files.length === 0) return
  const edited = treeOf(world.home)
  await apply(world, true)
  await expectChosen(world)
  const touched = touchedBy(edited, treeOf(world.home))
  expect((await undo(world)).code).toBe(0)
  const back = treeOf(world.home)
  expectSame(edited, back, touched)
  const asked = await undo(world)
  expect(asked.code, asked.text).toBe(1)
  expect(asked.last).toMatchObject({ error: { code: 'undo-conflict' } })
  expectSame(back, treeOf(world.home))
  const modes = full ? ON_CONFLICT : ON_CONFLICT.filter((_, at) => at === index % ON_CONFLICT.length)
  for (const mode of modes) await aside(world, () => settle(world, mode, files))
}

async function settle(world: World, mode: (typeof ON_CONFLICT)[number], files: readonly string[]): Promise<void> {
  const outcome = await undo(world, '--on-conflict', mode)
  expect(outcome.code, outcome.text).toBe(0)
  counts.conflicts++
  for (const name of files) {
    const path = join(world.home, name)
    const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
    expect(text.includes('GREETING later') || text.includes('GREETING=later'), `${mode} ${name}`).toBe(
      mode !== 'restore',
    )
    expect(text.includes('goready'), `${mode} ${name}`).toBe(mode === 'keep')
  }
  expect(existsSync(join(world.home, '.config/goready'))).toBe(false)
}

/** Where nothing may be written: the code says so, the status is 1, and nothing has changed. */
async function refusal(one: Case): Promise<void> {
  const world = open(one)
  const before = treeOf(world.home)
  const answers = await askAll(world)
  one.state.close?.(world.home)
  try {
    const { code, last, text } = await goready(world, 'apply', '--profile', world.profile, '--yes')
    expect(code, text).toBe(1)
    expect(last, text).toMatchObject({ error: { code: one.state.refused } })
    counts.refusals++
  } finally {
    one.state.open?.(world.home)
  }
  expectSame(before, treeOf(world.home))
  expect(await askAll(world)).toEqual(answers)
}

describe.concurrent('every real shell', () => {
  for (const one of cases)
    test(nameOf(one), async () => {
      await (one.state.refused === undefined ? roundTrip(one) : refusal(one))
      counts.cases++
    })
})
