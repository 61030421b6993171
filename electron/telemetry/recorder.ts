import type { LogFile } from './log-file.ts'
import type { Unsent } from './send.ts'
import { type Facts, now } from './span.ts'
import type { Happened, Trace } from './trace.ts'

type Hide = (text: string) => string

/** Characters of one value: a line has to stay small enough to be written in one go. */
const LONGEST = 2000
/** Lines that wait for something to change; what is older than these is not worth a gigabyte. */
const WAITING = 500

/** Steps that change something when they run. */
const CHANGING = new Set(['install', 'files', 'rollback', 'undo', 'pull', 'room', 'kit', 'race'])

/** Steps that write files themselves: the log is written between their parts, never beside them. */
const ORDERED = new Set(['install', 'files', 'reload', 'settings', 'undo', 'rollback'])

/**
 * Turns what happens in a run into lines of the log. Nothing is written before the run changes something or fails: a
 * run that finds all as it is to be leaves no trace in the home at all.
 */
export class Recorder {
  readonly #log: LogFile
  readonly #hide: () => Promise<Hide>
  readonly #begins: boolean
  #hider: Promise<Hide> | null = null
  #run: string
  #waiting: Happened[] = []
  #changing = false
  #due = false
  #writing: Promise<void> = Promise.resolve()

  /**
   * `run`: what it is called until the history has a name for it. `hide`: takes out what nobody is to read; asked for
   * once there is something to write. `begins`: false for what removes the log itself, which is told of only if it fails.
   */
  constructor(log: LogFile, run: string, hide: () => Promise<Hide>, begins = true) {
    this.#log = log
    this.#run = run
    this.#hide = hide
    this.#begins = begins
  }

  /** The run's name in the history. */
  name(run: string): void {
    this.#run = run
  }

  take(trace: Pick<Trace, 'id'> | undefined, happened: Happened): void {
    if (this.#waiting.length < WAITING || happened.event === 'run.end') this.#waiting.push(happened)
    if (this.#begins && happened.event === 'step.begin' && CHANGING.has(happened.step ?? '')) this.#changing = true
    if (!this.#changing || happened.event !== 'step.begin') return
    this.#due = true
    if (!ORDERED.has(happened.step ?? '')) this.#flush(trace?.id ?? '')
  }

  /** Writes what waits since a step began, so that of a run that is killed the log tells how far it came. */
  async settled(trace: Trace): Promise<void> {
    if (this.#due) this.#flush(trace.id)
    await this.#writing
  }

  /** Writes what is left, where there is a reason to, and waits for it. */
  async end(trace: Trace, changed: boolean): Promise<void> {
    if (this.#changing || (changed && this.#begins) || trace.outcome === 'failed') this.#flush(trace.id)
    await this.#writing
  }

  /** A collector did not take what it was told. */
  unsent({ root }: Trace, { host, reason }: Unsent): void {
    const values = { host, reason }
    this.#waiting.push({
      at: now(),
      level: 'warning',
      event: 'telemetry.unsent',
      span: root,
      step: null,
      ms: null,
      values,
    })
  }

  #flush(trace: string): void {
    this.#due = false
    const waiting = this.#waiting.splice(0)
    const make = this.#changing
    this.#writing = this.#writing.then(async () => {
      this.#hider ??= this.#hide()
      const hide = await this.#hider
      const lines = waiting.map((one) => this.#line(one, trace, hide))
      await this.#log.append(lines, make)
    })
    // A line that could not be written is no failure of the run.
    this.#writing = this.#writing.catch(() => {})
  }

  #line({ at, level, event, span, step, ms, values }: Happened, trace: string, hide: Hide): string {
    const shown: Facts = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === 'string' ? hide(value).slice(0, LONGEST) : value,
      ]),
    )
    return JSON.stringify({
      time: new Date(at).toISOString(),
      level,
      event,
      run: this.#run,
      trace,
      span: span.id,
      step,
      ms,
      values: shown,
    })
  }
}
