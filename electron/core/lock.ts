import { z } from 'zod'
import { CodedError } from './errors.ts'
import { makePrivateFolder } from './journal.ts'
import { under } from './paths.ts'
import type { System } from './system.ts'

const holderSchema = z.object({ pid: z.number().int(), started: z.string() })

/**
 * Holds the lock of a state folder while `work` runs: one run at a time, whoever started it.
 * A lock whose process is gone (or whose number now belongs to another process) is taken over.
 * Throws `busy` {pid} when another run holds it.
 */
export async function withLock<T>(state: string, pid: number, sys: System, work: () => Promise<T>): Promise<T> {
  const owner = await makePrivateFolder(state, sys)
  const path = under(state, 'lock')
  const mine = JSON.stringify({ pid, started: await startTime(pid, sys) })
  for (let attempt = 0; !(await sys.createExclusive(path, mine, owner)); attempt++) {
    const holder = await readHolder(path, sys)
    if (holder && (attempt > 1 || (await isAlive(holder, sys)))) throw new CodedError('busy', { pid: holder.pid })
    // Whoever takes over first creates it anew; the other one then finds a living holder.
    if (holder || attempt > 0) await removeQuietly(path, sys)
  }
  try {
    return await work()
  } finally {
    await removeQuietly(path, sys)
  }
}

/** Whether the process that wrote a lock or a journal still runs. */
export async function lockHolder(state: string, sys: System): Promise<number | null> {
  const holder = await readHolder(under(state, 'lock'), sys)
  return holder && (await isAlive(holder, sys)) ? holder.pid : null
}

type Holder = z.infer<typeof holderSchema>

async function readHolder(path: string, sys: System): Promise<Holder | null> {
  try {
    return holderSchema.parse(JSON.parse(new TextDecoder().decode(await sys.readFile(path))))
  } catch {
    return null
  }
}

async function isAlive(holder: Holder, sys: System): Promise<boolean> {
  return (await sys.kill(holder.pid, 0)) && (await startTime(holder.pid, sys)) === holder.started
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

async function removeQuietly(path: string, sys: System): Promise<void> {
  try {
    await sys.removeFile(path)
  } catch {
    // Another run took a stale lock away at the same moment.
  }
}
