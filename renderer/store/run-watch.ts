import type { TaskEvent, TaskView } from '../../electron/contract/task.ts'
import { request } from '../api.ts'
import { onceAFrame } from './run-frame.ts'
import { advance, type Timeline } from './run-timeline.ts'
import { useTasks } from './tasks.ts'

export type Watcher = {
  /** The newest state, at most once a picture. `kind` is empty where main has not told it. */
  show(timeline: Timeline, kind: string): void
  /** Main knows no such task (any more): it was ended and started again. */
  lost(): void
}

/**
 * Follows one task from its first event that main still knows. However many events come, the timeline is
 * made once a picture. Answers the function that ends it.
 */
export function watchTask(taskId: string, begin: Timeline, { show, lost }: Watcher): () => void {
  let timeline = begin
  let kind = ''
  let queue: TaskEvent[] = []
  let taken = -1
  let listed = false
  const frame = onceAFrame(() => {
    timeline = advance(timeline, queue)
    queue = []
    show(timeline, kind)
  })
  const take = (view: TaskView | undefined): void => {
    const events = view?.events ?? []
    // The mirror drops old events of a long task: what is new stands at its end, and is taken as it comes.
    const from = events.findLastIndex(({ seq }) => seq <= taken) + 1
    for (const event of events.slice(from)) {
      queue.push(event)
      taken = event.seq
    }
  }
  take(useTasks.getState().tasks.get(taskId))
  const unsubscribe = useTasks.subscribe(({ tasks }) => {
    take(tasks.get(taskId))
    if (listed && queue.length > 0) frame.ask()
  })
  let ended = false
  const begun = (views: readonly TaskView[]): void => {
    if (ended) return
    const view = views.find(({ id }) => id === taskId)
    if (view === undefined && queue.length === 0) return lost()
    kind = view?.kind ?? ''
    queue = [...(view?.events ?? []), ...queue].toSorted((a, b) => a.seq - b.seq)
    listed = true
    frame.ask()
  }
  request('task.list', undefined).then(begun, () => begun([]))
  return () => {
    ended = true
    frame.end()
    unsubscribe()
  }
}
