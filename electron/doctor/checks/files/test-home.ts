import { expect } from 'vitest'
import type { Change } from '../../../contract/plan.ts'
import { fold } from '../../../core/plan.ts'
import type { Places } from '../../../core/places.ts'
import { linuxPlaces } from '../../../platform/linux/places.ts'
import { detectApt } from '../../../settings/apt/detect.ts'
import { formats } from '../../../settings/index.ts'
import { detectNpm } from '../../../settings/npm/detect.ts'
import { detectPip } from '../../../settings/pip/detect.ts'
import { detectShells } from '../../../settings/shell/detect.ts'
import { gatherFacts } from '../../../settings/why/facts.ts'
import { MemorySystem } from '../../../system/memory.ts'
import type { Mirror } from '../../../mirrors/catalogue.ts'
import type { DoctorCheck, DoctorContext, Found } from '../../check.ts'
import { once } from '../../facts.ts'

export const { signal } = new AbortController()
export const HOME = '/home/u'

export const placesOf = (environment: Record<string, string> = {}): Places =>
  linuxPlaces({ environment: { HOME, ...environment }, uid: 1000, username: 'u' })

/** A home of user 1000 whose folders are his. `uid`: who looks at it. */
export function homeOf(files: Readonly<Record<string, string | Uint8Array>> = {}, uid = 1000): MemorySystem {
  const sys = new MemorySystem({}, uid)
  give(sys, HOME, 1000)
  const { shells } = placesOf()
  for (const name of ['bash', 'zsh'] as const) sys.put(shells[name].programs[0] ?? '', '', { mode: 0o755, uid: 0 })
  for (const [path, content] of Object.entries(files)) {
    sys.put(path, content, { uid: 1000 })
    for (
      let at = path.slice(0, path.lastIndexOf('/'));
      at.startsWith(`${HOME}/`);
      at = at.slice(0, at.lastIndexOf('/'))
    )
      give(sys, at, 1000)
  }
  return sys
}

/** Makes a folder that belongs to an account. */
export function give(sys: MemorySystem, path: string, uid: number): void {
  sys.folder(path)
  sys.folder(path, uid)
}

const unused = (): never => {
  throw new Error('no check of files asks for this')
}

type More = { places?: Places; mirrors?: readonly Mirror[]; now?: number }

/** What one check finds; nothing may have been written. */
export async function found(check: DoctorCheck, sys: MemorySystem, more: More = {}): Promise<readonly Found[]> {
  const { places = placesOf(), mirrors = [], now = Date.now() } = more
  const facts: DoctorContext['facts'] = {
    ...{ docker: unused, go: unused, goTools: unused, overrides: unused, trust: unused, probes: unused },
    npm: once(() => detectNpm(sys, places, signal)),
    pip: once(() => detectPip(sys, places)),
    apt: once(() => detectApt(sys, places)),
    shells: once(() => detectShells(sys, places, signal)),
    startups: once(() => gatherFacts(sys, places)),
  }
  const context: DoctorContext = {
    ...{ sys, places, facts, http: unused, authorities: unused, setUp: false, now: () => now },
    mirrors: { date: '2026-11-01', mirrors },
    witnesses: { resolvers: [] },
  }
  if (check.applies !== undefined && !(await check.applies(context, signal))) return []
  const answer = await check.check(context, signal)
  expect(sys.writes.filter(({ path }) => !path.startsWith('/tmp/'))).toEqual([])
  for (const { code } of answer.found) expect(check.codes).toContain(code)
  return answer.found
}

/** What the nth repair of a finding would make of its file. */
export async function mended(one: Found | undefined, sys: MemorySystem, nth = 0): Promise<string | null> {
  const repair = one?.repairs?.[nth]
  if (repair?.kind !== 'edits') throw new Error(`no edits: ${JSON.stringify(repair)}`)
  const changes: readonly Change[] = await fold(repair.edits, formats, sys)
  const [file] = changes.filter((change) => change.kind === 'file')
  if (file?.kind !== 'file') throw new Error('nothing changes')
  return file.after === null ? null : new TextDecoder().decode(file.after.bytes)
}
