import { readdir, readFile, readlink, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { sweep } from './leftovers.ts'

/** How the folder of a lab begins. */
export const PREFIX = 'grl-'

const ownerSchema = z.object({ pid: z.number(), started: z.string(), pids: z.string(), bridge: z.string() })

/** Notes whose lab this is, so that a later start can tell one whose process was killed. */
export async function claim(dir: string, bridge: string): Promise<void> {
  const owner = { pid: process.pid, started: await startTime(process.pid), pids: await pidNamespace(), bridge }
  // Somebody who starts at the same moment must not read half of it.
  await writeFile(join(dir, 'owner.new'), JSON.stringify(owner))
  await rename(join(dir, 'owner.new'), join(dir, 'owner.json'))
}

/** Removes the labs whose process ended without stopping them (kill -9, a crash of the test runner). */
export async function sweepAbandoned(): Promise<void> {
  const pids = await pidNamespace()
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue
    const dir = join(tmpdir(), name)
    const text = await readFile(join(dir, 'owner.json'), 'utf8').catch(() => null)
    if (text === null) continue
    const owner = ownerSchema.safeParse(JSON.parse(text))
    // A container that shares our temporary folder counts its processes differently.
    if (!owner.success || owner.data.pids !== pids) continue
    if ((await startTime(owner.data.pid)) === owner.data.started) continue
    await sweep({ dir, bridge: owner.data.bridge })
  }
}

/** When a process started, in clock ticks since boot (proc(5), field 22); empty when there is none. */
async function startTime(pid: number): Promise<string> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

/** Whose process ids these are. */
const pidNamespace = (): Promise<string> => readlink('/proc/self/ns/pid')
