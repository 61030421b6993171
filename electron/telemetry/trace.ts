import type { SeatView } from '../contract/classroom.ts'
import type { Layer } from '../contract/image.ts'
import type { AppError } from '../contract/note.ts'
import { STEP_IDS, type StepId, type TaskReport } from '../contract/task.ts'
import { toAppError } from '../core/errors.ts'
import type { Timed, TimedPart } from '../core/timed.ts'
import { type Facts, now, randomId, type Span } from './span.ts'

/** Something that happened, as a line of the log has it. `span`: in whose time. */
export type Happened = {
  at: number
  level: 'info' | 'warning' | 'error'
  event: string
  span: Span
  step: StepId | null
  ms: number | null
  values: Facts
}

export type Outcome = 'done' | 'cancelled' | 'failed'
export type TraceParts = {
  kind: string
  /** Sees everything at the moment it happens. */
  told?: (happened: Happened) => void
  clock?: () => number
}

/** More children than this say nothing more to anybody, and a report has to end. */
const MOST = 2000

/**
 * One run as a tree of spans: the run, its steps, and in each step what was measured by itself (a file, a handler, a
 * layer, a check, a seat). It is made out of what the task reports anyway, and of the parts that `timed` runs.
 */
export class Trace {
  readonly id = randomId(16)
  readonly kind: string
  readonly root: Span
  readonly spans: Span[] = []
  outcome: Outcome = 'done'
  error: AppError | null = null
  readonly #clock: () => number
  readonly #told: (happened: Happened) => void
  readonly #steps = new Map<StepId, Span>()
  readonly #layers = new Map<string, { from: number; to: number; layer: Layer }>()
  readonly #seats = new Map<string, Span>()
  #newest: StepId | null = null

  constructor({ kind, told = () => {}, clock = now }: TraceParts) {
    this.kind = kind
    this.#clock = clock
    this.#told = told
    this.root = this.#open('run', null, { kind })
    this.#tell('run.begin', this.root, { kind })
  }

  /** Steps that are over or run, in the order in which they began. */
  steps(): readonly Span[] {
    return this.spans.filter(({ parent, name }) => parent === this.root.id && name.startsWith('step.'))
  }

  /** Takes in a report of the task. */
  hear(report: TaskReport): void {
    switch (report.type) {
      case 'step':
        return this.#step(report.step, report.state)
      case 'progress':
        this.#running(report.step)
        for (const layer of report.layers ?? []) this.#layer(layer)
        return
      case 'checked': {
        const { id, category, state, ms } = report.check
        const span = this.add(`check`, { check: id, category, state }, this.#clock() - ms, this.#clock())
        return this.#tell(
          'check.end',
          span,
          { check: id, state, ms: Math.round(ms) },
          state === 'failed' ? 'warning' : 'info',
        )
      }
      case 'seats':
        for (const seat of report.seats) this.#seat(seat)
        return
      case 'log':
        return this.#tell('log', this.#within(), { line: report.line })
      case 'waiting':
        return this.#tell('waiting', this.#within(), { pid: report.pid })
      case 'ask':
        return this.#tell('ask', this.#within(), { question: report.question.note.key })
      case 'answered':
        return this.#tell('answered', this.#within(), {})
      case 'done':
      case 'cancelled':
      case 'failed':
        // `end` is told that by whoever runs the work.
        return
    }
  }

  /** Runs a part in a span of its own, below the step that runs. */
  readonly timed: Timed = async (part, work) => {
    const span = this.#open(part.kind, this.#within(), factsOf(part), { name: part.name })
    try {
      const answer = await work()
      this.#close(span, null)
      return answer
    } catch (error) {
      this.#close(span, toAppError(error).code)
      throw error
    } finally {
      this.#tell('part.end', span, { part: part.kind, name: part.name, ...failedOf(span) })
    }
  }

  /** A span that was measured by somebody else. `parent`: of the step that runs where none is named. */
  add(name: string, facts: Facts, start: number, end: number, parent: Span = this.#within()): Span {
    const span = this.#open(name, parent, facts)
    span.start = start
    span.end = Math.max(start, end)
    return span
  }

