import type { Change, FileState, HandlerId } from '../contract/plan.ts'
import { CodedError, writeError } from './errors.ts'
import { folderOf, nameOf, under } from './paths.ts'
import { readState, sameState } from './plan.ts'
import type { Handler, Way } from './setting.ts'
import type { System } from './system.ts'

export type FileChange = Extract<Change, { kind: 'file' }>

/** One file on its way from one state to another: forward in `apply`, backward in rollback and undo. */
export type Move = { index: number; change: FileChange; from: FileState | null; to: FileState | null }

export type Transition = {
  sys: System
  handlers: ReadonlyMap<HandlerId, Handler>
  runId: string
  signal: AbortSignal
  /** Called, and on disk, before a file is touched. */
  intent(move: Move, temporary: string | null, interim: Uint8Array | null): Promise<void>
  /** Called after the file was read back. */
  done(move: Move): Promise<void>
  /** Called before a handler runs. */
  reloading(): void
  /** Where given, a failure is told and the rest goes on (rollback); else it is thrown (apply). */
  failed?: (path: string, error: unknown) => void
  /** The work can be taken up again: what a service has not noticed keeps its interim content. */
  resumable?: true
  way: Way
}

/**
 * Moves files, then tells each handler once, then puts in place what had to wait for a reload
 * (a service that keeps what merely disappears first gets an interim content).
 */
export async function transit(moves: readonly Move[], how: Transition): Promise<void> {
  const written: { move: Move; interim: FileState | null }[] = []
  const attempt = async (path: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work()
      return true
    } catch (error) {
      if (!how.failed || how.signal.aborted) throw error
      how.failed(path, error)
      return false
    }
  }
  for (const move of moves) {
    how.signal.throwIfAborted()
    await attempt(move.change.path, async () => {
      const interim = await interimState(move, how)
      const first = interim ?? move.to
      await putFile(move, move.from, first, interim?.bytes ?? null, how)
      written.push({ move, interim })
    })
  }
  const unnoticed = new Set<Move>()
  for (const id of new Set(written.flatMap(({ move }) => move.change.notify))) {
    const handler = how.handlers.get(id)
    if (!handler) throw new Error(`no handler ${id}`)
    how.reloading()
    for (const { move, interim } of written.filter((entry) => entry.move.change.notify.includes(id))) {
      how.signal.throwIfAborted()
      const bytes = (interim ?? move.to)?.bytes ?? null
      if (
        !(await attempt(move.change.path, () => handler.notice(how.sys, move.change.real, bytes, how.signal, how.way)))
      )
        unnoticed.add(move)
    }
  }
  for (const { move, interim } of written) {
    if (interim && !(how.resumable && unnoticed.has(move)))
      await attempt(move.change.path, () => putFile(move, interim, move.to, null, how))
  }
}

async function interimState(move: Move, { handlers, sys, signal }: Transition): Promise<FileState | null> {
  const rights = move.to ?? move.from
  for (const id of move.change.notify) {
    const bytes = await handlers.get(id)?.interim(sys, move.from?.bytes ?? null, move.to?.bytes ?? null, signal)
    if (bytes && rights) return { ...rights, bytes }
  }
  return null
}

async function putFile(
  move: Move,
  from: FileState | null,
  to: FileState | null,
  interim: Uint8Array | null,
  how: Transition,
): Promise<void> {
  const { path, real } = move.change
  const { sys } = how
  if ((await sys.resolve(path)) !== real || !sameState(await readState(real, sys), from))
    throw new CodedError('changed-since-plan', { path })
  if (sameState(from, to)) return
  const temporary = to === null ? null : under(folderOf(real), `.${nameOf(real)}.goready-${how.runId}`)
  await how.intent(move, temporary, interim)
  try {
    if (to === null || temporary === null) await sys.removeFile(real)
    else await sys.replaceFile(real, to.bytes, { mode: to.mode, uid: to.uid, gid: to.gid, temporary })
  } catch (error) {
    throw writeError(error, path)
  }
  if (!sameState(await readState(real, sys), to))
    throw new CodedError('io', { path }, 'the file reads back differently')
  await how.done(move)
}
