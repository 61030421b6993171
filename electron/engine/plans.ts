import type { Finding, Note } from '../contract/note.ts'
import type { Change, Edit, Plan, PlanView } from '../contract/plan.ts'
import type { Profile } from '../contract/profile.ts'
import type { Why } from '../contract/run.ts'
import type { TargetId } from '../contract/mirror.ts'
import { rightsFor } from '../core/by-helper.ts'
import type { Choices, Elevation } from '../core/elevation.ts'
import { CodedError } from '../core/errors.ts'
import type { Places } from '../core/places.ts'
import { policyOf } from '../core/patience.ts'
import { fold } from '../core/plan.ts'
import type { RunInput } from '../core/run.ts'
import type { Prober, Proposal } from '../core/setting.ts'
import type { System } from '../core/system.ts'
import { viewPlan } from '../core/view.ts'
import { formats, settings } from '../settings/index.ts'
import { refuseSharedFolders } from '../settings/shared-folders.ts'
import type { Repair } from '../doctor/check.ts'
import type { MirrorCatalogue } from '../mirrors/catalogue.ts'
import { choicesFor, choicesForRepairs } from './choices.ts'
import { contradict } from './contradictions.ts'
import type { Images } from './images.ts'
import { forHomesToCome, refuseOwnName, type Skeleton } from './skeleton.ts'
import { deadForPlan } from './overrides.ts'
import { collectorOf, type Planned } from './planned.ts'
import type { Races } from './races.ts'
import { now } from '../telemetry/span.ts'

/** `planned`: how it came about; null where no profile led to it. */
type Held = RunInput & { planned: Planned | null }

/** A window that is left open makes a plan for every look at the page. */
const KEPT = 16

type Parts = {
  sys: System
  places: Places
  images: Images
  races: Races
  elevation: Elevation
  /** The home is the skeleton of homes to come: nothing in it may name it. */
  skeleton?: Skeleton | null
  mirrors(): Promise<MirrorCatalogue>
}

