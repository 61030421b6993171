import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Edit } from '../contract/plan.ts'
import type { Places } from '../core/places.ts'
import { fold } from '../core/plan.ts'
import type { System } from '../core/system.ts'

type Parts = {
  places: Places
  sys: System
  formats: Parameters<typeof fold>[1]
}

/** A temporary home for tests that ask real programs. Writes as the core does, but without a journal. */
export async function makeHome(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'goready 家-'))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(home, name)), { recursive: true })
    await writeFile(path.join(home, name), content)
  }
  return home
}

export const removeHome = (home: string): Promise<void> => rm(home, { recursive: true, force: true })

/** Folds the edits and puts the files there; answers the paths that changed. */
export async function put(edits: readonly Edit[], { sys, formats }: Parts): Promise<readonly string[]> {
  const changed: string[] = []
  for (const change of await fold(edits, formats, sys)) {
    if (change.kind !== 'file') continue
    await mkdir(path.dirname(change.real), { recursive: true })
    if (change.after === null) await rm(change.real)
    else await writeFile(change.real, change.after.bytes)
    changed.push(change.path)
  }
  return changed
}
