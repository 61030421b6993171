import type { RunStatus, RunSummary } from '../contract/run.ts'
import type { Run } from './replay.ts'
import { elevatedFiles, touchedFiles } from './standing.ts'
import { touchedSteps } from './undo-steps.ts'
import { actionOf } from './view.ts'

/** What `history` shows of a run. `alive`: the process that holds the lock, if any. */
export function summarize(run: Run, alive: number | null): RunSummary {
  const image = run.changes.find((change) => change.kind === 'image')
  return {
    id: run.id,
    startedAt: run.startedAt,
    status: statusOf(run, alive),
    changed: run.touched.size > 0 || run.elevated.size > 0 || image !== undefined,
    files: [...touchedSteps(run), ...touchedFiles(run), ...elevatedFiles(run)].map(({ change }) => ({
      path: change.path,
      action: actionOf(change),
    })),
    image: image?.kind === 'image' ? image.name : null,
    choices: [...run.choices],
    why: run.why,
    squashed: run.squashed && { count: run.squashed.count, since: run.squashed.since },
    ...run.proved,
  }
}

function statusOf(run: Run, alive: number | null): RunStatus {
  if (run.undone) return 'undone'
  if (run.end !== null && !(run.undoing && alive === null)) return run.end
  return alive === run.pid ? 'running' : 'interrupted'
}
