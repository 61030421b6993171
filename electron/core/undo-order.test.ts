import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Change, Edit, FormatId, Value } from '../contract/plan.ts'
import type { ConflictPolicy } from '../contract/run.ts'
import { formats } from '../settings/index.ts'
import { MemorySystem } from '../system/memory.ts'
import { applyChanges, type Touched } from './apply.ts'
import { envTarget } from './env.ts'
import { beginRun, newRunId, readRuns, record } from './journal.ts'
import { fold } from './plan.ts'
import { blockedBy, newestUndoable } from './standing.ts'
import { undoRun } from './undo.ts'

const STATE = '/home/u/.local/state/goready'
const { signal } = new AbortController()

/** Files of real formats, some of which stand there from the start, and what one may write into them. */
const FILES: readonly {
  path: string
  format: FormatId
  start: string | null
  mine: string
  key: (n: number) => string
}[] = [
  { path: '/home/u/.config/go/env', format: 'goenv', start: null, mine: 'MINE=1\n', key: (n) => `GOVAR${n}` },
  {
    path: '/home/u/.npmrc',
    format: 'npmrc',
    start: '; kept\nfund=false\n',
    mine: 'mine=1\n',
    key: (n) => `@s${n}:registry`,
  },
  { path: '/home/u/deep/a/b/env', format: 'goenv', start: 'X=1\n# kept', mine: '\nMINE=1\n', key: (n) => `GOVAR${n}` },
  { path: '/home/u/new/c/.npmrc', format: 'npmrc', start: null, mine: 'mine=1\n', key: (n) => `@s${n}:registry` },
]

type Step =
  | { kind: 'run'; edits: readonly { file: number; key: number; value: number | null }[]; env: readonly number[] }
  | { kind: 'undo'; which: number }
  | { kind: 'mine'; file: number }

const file = fc.nat({ max: FILES.length - 1 })
const aRun: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('run' as const),
  edits: fc.uniqueArray(
    fc.record({
      file,
      key: fc.nat({ max: 4 }),
      value: fc.option(fc.nat({ max: 2 }), { freq: 6 }),
    }),
    { selector: ({ file: at, key }) => `${at} ${key}`, minLength: 1, maxLength: 5 },
  ),
  env: fc.uniqueArray(fc.nat({ max: 3 }), { maxLength: 2 }),
})
const anUndo: fc.Arbitrary<Step> = fc.record({ kind: fc.constant('undo' as const), which: fc.nat({ max: 9 }) })
const mine: fc.Arbitrary<Step> = fc.record({ kind: fc.constant('mine' as const), file })

class World {
  readonly sys = new MemorySystem({ '/home/u/x': '' })
  readonly handlers = new Map()
  merges = 0
  refused = 0
  private clock = Date.parse('2026-11-22T00:00:00Z')

  constructor() {
    for (const { path, start } of FILES) if (start !== null) this.sys.put(path, start)
    this.sys.variables.user.set('Path', { type: 'REG_EXPAND_SZ', value: '%SystemRoot%;C:\\x' })
  }

  tree(): unknown {
    const files = Object.entries(this.sys.tree()).filter(([path]) => !path.startsWith('/home/u/.local'))
    return { files: Object.fromEntries(files), env: Object.fromEntries(this.sys.variables.user) }
  }

  async apply({ edits, env }: Extract<Step, { kind: 'run' }>): Promise<void> {
    const list: Edit[] = []
    for (const { file: at, key: n, value } of edits) {
      const spec = FILES[at]
      const format = spec && formats.get(spec.format)
      if (!spec || !format) throw new Error('no such file')
      const key = spec.key(n)
      const bytes = this.sys.text(spec.path)
      const before: Value = format.read(bytes === null ? null : new TextEncoder().encode(bytes)).get(key) ?? null
      const after = value === null ? null : `https://v${value}.example/`
      if (before === after) continue
      const target = { kind: 'file', path: spec.path, format: spec.format, mode: 0o644, notify: [] } as const
      list.push({ target, owner: 'go', key, before, after })
    }
    for (const n of env) {
      const key = `path:D:\\go${n}`
      if (this.sys.variables.user.get('Path')?.value.includes(`D:\\go${n}`)) continue
      list.push({ target: envTarget('user', 'Path'), owner: 'shell', key, before: null, after: true })
    }
    await this.carryOut(await fold(list, formats, this.sys))
  }

