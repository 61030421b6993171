import { z } from 'zod'
import { create } from 'zustand'
import { type RaceProgress, type RaceResult, raceResultSchema, type TargetId } from '../../electron/contract/mirror.ts'
import type { AppError } from '../../electron/contract/note.ts'
import { request } from '../api.ts'
import { errorOf } from './run-error.ts'
import { beginTimeline, type Timeline } from './run-timeline.ts'
import { watchTask } from './run-watch.ts'
import { useWizard } from './wizard.ts'

type ByTarget<T> = Readonly<Partial<Record<TargetId, T>>>

type RaceStore = {
  /** Targets that are measured: the first one now, the others after it. */
  queue: readonly TargetId[]
  progress: ByTarget<RaceProgress>
  /** The newest result of each target, of an earlier start as well. */
  results: ByTarget<RaceResult>
  failed: ByTarget<AppError>
  /** Reads what is kept of earlier races, and follows one that goes on (a reloaded window). Once. */
  load(): Promise<void>
  /** Measures the sources of some targets, one target after the other; resolves when all are through. */
  start(targets: readonly TargetId[]): Promise<void>
  /** Ends the race that runs and those that wait. */
  cancel(): Promise<void>
}

const resultsSchema = z.array(raceResultSchema)

let loading: Promise<void> | null = null

/** The races of the window: each target is a task of its own, so that its result stands as soon as it is there. */
export const useRace = create<RaceStore>((set, get) => {
  let taskId: string | null = null
  /** Grows with each start and each cancel: what belongs to an earlier one has nothing to say any more. */
  let turn = 0
  const put = (results: readonly RaceResult[]) =>
    set(({ results: before }) => ({
      results: { ...before, ...Object.fromEntries(results.map((result) => [result.target, result])) },
    }))
  const fail = (target: TargetId, error: AppError) => set(({ failed }) => ({ failed: { ...failed, [target]: error } }))
  const show = (timeline: Timeline) => {
    const race = timeline.steps.find(({ id }) => id === 'race')?.progress?.race
    if (race !== undefined) set(({ progress }) => ({ progress: { ...progress, [race.target]: race } }))
  }

  /** Follows a task to its end and takes its results over; the error where it failed, null for a cancelled one. */
  const follow = (id: string): Promise<AppError | null> => {
    const mine = turn
    taskId = id
    return new Promise((resolve) => {
      const stop = watchTask(id, beginTimeline([]), {
        show(timeline) {
          if (mine === turn) show(timeline)
          const { end } = timeline
          if (end === null) return
          stop()
          if (taskId === id) taskId = null
          const parsed = end.type === 'done' ? resultsSchema.safeParse(end.result) : null
          if (parsed?.success) put(parsed.data)
          resolve(end.type === 'failed' ? end.error : null)
        },
        lost() {
          if (taskId === id) taskId = null
          resolve({ code: 'internal', cause: `unknown task ${id}` })
        },
      })
    })
  }

  const one = async (target: TargetId): Promise<void> => {
    const mine = turn
    try {
      const { image = null, sources } = useWizard.getState().profile
      const { taskId: id } = await request('mirror.race', { targets: [target], image, sumdb: sources?.sumdb ?? null })
      // Called off while main was starting it.
      if (mine !== turn) return void (await request('task.cancel', { taskId: id }))
      const error = await follow(id)
      if (error !== null && mine === turn) fail(target, error)
    } catch (thrown) {
      if (mine === turn) fail(target, errorOf(thrown))
    }
  }

  return {
    queue: [],
    progress: {},
    results: {},
    failed: {},
    load() {
      loading ??= (async () => {
        put(await request('mirror.lastRace', undefined).catch(() => []))
        const tasks = await request('task.list', undefined).catch(() => [])
        const running = tasks.find(({ kind, state }) => kind === 'race' && state === 'running')
        if (running !== undefined && get().queue.length === 0) await follow(running.id)
      })()
      return loading
    },
    async start(targets) {
      if (get().queue.length > 0) return
      const mine = ++turn
      const without = <T>(kept: ByTarget<T>): ByTarget<T> =>
        Object.fromEntries(Object.entries(kept).filter(([target]) => !targets.some((measured) => measured === target)))
      set(({ progress, failed }) => ({ queue: targets, progress: without(progress), failed: without(failed) }))
      for (const [at, target] of targets.entries()) {
        await one(target)
        if (mine !== turn) return
        set({ queue: targets.slice(at + 1) })
      }
    },
    async cancel() {
      turn++
      // What was measured by halves is no result.
      set({ queue: [], progress: {} })
      if (taskId !== null) await request('task.cancel', { taskId }).catch(() => false)
    },
  }
})
