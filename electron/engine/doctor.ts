import { setMaxListeners } from 'node:events'
import type { CheckName, CheckUp, RepairPlan } from '../contract/doctor.ts'
import type { Finding } from '../contract/note.ts'
import type { TaskReport } from '../contract/task.ts'
import { CodedError } from '../core/errors.ts'
import { readRuns } from '../core/journal.ts'
import type { Places } from '../core/places.ts'
import type { Run } from '../core/replay.ts'
import type { Proposal } from '../core/setting.ts'
import { undoable } from '../core/standing.ts'
import type { System } from '../core/system.ts'
import type { DoctorCheck, DoctorContext, Witnesses } from '../doctor/check.ts'
import { type FactParts, once, openFacts } from '../doctor/facts.ts'
import { doctorChecks } from '../doctor/index.ts'
import { type Look, type Offered, runChecks } from '../doctor/run.ts'
import type { MirrorCatalogue } from '../mirrors/catalogue.ts'
import { trustedAuthorities } from '../mirrors/http/authorities.ts'
import type { MirrorClient } from '../mirrors/http/client.ts'
import type { SystemProxy } from '../mirrors/http/proxy.ts'
import { machineOverrides } from './overrides.ts'
import type { MuteBook } from './mutes.ts'
import type { PlanBook } from './plans.ts'
import { proved } from './proof.ts'

/** `only`: ids of checks, or of whole categories; null: all. */
export type CheckOptions = { only: readonly string[] | null }

type Parts = {
  sys: System
  places: Places
  plans: PlanBook
  mutes: MuteBook
  witnesses: Witnesses
  mirrors(): Promise<MirrorCatalogue>
  http(timeout: number): Promise<MirrorClient>
  systemProxy: SystemProxy | null
}

/** How many repairs of earlier looks can still be planned. */
const KEPT = 400

/** Looks at the machine, and makes plans of the repairs that a look has offered. */
export class DoctorBook {
  readonly #parts: Parts
  readonly #known = new Map<string, Offered>()
  /** The project of the last look, which its proof looks at as well. */
  #project: Places['project'] = null

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** The checks that `look` runs, in their order. */
  names({ only }: CheckOptions): readonly CheckName[] {
    return chosen(only).map(({ id, category }) => ({ id, category }))
  }

  /** The ids of the checks that can find a cause of an error text on this machine. */
  fitting(cause: string): readonly string[] {
    return doctorChecks.flatMap(({ id, explains }) => (explains.includes(cause) ? [id] : []))
  }

  /** Runs the checks side by side and answers what they found. Only reads. Throws for the signal alone. */
  async look(
    { only }: CheckOptions,
    report: (report: TaskReport) => void,
    signal: AbortSignal,
    project: Places['project'] = null,
  ): Promise<CheckUp> {
    const checks = chosen(only)
    this.#project = project
    const { checkUp, repairs } = await this.#look(checks, report, signal, project)
    for (const [id, known] of repairs) {
      this.#known.delete(id)
      this.#known.set(id, known)
    }
    for (const id of this.#known.keys()) {
      // Whatever one look offers can be planned.
      if (this.#known.size <= KEPT || repairs.has(id)) break
      this.#known.delete(id)
    }
    return checkUp
  }

  /**
   * One plan of several repairs, verified by running their checks again: a repair after which the fault is still
   * found is given back. What contradicts an earlier one of the list comes `later`. Throws `plan-expired` for an id
   * that no look has offered, and what planning throws.
   */
  async plan(ids: readonly string[], signal: AbortSignal): Promise<RepairPlan> {
    const wanted = [...new Set(ids)].map((id) => {
      const known = this.#known.get(id)
      if (known === undefined || known.repair.kind === 'docker-help') throw new CodedError('plan-expired')
      return { id, ...known }
    })
    const { plan, taken } = await this.#parts.plans.makeRepair(
      wanted.map(({ repair }) => repair),
      (indices) => this.#proofs(indices.flatMap((index) => wanted[index] ?? [])),
      signal,
      wanted.map(({ id }) => id),
    )
    return {
      plan,
      repairs: taken.map((index) => wanted[index]?.id ?? ''),
      later: wanted.flatMap(({ id }, index) => (taken.includes(index) ? [] : [id])),
    }
  }

  /** Asks the checks of repairs once more, each once, after the files are written. */
  #proofs(mended: readonly Offered[]): readonly Proposal[] {
    const checks = doctorChecks.filter(({ id }) =>
      mended.some(({ check, finding }) => check === id && finding !== null),
    )
    if (checks.length === 0) return []
    const verify = async (_: unknown, signal: AbortSignal): Promise<readonly Finding[]> => {
      const { checkUp } = await this.#look(checks, () => {}, signal, this.#project)
      return proved(checkUp, new Set(mended.flatMap(({ finding }) => finding ?? [])))
    }
    return [{ id: 'doctor', edits: [], notes: [], registries: [], verify }]
  }

  async #look(
    checks: readonly DoctorCheck[],
    report: (report: TaskReport) => void,
    signal: AbortSignal,
    project: Places['project'],
  ): Promise<Look> {
    const muted = await this.#parts.mutes.all()
    const facts = new AbortController()
    setMaxListeners(0, facts.signal)
    const stop = (): void => facts.abort(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    try {
      const context = await this.#context(facts.signal, project)
      return await runChecks(checks, { context, muted, report: (check) => report({ type: 'checked', check }) }, signal)
    } finally {
      signal.removeEventListener('abort', stop)
      // What nobody waits for any more is not asked to its end.
      facts.abort(new Error('over'))
    }
  }

  async #context(signal: AbortSignal, project: Places['project']): Promise<DoctorContext> {
    const { sys, witnesses, mirrors, http, systemProxy } = this.#parts
    const places = { ...this.#parts.places, project }
    // Records that cannot be read are one of the things that a look is to tell of.
    const { runs } = await readRuns(places.state, sys).catch(() => ({ runs: [] as readonly Run[] }))
    const readText = (path: string): Promise<string | null> =>
      sys.readFile(path).then(
        (bytes) => new TextDecoder().decode(bytes),
        () => null,
      )
    const common = {
      sys,
      places,
      mirrors: await mirrors(),
      witnesses,
      authorities: once(() => trustedAuthorities(places.environment, readText)),
      now: () => Date.now(),
    }
    const overrides: FactParts['overrides'] = (docker, go) => machineOverrides(sys, places, { docker, go }, signal)
    return {
      ...common,
      facts: openFacts({ ...common, systemProxy, overrides }, signal),
      http,
      setUp: runs.some(undoable),
    }
  }
}

const chosen = (only: CheckOptions['only']): readonly DoctorCheck[] =>
  only === null ? doctorChecks : doctorChecks.filter((check) => isNamed(check, only))

const isNamed = ({ id, category }: DoctorCheck, only: readonly string[]): boolean =>
  only.includes(id) || only.includes(category)
