import type { TaskEvent, TaskView } from '../contract/task.ts'

/** What the desktop is told about running work. */
export type Shown = {
  /** 0..1; `unknown`: something runs and nobody knows how far; null: nothing runs. */
  progress(fraction: number | 'unknown' | null): void
  ended(kind: 'apply' | 'undo' | 'pull' | 'other', state: 'done' | 'failed'): void
  asked(): void
  /** Nothing runs any more. */
  idle(): void
}

/** Follows the events of all tasks for taskbar and notifications. A person's own cancel is no news. */
export function watchTasks(list: () => readonly TaskView[], shown: Shown): (event: TaskEvent) => void {
  let last: number | 'unknown' | null = null
  const show = (fraction: number | 'unknown' | null): void => {
    // A whole per cent is all that a taskbar can show.
    const rounded = typeof fraction === 'number' ? Math.round(fraction * 100) / 100 : fraction
    if (rounded !== last) shown.progress(rounded)
    last = rounded
  }
  return (event) => {
    switch (event.type) {
      case 'progress':
        return show(event.fraction ?? 'unknown')
      case 'step':
        return event.state === 'running' ? show('unknown') : undefined
      case 'ask':
        return shown.asked()
      case 'done':
      case 'failed':
      case 'cancelled': {
        const views = list()
        const kind = views.find(({ id }) => id === event.taskId)?.kind
        // A look at the machine changes nothing, and its answer stands on the page.
        if (event.type !== 'cancelled' && kind !== 'check') shown.ended(kindOf(kind), event.type)
        // The task that ends may still be listed as running.
        if (views.some(({ id, state }) => state === 'running' && id !== event.taskId)) return
        show(null)
        return shown.idle()
      }
      case 'log':
      case 'checked':
      case 'seats':
      case 'waiting':
      case 'answered':
        return
    }
  }
}

function kindOf(kind: string | undefined): 'apply' | 'undo' | 'pull' | 'other' {
  return kind === 'apply' || kind === 'undo' || kind === 'pull' ? kind : 'other'
}