/** Makes plans and holds them: the bytes stay here, a plan is applied by its id, once. */
export class PlanBook {
  readonly #plans = new Map<string, Held>()
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /**
   * Settles a profile to the changes that it would make on this machine. Only reads.
   * `project`: see `Places`; `why`: what its run is remembered by. `goFrom`: what the accounts of the machine are given
   * and this plan does not write: the image's module is fetched by that. Throws `bad-arguments` {path} for a chosen
   * project that is no folder.
   */
  async make(
    profile: Profile,
    signal: AbortSignal,
    project: Places['project'] = null,
    why: Why | null = null,
    goFrom: Profile | null = null,
  ): Promise<PlanView> {
    const from = now()
    const policy = policyOf(profile)
    const { sys, images, mirrors, skeleton = null } = this.#parts
    await refuseSharedFolders(profile, this.#parts.places, sys)
    const places = { ...this.#parts.places, project: project && (await projectFolder(project, sys)) }
    const settled = new Map<TargetId, readonly string[]>()
    const sources: Planned['sources'][number][] = []
    const made = await this.#proposals(profile, places, settled, signal, sources)
    const proposals = skeleton === null ? made : forHomesToCome(made, places.home, skeleton)
    const files = await fold(
      proposals.flatMap((proposal) => proposal.edits),
      formats,
      sys,
    )
    if (skeleton !== null) refuseOwnName(files, places.home)
    const asked = goFrom === null ? [] : await this.#proposals(goFrom, places, new Map(), signal)
    const image =
      profile.image === undefined
        ? null
        : await images.prepare(
            profile.image,
            {
              policy,
              registries: proposals.flatMap((proposal) => proposal.registries),
              ...(goFrom === null ? {} : { goFrom: asked }),
            },
            signal,
          )
    const changes: readonly Change[] = image === null ? files : [...files, image.change]
    const dead = await deadForPlan(profile, (await mirrors()).mirrors, sys, places, signal)
    const findings: readonly Finding[] = [
      ...dead,
      ...(await images.findings([...proposals, ...asked], image !== null, signal)),
    ]
    const collector = collectorOf(profile)
    const choices: readonly Note[] = [
      ...proposals.flatMap((proposal) => proposal.notes),
      ...(image?.notes ?? []),
      ...(collector === null ? [] : [{ key: 'plan:telemetry.will', values: { host: new URL(collector.url).host } }]),
    ]
    const plan: Plan = { id: crypto.randomUUID(), changes, findings }
    const forHelper = await choicesFor(profile, changes, settled, sys)
    const known = forHelper === null ? {} : { choices: forHelper }
    const planned: Planned = { collector, policy, from, to: now(), sources }
    this.#keep({ plan, proposals, image: image?.tools ?? null, why, ...known }, planned)
    return viewPlan(plan, choices, await rightsFor(changes, forHelper, this.#parts))
  }

  /** A plan out of edits that no profile may hold, e.g. a password. Only reads. Errors: those of `fold`. */
  async makeFrom(edits: readonly Edit[], notes: readonly Note[], why: Why | null = null): Promise<PlanView> {
    const changes = await fold(edits, formats, this.#parts.sys)
    const plan: Plan = { id: crypto.randomUUID(), changes, findings: [] }
    this.#keep({ plan, proposals: [], image: null, why })
    return viewPlan(plan, notes, await rightsFor(changes, null, this.#parts))
  }

  /**
   * One plan out of repairs, in their order: edits, profiles and whole changes become the changes of one run. A repair
   * that contradicts an earlier one is left out. `proofs` answers what verifies those that are taken, by their places
   * in `repairs`; `ids`: what a helper knows them by. Only reads. Errors: those of planning, where no repair at all can be planned.
   */
  async makeRepair(
    repairs: readonly Repair[],
    proofs: (taken: readonly number[]) => readonly Proposal[],
    signal: AbortSignal,
    ids: readonly string[] = [],
  ): Promise<{ plan: PlanView; taken: readonly number[] }> {
    const { sys, places } = this.#parts
    const edits: Edit[] = []
    const own: Change[] = []
    const proposals: Proposal[] = []
    const taken: number[] = []
    let folded: readonly Change[] = []
    const refused: unknown[] = []
    const profiles: Profile[] = []
    const settled = new Map<TargetId, readonly string[]>()
    for (const [index, repair] of repairs.entries()) {
      try {
        const more = repair.kind === 'profile' ? await this.#proposals(repair.profile, places, settled, signal) : []
        const added = repair.kind === 'edits' ? repair.edits : more.flatMap((proposal) => proposal.edits)
        const together = added.length === 0 ? folded : await fold([...edits, ...added], formats, sys)
        const whole = repair.kind === 'changes' ? repair.changes : []
        const meets = (one: Change, others: readonly Change[]): boolean =>
          others.some((other) => contradict(one, other))
        if (together.some((one) => meets(one, own)) || whole.some((one) => meets(one, [...together, ...own]))) continue
        folded = together
        edits.push(...added)
        proposals.push(...more)
        if (repair.kind === 'profile') profiles.push(repair.profile)
        if (repair.kind === 'changes')
          own.push(
            ...repair.changes.filter((one) => !own.some((other) => JSON.stringify(other) === JSON.stringify(one))),
          )
        taken.push(index)
      } catch (error) {
        signal.throwIfAborted()
        refused.push(error)
      }
    }
    const [first] = refused
    if (taken.length === 0 && first instanceof Error) throw first
    const changes = [...folded, ...own]
    const plan: Plan = { id: crypto.randomUUID(), changes, findings: [] }
    // A helper plans again from one profile or from the check-up; of both together what needs rights is refused by name.
    const [profile] = profiles
    const forHelper =
      profile !== undefined && repairs.length === 1
        ? await choicesFor(profile, changes, settled, sys)
        : choicesForRepairs(
            taken.flatMap((index) => {
              const repair = repairs[index]
              return repair === undefined ? [] : [{ id: ids[index] ?? '', repair }]
            }),
            changes,
          )
    const notes = taken.flatMap((index) => repairs[index]?.note ?? [])
    const known = forHelper === null ? {} : { choices: forHelper }
    const why: Why = { by: 'repair', name: notes[0]?.key ?? null }
    this.#keep({ plan, proposals: [...proposals, ...proofs(taken)], image: null, why, ...known })
    const choices = [...notes, ...proposals.flatMap((proposal) => proposal.notes)]
    return { plan: viewPlan(plan, choices, await rightsFor(changes, forHelper, this.#parts)), taken }
  }

  /** Takes in changes that no profile asked for, e.g. those that bring Docker. Answers the plan's id. */
  hold(changes: readonly Change[], proposals: readonly Proposal[], why: Why | null = null): string {
    const plan: Plan = { id: crypto.randomUUID(), changes, findings: [] }
    // What this machine still needs the helper finds out by itself.
    const choices: Choices = { profile: null, owners: [], settled: {}, texts: {} }
    this.#keep({ plan, proposals, image: null, why, choices })
    return plan.id
  }

  /** Hands a plan out for its one run. Throws `plan-expired`. */
  take(id: string): Held {
    const held = this.#plans.get(id)
    if (!held) throw new CodedError('plan-expired')
    this.#plans.delete(id)
    return held
  }

  /** What the settings propose for a profile; `settled` gets what `auto` became. */
  async #proposals(
    profile: Profile,
    places: Places,
    settled: Map<TargetId, readonly string[]>,
    signal: AbortSignal,
    told: Planned['sources'][number][] = [],
  ): Promise<readonly Proposal[]> {
    const { sys, races } = this.#parts
    const policy = policyOf(profile)
    const { image = null, sources } = profile
    const sumdb = sources?.sumdb === 'default' ? '' : (sources?.sumdb ?? profile.env?.set?.['GOSUMDB'] ?? null)
    const probe: Prober = async (target, current, at) => {
      const from = now()
      const answer = await races.settle(target, current, { policy, image, sumdb }, at)
      settled.set(target, answer.chosen)
      told.push({ target, from, to: now(), chosen: answer.chosen })
      return answer
    }
    const proposals: Proposal[] = []
    for (const setting of settings) {
      const proposal = await setting.propose(profile, sys, places, probe, signal)
      if (proposal) proposals.push(proposal)
    }
    return proposals
  }

  #keep(input: RunInput, planned: Planned | null = null): void {
    this.#plans.set(input.plan.id, { ...input, planned })
    const [oldest] = this.#plans.keys()
    if (this.#plans.size > KEPT && oldest !== undefined) this.#plans.delete(oldest)
  }
}

/** The folder behind its links. */
async function projectFolder(project: NonNullable<Places['project']>, sys: System): Promise<Places['project']> {
  const folder = await sys.resolve(project.folder).catch(() => project.folder)
  const stat = await sys.lstat(folder)
  if (stat?.kind === 'dir') return { folder, chosen: project.chosen }
  if (!project.chosen) return null
  throw new CodedError('bad-arguments', { reason: 'cli:reason.folder', path: project.folder })
}
