import { setMaxListeners } from 'node:events'
import { randomUUID } from 'node:crypto'
import type { Answer, Question, TaskEvent, TaskReport, TaskView } from '../contract/task.ts'
import { CodedError, toAppError } from '../core/errors.ts'
import { redact } from '../core/redact.ts'
import { Coalescer } from './coalesce.ts'
import { Recent } from './recent.ts'

export type TaskContext = {
  taskId: string
  signal: AbortSignal
  report(report: TaskReport): void
  /** Asks the person and waits. Rejects with `cancelled` when the task is cancelled first. */
  ask(question: Question): Promise<Answer>
}
export type Settled = {
  state: 'done' | 'cancelled' | 'failed'
  result?: unknown
  error?: ReturnType<typeof toAppError>
}

type Pending = { choices: readonly Answer[]; resolve(answer: Answer): void; reject(error: Error): void }
type Task = {
  id: string
  kind: string
  state: TaskView['state']
  abort: AbortController
  seq: number
  recent: Recent
  pending: Map<string, Pending>
  settled: Promise<Settled>
}

/** How many finished tasks a window that was opened late can still read. */
const KEPT = 32

/**
 * All long work: an id at once, events with a running number, cancelling, questions.
 * Progress reaches the listeners at most 60 times a second; the newest one is never lost.
 */
export class TaskRegistry {
  readonly #tasks = new Map<string, Task>()
  readonly #listeners = new Set<(event: TaskEvent) => void>()

  /** Starts `work` in the next turn and answers the task's id. */
  run(kind: string, work: (context: TaskContext) => Promise<unknown>): string {
    const id = randomUUID()
    const { promise, settle } = promised()
    const task: Task = {
      id,
      kind,
      state: 'running',
      abort: new AbortController(),
      seq: 0,
      recent: new Recent(),
      pending: new Map(),
      settled: promise,
    }
    setMaxListeners(0, task.abort.signal)
    this.#tasks.set(id, task)
    void this.#work(task, work).then(settle)
    return id
  }

  /** Answers false for an unknown task and for one that has ended. `reason`: an error other than `cancelled`. */
  cancel(id: string, reason?: unknown): boolean {
    const task = this.#tasks.get(id)
    if (task?.state !== 'running') return false
    task.abort.abort(reason)
    return true
  }

  cancelAll(): void {
    for (const id of this.#tasks.keys()) this.cancel(id)
  }

  /** Answers false when nobody asks that, or when the answer is none of the question's choices. */
  answer(id: string, questionId: string, answer: string): boolean {
    const task = this.#tasks.get(id)
    const pending = task?.pending.get(questionId)
    const choice = pending?.choices.find((one) => one === answer)
    if (task === undefined || pending === undefined || choice === undefined) return false
    task.pending.delete(questionId)
    this.#emit(task, { type: 'answered', questionId })
    pending.resolve(choice)
    return true
  }

  /** Every task with the events that a late listener needs. */
  list(): TaskView[] {
    return [...this.#tasks.values()].map(({ id, kind, state, recent }) => ({
      id,
      kind,
      state,
      events: recent.events(),
    }))
  }

  /** Answers the function that ends it. */
  subscribe(listener: (event: TaskEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** How the task ended. Never rejects for a failed task; rejects `bad-request` for an unknown one. */
  async settled(id: string): Promise<Settled> {
    const task = this.#tasks.get(id)
    if (task === undefined) throw new CodedError('bad-request', { request: id })
    return task.settled
  }

  async #work(task: Task, work: (context: TaskContext) => Promise<unknown>): Promise<Settled> {
    // The caller gets the id before the first event.
    await Promise.resolve()
    const coalescer = new Coalescer((report) => this.#emit(task, report))
    const context: TaskContext = {
      taskId: task.id,
      signal: task.abort.signal,
      report: (report) => (task.state === 'running' ? coalescer.add(report) : undefined),
      ask: (question) => ask(task, question, (report) => coalescer.add(report)),
    }
    // Also what work throws before its first wait ends the task: one that never ended could not even be left.
    const begun = async (): Promise<unknown> => {
      if (task.abort.signal.aborted) throw new CodedError('cancelled')
      return work(context)
    }
    const ended = await begun().then(
      (result): Settled => ({ state: 'done', result }),
      (error: unknown): Settled => failure(error),
    )
    coalescer.flush()
    for (const pending of task.pending.values()) pending.reject(new CodedError('cancelled'))
    task.pending.clear()
    task.state = ended.state
    this.#emit(task, lastReport(ended))
    this.#forget()
    return ended
  }

  #emit(task: Task, report: TaskReport): void {
    const shown = report.type === 'log' ? { ...report, line: redact(report.line) } : report
    const event: TaskEvent = { taskId: task.id, seq: task.seq++, ...shown }
    task.recent.add(event)
    for (const listener of this.#listeners) listener(event)
  }

  #forget(): void {
    const ended = [...this.#tasks.values()].filter(({ state }) => state !== 'running')
    for (const { id } of ended.slice(0, Math.max(0, ended.length - KEPT))) this.#tasks.delete(id)
  }
}

function promised(): { promise: Promise<Settled>; settle(value: Settled): void } {
  let settle: (value: Settled) => void = () => {}
  const promise = new Promise<Settled>((resolve) => {
    settle = resolve
  })
  return { promise, settle }
}

function ask(task: Task, question: Question, report: (report: TaskReport) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { signal } = task.abort
    if (signal.aborted) return reject(new CodedError('cancelled'))
    const cancelled = () => {
      task.pending.delete(question.id)
      reject(new CodedError('cancelled'))
    }
    const over = (then: () => void) => {
      signal.removeEventListener('abort', cancelled)
      then()
    }
    task.pending.set(question.id, {
      choices: question.choices,
      resolve: (answer) => over(() => resolve(answer)),
      reject: (error) => over(() => reject(error)),
    })
    signal.addEventListener('abort', cancelled, { once: true })
    report({ type: 'ask', question })
  })
}

function failure(error: unknown): Settled {
  const appError = toAppError(error)
  return { state: appError.code === 'cancelled' ? 'cancelled' : 'failed', error: appError }
}

function lastReport({ state, result, error }: Settled): TaskReport {
  if (state === 'done') return { type: 'done', result }
  return { type: state, error: error ?? { code: 'internal' } }
}
