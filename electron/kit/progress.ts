import type { Note } from '../contract/note.ts'
import type { TaskReport } from '../contract/task.ts'

/** Tells how far the work on a kit is: bytes of all parts together. */
export type Progress = {
  /** What is done now. */
  now(note: Note): void
  /** Bytes that are known to come. */
  expect(bytes: number): void
  add(bytes: number): void
  end(): void
}

/** Milliseconds between two reports. */
const EVERY = 100

/** Reports the step `kit`. The total may grow while parts are found. */
export function kitProgress(report: (event: TaskReport) => void): Progress {
  const started = performance.now()
  let note: Note = { key: 'kit:note.work' }
  let [bytes, total, told] = [0, 0, 0]
  const tell = (force: boolean): void => {
    const now = performance.now()
    if (!force && now - told < EVERY) return
    told = now
    const speed = Math.round((bytes / Math.max(now - started, 1)) * 1000)
    const known = total > 0 && bytes <= total
    report({
      type: 'progress',
      step: 'kit',
      fraction: known ? bytes / total : null,
      note,
      bytes,
      ...(known ? { totalBytes: total } : {}),
      speed,
      left: known && speed > 0 ? Math.round((total - bytes) / speed) : null,
    })
  }
  report({ type: 'step', step: 'kit', state: 'running' })
  return {
    now(next) {
      note = next
      tell(true)
    },
    expect(more) {
      total += more
    },
    add(more) {
      bytes += more
      tell(false)
    },
    end() {
      tell(true)
      report({ type: 'step', step: 'kit', state: 'done' })
    },
  }
}
