import type { useDone } from './done.ts'
import type { useRun } from './run.ts'

type Run = Pick<ReturnType<typeof useRun.getState>, 'timeline' | 'truth' | 'cancelling'>
type Done = Pick<
  ReturnType<typeof useDone.getState>,
  'result' | 'summary' | 'latest' | 'looked' | 'undone' | 'undo' | 'problem'
>

/** `partly`: it failed, and not everything could be given back; `lost`: only the records know of it. */
export type RunState = 'running' | 'stopping' | 'done' | 'cancelled' | 'failed' | 'partly' | 'lost'

/** How the run stands that the run page shows. */
export function runState({ timeline, truth, cancelling }: Run): RunState {
  if (truth !== null) return 'lost'
  const end = timeline?.end ?? null
  if (timeline === null || end === null) return cancelling ? 'stopping' : 'running'
  if (end.type === 'done') return 'done'
  if ((end.error.remaining ?? []).length > 0) return 'partly'
  return end.error.code === 'cancelled' ? 'cancelled' : 'failed'
}

/** `ready`: Go can be used; `set`: only settings were wanted; `kept`: undone but for what the person left. */
export type DoneState = 'reading' | 'ready' | 'set' | 'undoing' | 'undone' | 'kept' | 'nothing'

/** What the last page has to tell. `imageWanted`: by the choices, for a run whose answer is no longer known. */
export function doneState(
  { result, summary, latest, looked, undone, undo, problem }: Done,
  imageWanted: boolean,
): DoneState {
  if (undo.step === 'running') return 'undoing'
  if (undone !== null) return undone.kept.length > 0 ? 'kept' : 'undone'
  if (result !== null) return result.image === null ? 'set' : 'ready'
  if (!looked || problem !== null) return 'reading'
  if (summary !== null) return summary.image === null && !imageWanted ? 'set' : 'ready'
  return latest === 'undone' ? 'undone' : 'nothing'
}
