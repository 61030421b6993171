import type { HandlerId } from '../contract/plan.ts'
import { CodedError, writeError } from './errors.ts'
import { bytesOf, type Held, type HeldChange, isFileState, readHeld, sameHeld } from './held.ts'
import { folderOf, nameOf, under } from './paths.ts'
import type { Handler, Way } from './setting.ts'
import type { System } from './system.ts'
import { type Timed, untimed } from './timed.ts'

/** One file or variable on its way from one state to another: forward in `apply`, backward in rollback and undo. */
export type Move = { index: number; change: HeldChange; from: Held | null; to: Held | null }

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
  /** Sees what takes time. */
  timed?: Timed
}

/**
 * Moves files, then tells each handler once, then puts in place what had to wait for a reload
 * (a service that keeps what merely disappears first gets an interim content).
 */
export async function transit(moves: readonly Move[], how: Transition): Promise<void> {
  const timed = how.timed ?? untimed
  const written: { move: Move; interim: Held | null }[] = []
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
      await put(move, move.from, first, bytesOf(interim), how)
      written.push({ move, interim })
    })
  }
  const unnoticed = new Set<Move>()
  for (const id of new Set(written.flatMap(({ move }) => move.change.notify))) {
    const handler = how.handlers.get(id)
    if (!handler) throw new Error(`no handler ${id}`)
    how.reloading()
    const concerned = written.filter((entry) => entry.move.change.notify.includes(id))
    for (const { move, interim } of handler.once ? concerned.slice(0, 1) : concerned) {
      how.signal.throwIfAborted()
      const { change } = move
      const path = change.kind === 'file' ? change.real : change.path
      const bytes = bytesOf(interim ?? move.to)
      const notice = (): Promise<void> => handler.notice(how.sys, path, bytes, how.signal, how.way)
      if (!(await attempt(change.path, () => timed({ kind: 'handler', name: id }, notice)))) unnoticed.add(move)
    }
  }
  for (const { move, interim } of written) {
    if (interim && !(how.resumable && unnoticed.has(move)))
      await attempt(move.change.path, () => put(move, interim, move.to, null, how))
  }
}

async function interimState(move: Move, { handlers, sys, signal }: Transition): Promise<Held | null> {
  const rights = move.to ?? move.from
  if (rights === null || !isFileState(rights)) return null
  for (const id of move.change.notify) {
    const bytes = await handlers.get(id)?.interim(sys, bytesOf(move.from), bytesOf(move.to), signal)
    if (bytes) return { ...rights, bytes }
  }
  return null
}

async function put(
  move: Move,
  from: Held | null,
  to: Held | null,
  interim: Uint8Array | null,
  how: Transition,
): Promise<void> {
  const { change } = move
  const { sys } = how
  const moved = change.kind === 'file' && (await sys.resolve(change.path)) !== change.real
  if (moved || !sameHeld(await readHeld(change, sys), from))
    throw new CodedError('changed-since-plan', { path: change.path })
  if (sameHeld(from, to)) return
  const temporary =
    change.kind === 'file' && to !== null
      ? under(folderOf(change.real), `.${nameOf(change.real)}.goready-${how.runId}`)
      : null
  await how.intent(move, temporary, interim)
  await (how.timed ?? untimed)({ kind: change.kind === 'env' ? 'variable' : 'file', name: change.path }, async () => {
    try {
      await write(change, to, temporary, sys)
    } catch (error) {
      throw writeError(error, change.path)
    }
    if (!sameHeld(await readHeld(change, sys), to))
      throw new CodedError('io', { path: change.path }, 'it reads back differently')
  })
  await how.done(move)
}

async function write(change: HeldChange, to: Held | null, temporary: string | null, sys: System): Promise<void> {
  if (change.kind === 'env') {
    if (to !== null && isFileState(to)) throw new TypeError(`${change.path} is no file`)
    await sys.writeEnv(change.scope, change.name, to)
  } else if (to === null || temporary === null) await sys.removeFile(change.real)
  else {
    if (!isFileState(to)) throw new TypeError(`${change.path} is a file`)
    await sys.replaceFile(change.real, to.bytes, { mode: to.mode, uid: to.uid, gid: to.gid, temporary })
  }
}
