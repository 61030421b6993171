import fc from 'fast-check'
import { expect } from 'vitest'
import type { Change, Edit, FormatId, Value } from '../contract/plan.ts'
import type { ConflictPolicy } from '../contract/run.ts'
import { MemorySystem } from './memory.ts'
import type { Formats } from '../core/rebase.ts'
import { applyChanges, nothingTouched } from '../core/apply.ts'
import { envTarget } from '../core/env.ts'
import { beginRun, newRunId, readRuns, record } from '../core/journal.ts'
import { fold } from '../core/plan.ts'
import { blockedBy, newestUndoable } from '../core/standing.ts'
import { undoRun } from '../core/undo.ts'

export const STATE = '/home/u/.local/state/goready'
const { signal } = new AbortController()

/** Files of real formats, some of which stand there from the start, and what one may write into them. */
export const FILES: readonly {
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

export type Step =
  | { kind: 'run'; edits: readonly { file: number; key: number; value: number | null }[]; env: readonly number[] }
  | { kind: 'undo'; which: number }
  | { kind: 'mine'; file: number }

const file = fc.nat({ max: FILES.length - 1 })
/** For tests only. */
export const aRun: fc.Arbitrary<Step> = fc.record({
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
export const anUndo: fc.Arbitrary<Step> = fc.record({ kind: fc.constant('undo' as const), which: fc.nat({ max: 9 }) })
export const mine: fc.Arbitrary<Step> = fc.record({ kind: fc.constant('mine' as const), file })

/** For tests only: a machine on which runs are made and undone in any order. */
export class World {
  readonly sys = new MemorySystem({ '/home/u/x': '' })
  readonly handlers = new Map([['environment-broadcast' as const, quiet]])
  merges = 0
  refused = 0
  /** Files into which the person has written. */
  readonly written = new Set<string>()
  private clock = Date.parse('2026-11-22T00:00:00Z')

  private readonly formats: Formats

  /** `formats`: the real ones; `system` may not know them. */
  constructor(formats: Formats) {
    this.formats = formats
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
      const format = spec && this.formats.get(spec.format)
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
    await this.carryOut(await fold(list, this.formats, this.sys))
  }

  private async carryOut(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return
    this.clock += 1000
    const id = newRunId(new Date(this.clock))
    const journal = await beginRun(STATE, { id, startedAt: '', pid: 1, changes, choices: [] }, this.sys)
    const touched = nothingTouched()
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
      formats: this.formats,
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

  /** The person adds a line to a file, where it is there. */
  write(file: number): void {
    const spec = FILES[file]
    const text = spec && this.sys.text(spec.path)
    if (spec === undefined || text === null || text === undefined || /mine=1/i.test(text)) return
    this.sys.put(spec.path, text + (text.endsWith('\n') ? spec.mine.trimStart() : `\n${spec.mine.trimStart()}`))
    this.written.add(spec.path)
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