  private async carryOut(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return
    this.clock += 1000
    const id = newRunId(new Date(this.clock))
    const journal = await beginRun(STATE, { id, startedAt: '', pid: 1, changes, choices: [] }, this.sys)
    const touched: Touched = { folders: [], files: new Map() }
    const handlers = new Map([['environment-broadcast' as const, quiet]])
    await applyChanges(changes, touched, { sys: this.sys, handlers, runId: id, journal, signal, reloading: () => {} })
    await record(journal, { t: 'end', status: 'applied', remaining: [] }, this.sys)
  }

  /** Undoes one of the standing runs, whichever `which` falls on; one that a later run blocks is refused. */
  async undo(which: number, policy: ConflictPolicy): Promise<void> {
    const { runs, damaged } = await readRuns(STATE, this.sys)
    expect(damaged).toEqual([])
    const standing = runs.filter((run) => newestUndoable(runs, run.id) !== null)
    const run = standing[which % Math.max(1, standing.length)]
    if (run === undefined) return
    const blocker = blockedBy(run, runs)
    const context = {
      sys: this.sys,
      handlers: new Map([['environment-broadcast' as const, quiet]]),
      formats,
      signal,
      reloading: () => {},
      ask: () => Promise.reject(new Error('asked, although nobody edited anything')),
    }
    if (blocker !== null) {
      this.refused++
      await expect(undoRun(run, runs, policy, context)).rejects.toMatchObject({
        code: 'undo-later-run',
        values: { run: run.id, later: blocker.id },
      })
      return
    }
    if (run !== standing[0]) this.merges++
    await undoRun(run, runs, policy, context)
  }

  async undoAll(order: readonly number[], policy: ConflictPolicy): Promise<void> {
    for (let turn = 0; ; turn++) {
      const { runs } = await readRuns(STATE, this.sys)
      if (newestUndoable(runs, null) === null) return
      // A blocked one is passed over; in the end the newest is always free.
      await this.undo(turn < 60 ? (order[turn % Math.max(1, order.length)] ?? 0) : 0, policy)
    }
  }
}

const quiet = {
  id: 'environment-broadcast' as const,
  once: true as const,
  interim: () => Promise.resolve(null),
  notice: () => Promise.resolve(),
}

test('runs undone in any order leave every byte as it was, and nobody is asked', async () => {
  let [sequences, merges, refused] = [0, 0, 0]
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 3, arbitrary: aRun }, { weight: 1, arbitrary: anUndo }), {
        minLength: 2,
        maxLength: 9,
      }),
      fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 12 }),
      async (steps, order) => {
        const world = new World()
        const before = world.tree()
        for (const step of steps) {
          if (step.kind === 'run') await world.apply(step)
          if (step.kind === 'undo') await world.undo(step.which, 'ask')
        }
        await world.undoAll(order, 'ask')
        expect(world.tree()).toEqual(before)
        sequences++
        merges += world.merges
        refused += world.refused
      },
    ),
    { numRuns: RUNS },
  )
  // Else it would say nothing about older runs, or about the same things.
  expect(merges).toBeGreaterThan(sequences / 4)
  expect(refused).toBeGreaterThan(sequences / 20)
})

test('with edits of the person in between, theirs stay and none of ours', async () => {
  let edits = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof({ weight: 3, arbitrary: aRun }, { weight: 1, arbitrary: anUndo }, { weight: 2, arbitrary: mine }),
        { minLength: 3, maxLength: 9 },
      ),
      fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 12 }),
      async (steps, order) => {
        const world = new World()
        const written = new Set<string>()
        for (const step of steps) {
          if (step.kind === 'run') await world.apply(step)
          if (step.kind === 'undo') await world.undo(step.which, 'ours')
          const spec = step.kind === 'mine' ? FILES[step.file] : undefined
          const text = spec === undefined ? null : world.sys.text(spec.path)
          if (spec === undefined || text === null || text.includes('mine=1') || text.includes('MINE=1')) continue
          world.sys.put(spec.path, text + (text.endsWith('\n') ? spec.mine.trimStart() : `\n${spec.mine.trimStart()}`))
          written.add(spec.path)
          edits++
        }
        await world.undoAll(order, 'ours')
        for (const { path, start } of FILES) {
          const text = world.sys.text(path)
          expect(text ?? '').not.toMatch(/GOVAR|@s\d|v\d\.example/)
          if (written.has(path)) expect(text).toMatch(/^mine=1$/im)
          for (const line of (start ?? '').split('\n')) expect((text ?? '').split('\n')).toContain(line)
        }
        expect(world.sys.variables.user.get('Path')?.value).toBe('%SystemRoot%;C:\\x')
      },
    ),
    { numRuns: RUNS },
  )
  expect(edits).toBeGreaterThan(RUNS / 2)
})

const RUNS = Number(process.env['GOREADY_SEQUENCES'] ?? '40')
