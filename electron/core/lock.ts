import { z } from 'zod'
import { CodedError, writeError } from './errors.ts'
import { makePrivateFolder } from './journal.ts'
import { under } from './paths.ts'
import type { System } from './system.ts'

const holderSchema = z.object({
  pid: z.number().int(),
  started: z.string(),
  /** The machine's start that both count within; an older program did not say. */
  boot: z.string().default(''),
})
type Holder = z.infer<typeof holderSchema>

/** A lock is created and then written: one that cannot be read gets this many looks, some milliseconds apart. */
const LOOKS = 20
const BETWEEN = 25
/** Takeovers of takeovers; each level needs a process that died in one. */
const MAX_DEPTH = 4

/**
 * How long a second GoReady waits for the first, in milliseconds: longer than settling, undoing or writing some
 * files takes, and short enough that nobody who waits for a download of minutes thinks it hangs.
 */
export const LOCK_PATIENCE = 5000
const LOCK_LOOK = 100

/** How to wait for another run. `told`: called once, when the waiting begins. */
export type Waiting = { patience: number; signal: AbortSignal; told(pid: number): void }

/**
 * Holds the lock of a state folder while `work` runs: one run at a time, whoever started it.
 * A lock whose process is gone (or whose number now belongs to another process) is taken over.
 * Throws `busy` {pid} when another run holds it, with `waiting` only after that much patience.
 */
export async function withLock<T>(
  state: string,
  pid: number,
  sys: System,
  work: () => Promise<T>,
  waiting?: Waiting,
): Promise<T> {
  const owner = await makePrivateFolder(state, sys)
  const path = under(state, 'lock')
  const mine = JSON.stringify({ pid, started: await startTime(pid, sys), boot: await bootId(sys) })
  await patiently(() => acquire(path, mine, owner, sys, 0), waiting)
  try {
    return await work()
  } finally {
    // A lock that can't be read any more must not hide how the work ended; the next run takes it over.
    const held = await readText(path, sys).catch(() => null)
    if (held === mine) await removeQuietly(path, sys)
  }
}

async function patiently(work: () => Promise<void>, waiting: Waiting | undefined): Promise<void> {
  const until = performance.now() + (waiting?.patience ?? 0)
  for (let turn = 0; ; turn++) {
    waiting?.signal.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'busy' || performance.now() >= until) throw error
      if (turn === 0) waiting?.told(Number(error.values['pid']))
      await new Promise((resolve) => setTimeout(resolve, LOCK_LOOK))
    }
  }
}

/**
 * Creates the lock file, or takes a stale one over. Whoever takes over holds `path~` meanwhile and looks
 * again behind it: two that saw the same stale lock would else remove each other's new one.
 */
async function acquire(
  path: string,
  mine: string,
  owner: { uid: number; gid: number },
  sys: System,
  depth: number,
): Promise<void> {
  for (;;) {
    const created = await sys.createExclusive(path, mine, owner).catch((error: unknown) => {
      throw writeError(error, path)
    })
    if (created) return
    const found = await settledText(path, sys)
    if (found === null) continue
    const holder = parseHolder(found)
    if (holder && ((await isAlive(holder, sys)) || depth >= MAX_DEPTH))
      throw new CodedError('busy', { pid: holder.pid })
    const guard = `${path}~`
    await acquire(guard, mine, owner, sys, depth + 1)
    try {
      if ((await readText(path, sys)) === found) await removeQuietly(path, sys)
    } finally {
      await removeQuietly(guard, sys)
    }
  }
}

/** Whether the process that wrote a lock or a journal still runs. */
export async function lockHolder(state: string, sys: System): Promise<number | null> {
  const holder = parseHolder((await readText(under(state, 'lock'), sys)) ?? '')
  return holder && (await isAlive(holder, sys)) ? holder.pid : null
}

/** The content of a lock; null when it has gone. One that stays unreadable was cut off while it was written. */
async function settledText(path: string, sys: System): Promise<string | null> {
  for (let look = 0; ; look++) {
    const text = await readText(path, sys)
    if (text === null || parseHolder(text) || look >= LOOKS) return text
    await new Promise((resolve) => setTimeout(resolve, BETWEEN))
  }
}

async function readText(path: string, sys: System): Promise<string | null> {
  if ((await sys.lstat(path)) === null) return null
  try {
    return new TextDecoder().decode(await sys.readFile(path))
  } catch (error) {
    if ((await sys.lstat(path)) === null) return null
    throw error
  }
}

function parseHolder(text: string): Holder | null {
  try {
    return holderSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

async function isAlive(holder: Holder, sys: System): Promise<boolean> {
  const boot = await bootId(sys)
  // Early processes get the same numbers at the same moments after each start of the machine.
  if (holder.boot !== '' && boot !== '' && holder.boot !== boot) return false
  if (!(await sys.kill(holder.pid, 0))) return false
  const started = await startTime(holder.pid, sys)
  // Unknown (another user's process under hidepid) is not another one.
  return started === '' || started === holder.started
}

/** Tells a process from a later one with the same number. proc(5): field 22, counted behind the `)` of the name. */
async function startTime(pid: number, sys: System): Promise<string> {
  try {
    const text = new TextDecoder().decode(await sys.readFile(`/proc/${pid}/stat`))
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

/** random(4): another one after each start of the machine. */
async function bootId(sys: System): Promise<string> {
  try {
    return new TextDecoder().decode(await sys.readFile('/proc/sys/kernel/random/boot_id')).trim()
  } catch {
    return ''
  }
}

async function removeQuietly(path: string, sys: System): Promise<void> {
  try {
    await sys.removeFile(path)
  } catch {
    // It has gone already.
  }
}
