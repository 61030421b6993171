import type { TagList } from '../contract/image.ts'
import type { Machine } from '../contract/machine.ts'
import type { PlanView } from '../contract/plan.ts'
import type { Profile } from '../contract/profile.ts'
import type { RequestName, requests } from '../contract/requests.ts'
import type { ConflictPolicy, RunSummary } from '../contract/run.ts'
import type { z } from 'zod'
import type { TaskRegistry } from '../tasks/registry.ts'

/** What the requests need of the engine. The start functions answer a task's id at once. */
export type Engine = {
  detect(signal: AbortSignal): Promise<Machine>
  tags(options: { refresh: boolean }, signal: AbortSignal): Promise<TagList>
  makePlan(profile: Profile, signal: AbortSignal): Promise<PlanView>
  startApply(planId: string): string
  startPull(image: string): string
  startVerify(image: string): string
  history(): Promise<RunSummary[]>
  startUndo(runId: string | null, onConflict: ConflictPolicy): string
  tasks: Pick<TaskRegistry, 'list' | 'cancel' | 'answer'>
}

/** One function for each request of the contract, on parsed input. */
export type Handlers = {
  [N in RequestName]: (
    input: z.output<(typeof requests)[N]['input']>,
  ) => Promise<z.input<(typeof requests)[N]['output']>>
}

/** `signal` ends the short requests when the window goes; long work is a task and ends by its own cancel. */
export function createHandlers(engine: Engine, signal: AbortSignal): Handlers {
  const started = (taskId: string) => ({ taskId })
  return {
    'machine.detect': () => engine.detect(signal),
    'image.tags': (options) => engine.tags(options, signal),
    'plan.make': ({ profile }) => engine.makePlan(profile, signal),
    'plan.apply': async ({ planId }) => started(engine.startApply(planId)),
    'image.pull': async ({ image }) => started(engine.startPull(image)),
    'image.verify': async ({ image }) => started(engine.startVerify(image)),
    'run.history': () => engine.history(),
    'run.undo': async ({ runId, onConflict }) => started(engine.startUndo(runId, onConflict)),
    'task.list': async () => engine.tasks.list(),
    'task.cancel': async ({ taskId }) => engine.tasks.cancel(taskId),
    'task.answer': async ({ taskId, questionId, answer }) => engine.tasks.answer(taskId, questionId, answer),
  }
}
