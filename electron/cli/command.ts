import { CodedError, toAppError } from '../core/errors.ts'
import type { TaskEvent } from '../contract/task.ts'
import type { Engine } from '../engine.ts'
import type { Args } from './args.ts'
import type { Io } from './io.ts'
import type { Output } from './output.ts'
import { showProgress } from './progress.ts'
import { askQuestion } from './question.ts'

export type Context = { args: Args; io: Io; output: Output; engine: Engine; signal: AbortSignal }

/** One command: it prints and answers the exit status. What it throws is printed and becomes a status. */
export type Command = (context: Context) => Promise<number>

/** The exit statuses of INTERFACES.md. */
export const EXIT = { done: 0, failed: 1, unusable: 2, different: 3, cancelled: 4 } as const

const UNUSABLE: readonly string[] = [
  'bad-arguments',
  'bad-profile',
  'not-yet',
  'image-bad-reference',
  'no-terminal',
  'profile-unsigned',
  'profile-signature',
  'profile-key',
  'policy-damaged',
]

/** The exit status of something thrown. */
export function statusOf(thrown: unknown): number {
  const { code, remaining } = toAppError(thrown)
  // 4 promises that everything is back.
  if (code === 'cancelled') return remaining ? EXIT.failed : EXIT.cancelled
  return UNUSABLE.includes(code) ? EXIT.unusable : EXIT.failed
}

/** Settles runs that were cut off before anything new begins, and tells how their files stand. Answers whether one was. */
export async function settle({ engine, output, signal }: Context): Promise<boolean> {
  const findings = await engine.settle(signal)
  if (findings.length > 0) output.document({ type: 'settled', findings })
  for (const finding of findings) output.line(output.text.finding(finding))
  return findings.length > 0
}

/**
 * Follows a task to its end: shows its progress, answers its questions, cancels it when the command's
 * signal aborts. Answers the task's result; throws its error.
 */
export async function follow(context: Context, start: () => string): Promise<unknown> {
  const { engine, io, output, signal } = context
  const progress = showProgress(io, output)
  let id: string | null = null
  const waiting: TaskEvent[] = []
  const hear = (event: TaskEvent) => {
    if (id === null) waiting.push(event)
    else if (event.taskId === id) {
      progress.listen(event)
      if (event.type === 'ask')
        void askQuestion(context, event.question).then(
          (answer) => engine.tasks.answer(event.taskId, event.question.id, answer),
          () => engine.tasks.cancel(event.taskId),
        )
    }
  }
  const stop = engine.tasks.subscribe(hear)
  const cancel = () => {
    if (id !== null) engine.tasks.cancel(id, signal.reason)
  }
  try {
    id = start()
    for (const event of waiting.splice(0)) hear(event)
    signal.addEventListener('abort', cancel, { once: true })
    if (signal.aborted) cancel()
    const end = await engine.tasks.settled(id)
    if (end.state === 'done') return end.result
    const error = end.error ?? { code: 'internal' as const }
    const coded = new CodedError(error.code, error.values ?? {}, error.cause)
    coded.remaining = error.remaining ?? []
    throw coded
  } finally {
    signal.removeEventListener('abort', cancel)
    stop()
    progress.end()
  }
}
