import { create } from 'zustand'
import type { TaskEvent, TaskView } from '../../electron/contract/task.ts'
import { onTask, request } from '../api.ts'

type TaskStore = {
  tasks: ReadonlyMap<string, TaskView>
  /** Reads what runs already (a reloaded window) and listens from then on. Once. */
  listen(): Promise<void>
}

/** How many log lines and events of one task the window keeps. */
const KEPT = 500

/** A mirror of the tasks that main runs; main knows, this only shows. */
export const useTasks = create<TaskStore>((set) => ({
  tasks: new Map(),
  async listen() {
    onTask((event) =>
      set(({ tasks }) => ({ tasks: new Map(tasks).set(event.taskId, withEvent(tasks.get(event.taskId), event)) })),
    )
    const views = await request('task.list', undefined)
    set(({ tasks }) => {
      const merged = new Map(views.map((view) => [view.id, view]))
      // What arrived while the list was on its way is newer.
      for (const [id, view] of tasks)
        merged.set(id, view.events.reduce(withEvent, merged.get(id) ?? { ...view, events: [] }))
      return { tasks: merged }
    })
  },
}))

/** One event into a task's view: progress replaces the step's last one, the rest is appended. */
export function withEvent(view: TaskView | undefined, event: TaskEvent): TaskView {
  const before = view ?? { id: event.taskId, kind: '', state: 'running' as const, events: [] }
  const newest = before.events.at(-1)
  if (newest && event.seq <= newest.seq) return before
  const kept = before.events.filter(
    (old) => !(event.type === 'progress' && old.type === 'progress' && old.step === event.step),
  )
  const ended = event.type === 'done' || event.type === 'cancelled' || event.type === 'failed'
  return { ...before, state: ended ? event.type : before.state, events: [...kept, event].slice(-KEPT) }
}
