import type { Change, FileState, HandlerId, NoticeChange } from '../contract/plan.ts'
import { sameBytes, toBase64 } from './bytes.ts'
import { CodedError, writeError } from './errors.ts'
import { isHeld } from './held.ts'
import { record } from './journal.ts'
import { folderOf, nameOf, under } from './paths.ts'
import { readState } from './plan.ts'
import type { Handler } from './setting.ts'
import type { System } from './system.ts'
import { type Timed, untimed } from './timed.ts'
import { refuseForeignLink } from './trust.ts'

/** A file that holds an interim content for one reload, and what is to stand in it afterwards; null: no file. */
export type Interim = { path: string; interim: Uint8Array; was: FileState | null }

type Context = {
  sys: System
  handlers: ReadonlyMap<HandlerId, Handler>
  journal: string
  runId: string
  skip?: ReadonlySet<number>
  signal: AbortSignal
  timed?: Timed
  reloading(): void
}

/**
 * Lets services take their unchanged files anew, after all that changes stands. What keeps what has disappeared from
 * its file gets an interim content first. `standing` holds, by index, the files that are not yet as they were.
 */
export async function giveNotices(
  changes: readonly Change[],
  standing: Map<number, Interim>,
  context: Context,
): Promise<void> {
  const { handlers, skip, signal, reloading } = context
  const told = new Set(changes.flatMap((change, i) => (isHeld(change) && !skip?.has(i) ? change.notify : [])))
  for (const [i, change] of changes.entries()) {
    if (change.kind !== 'notice' || skip?.has(i)) continue
    signal.throwIfAborted()
    const handler = handlers.get(change.handler)
    if (!handler) throw new Error(`no handler ${change.handler}`)
    if (handler.once && told.has(handler.id)) continue
    told.add(handler.id)
    reloading()
    const timed = context.timed ?? untimed
    await timed({ kind: 'handler', name: handler.id }, () => giveNotice(i, change, handler, standing, context))
  }
}

async function giveNotice(
  i: number,
  change: NoticeChange,
  handler: Handler,
  standing: Map<number, Interim>,
  { sys, journal, runId, signal }: Context,
): Promise<void> {
  const path = await realOf(change, sys)
  const was = await readState(path, sys)
  const bytes = was?.bytes ?? null
  const shown = (await handler.shown?.(sys, bytes, signal)) ?? bytes
  const folder = await sys.lstat(folderOf(path))
  const interim = folder === null ? null : await handler.interim(sys, shown, bytes, signal)
  if (folder === null || interim === null) {
    await record(journal, { t: 'intent', i, temporary: null, interim: null }, sys)
    await handler.notice(sys, path, bytes, signal, 'apply')
    return record(journal, { t: 'done', i }, sys)
  }
  const temporary = temporaryOf(path, runId)
  const entry = { temporary, interim: toBase64(interim), was: was && { ...was, bytes: toBase64(was.bytes) } }
  await record(journal, { t: 'intent', i, ...entry }, sys)
  standing.set(i, { path, interim, was })
  const { mode, uid, gid } = was ?? { mode: 0o644, uid: folder.uid, gid: folder.gid }
  try {
    await sys.replaceFile(path, interim, { mode, uid, gid, temporary })
  } catch (error) {
    throw writeError(error, path)
  }
  await handler.notice(sys, path, interim, signal, 'apply')
  if (!(await putBack({ path, interim, was }, runId, sys))) throw new CodedError('changed-since-plan', { path })
  standing.delete(i)
  await record(journal, { t: 'done', i }, sys)
}

const temporaryOf = (path: string, run: string): string => under(folderOf(path), `.${nameOf(path)}.goready-${run}`)

async function realOf({ path }: NoticeChange, sys: System): Promise<string> {
  const real = await sys.resolve(path)
  await refuseForeignLink(path, real, sys)
  return real
}

/** Takes an interim content away again. Answers false where somebody has written something else meanwhile. */
async function putBack({ path, interim, was }: Interim, run: string, sys: System): Promise<boolean> {
  const now = await readState(path, sys)
  const same = (bytes: Uint8Array | null): boolean => sameBytes(now?.bytes ?? null, bytes)
  if (same(was?.bytes ?? null)) return true
  if (!same(interim)) return false
  const temporary = temporaryOf(path, run)
  try {
    if (was === null) await sys.removeFile(path)
    else await sys.replaceFile(path, was.bytes, { ...was, temporary })
  } catch (error) {
    throw writeError(error, path)
  }
  return true
}

/**
 * Takes back the interim contents that a notice left, and lets the service see the file. That it does not hear is no
 * failure: its file is as it was. Answers the paths that hold something else by now. Throws writing errors.
 */
export async function takeBackNotices(
  changes: readonly Change[],
  standing: ReadonlyMap<number, Pick<Interim, 'interim' | 'was'>>,
  { sys, journal, runId, handlers, signal }: Omit<Context, 'skip' | 'reloading'>,
): Promise<readonly string[]> {
  const edited: string[] = []
  for (const [i, { interim, was }] of standing) {
    const change = changes[i]
    if (change?.kind !== 'notice') continue
    const path = await realOf(change, sys)
    if (await putBack({ path, interim, was }, runId, sys))
      await handlers
        .get(change.handler)
        ?.notice(sys, path, was?.bytes ?? null, signal, 'back')
        .catch(() => {})
    else edited.push(path)
    // What a full disk does not take is looked at again by the next settling.
    await record(journal, { t: 'done', i }, sys).catch(() => {})
  }
  return edited
}