  /** The run is over: what still runs ended with it. Answers the root. */
  end(outcome: Outcome, error: AppError | null, values: Facts = {}): Span {
    this.outcome = outcome
    this.error = error
    for (const [id, span] of this.#steps) this.#end(id, span, error?.code ?? null)
    this.#closeLayers(this.root)
    for (const span of this.spans) {
      // A step that was given back failed by what ended the run.
      if (span.failed === GIVEN_BACK) span.failed = error?.code ?? 'internal'
      if (span !== this.root && span.end === null) this.#close(span, error?.code ?? null)
    }
    this.root.facts.outcome = outcome
    if (error !== null) this.root.facts.code = error.code
    this.#close(this.root, outcome === 'failed' ? (error?.code ?? 'internal') : null)
    const told = { kind: this.kind, outcome, ...errorValues(error), ...values }
    this.#tell('run.end', this.root, told, outcome === 'failed' ? 'error' : 'info')
    return this.root
  }

  #step(id: StepId, state: 'running' | 'done' | 'skipped' | 'failed'): void {
    if (state === 'running') {
      // Whatever was under way is what is given back.
      if (id === 'rollback') for (const [open, span] of this.#steps) this.#end(open, span, GIVEN_BACK)
      this.#running(id)
      return
    }
    const span = this.#steps.get(id)
    if (span === undefined) {
      if (state !== 'skipped') this.#end(id, this.#running(id), state === 'failed' ? 'internal' : null)
      return
    }
    this.#end(id, span, state === 'failed' ? 'internal' : null)
  }

  #running(id: StepId): Span {
    const open = this.#steps.get(id)
    if (open !== undefined) return open
    const span = this.#open(`step.${id}`, this.root, { step: id })
    this.#steps.set(id, span)
    this.#newest = id
    this.#tell('step.begin', span, {})
    return span
  }

  #end(id: StepId, span: Span, failed: string | null): void {
    if (id === 'pull') this.#closeLayers(span)
    this.#steps.delete(id)
    this.#newest = [...this.#steps.keys()].at(-1) ?? null
    this.#close(span, failed)
    this.#tell('step.end', span, failedOf(span), failed === null ? 'info' : 'warning')
  }

  /** The innermost step that runs, else the run itself. */
  #within(): Span {
    return (this.#newest === null ? undefined : this.#steps.get(this.#newest)) ?? this.root
  }

  #layer(layer: Layer): void {
    if (layer.state === 'waiting' || layer.state === 'exists') return
    const at = this.#clock()
    const known = this.#layers.get(layer.id)
    if (known === undefined) this.#layers.set(layer.id, { from: at, to: at, layer })
    else if (known.layer.state !== layer.state || known.layer.current !== layer.current)
      this.#layers.set(layer.id, { from: known.from, to: at, layer })
  }

  #closeLayers(parent: Span): void {
    for (const { from, to, layer } of this.#layers.values()) {
      const facts = { state: layer.state, ...(layer.total === null ? {} : { bytes: layer.total }) }
      const span = this.add('layer', facts, from, to, parent)
      this.#tell('layer.end', span, { layer: layer.id, ...facts })
    }
    this.#layers.clear()
  }

  #seat({ seat, state, wave }: SeatView): void {
    const open = this.#seats.get(seat.name)
    if (state === 'waiting') return
    if (state === 'running') {
      if (open?.end === null) return
      const facts = { seat: seat.name, ...(wave === null ? {} : { wave }) }
      this.#seats.set(seat.name, this.#open('seat', this.#within(), facts))
      return
    }
    // The same news may come more than once.
    if (open !== undefined && open.end !== null && open.facts.state === state) return
    const span = open?.end === null ? open : this.#open('seat', this.#within(), { seat: seat.name })
    this.#seats.set(seat.name, span)
    span.facts.state = state
    const bad = state === 'failed' || state === 'unreachable'
    this.#close(span, bad ? state : null)
    this.#tell('seat.end', span, { seat: seat.name, state }, bad ? 'warning' : 'info')
  }

  #open(name: string, parent: Span | null, facts: Facts, local: Facts = {}): Span {
    const id = randomId(8)
    const span: Span = {
      id,
      parent: parent?.id ?? null,
      name,
      start: this.#clock(),
      end: null,
      facts,
      local,
      failed: null,
    }
    if (this.spans.length < MOST) this.spans.push(span)
    return span
  }

  #close(span: Span, failed: string | null): void {
    span.end = this.#clock()
    span.failed = failed
  }

  #tell(event: string, span: Span, values: Facts, level: Happened['level'] = 'info'): void {
    const ms = span.end === null ? null : Math.round(span.end - span.start)
    const step = [...this.#steps].find(([, open]) => open === span || open.id === span.parent)?.[0] ?? stepOf(span)
    this.#told({ at: this.#clock(), level, event, span, step, ms, values })
  }
}

/** Stands for the code of the run's own failure until that is known. */
const GIVEN_BACK = 'given back'

const failedOf = ({ failed }: Span): Facts => (failed === null ? {} : { failed })
const stepOf = ({ facts }: Span): StepId | null => STEP_IDS.find((id) => id === facts.step) ?? null

/** Only of a variable and of a file that the program writes by itself is the name nobody's secret, and that not always. */
const factsOf = (part: TimedPart): Facts => ({
  part: part.kind,
  ...(part.kind === 'handler' || part.kind === 'setting' ? { name: part.name } : {}),
})

function errorValues(error: AppError | null): Facts {
  if (error === null) return {}
  const { code, values = {}, cause, remaining = [] } = error
  const told = Object.fromEntries(Object.entries(values).map(([name, value]) => [`error.${name}`, value]))
  return {
    code,
    ...told,
    ...(cause === undefined ? {} : { cause }),
    ...(remaining.length === 0 ? {} : { remaining: remaining.join('\n') }),
  }
}
