import type { AptArchive, RaceProgress, RaceResult, TargetId } from '../contract/mirror.ts'
import type { TaskReport } from '../contract/task.ts'
import { CodedError } from '../core/errors.ts'
import { type Measured, NO_POLICY, type Policy, waitFor } from '../core/patience.ts'
import type { Places } from '../core/places.ts'
import type { System } from '../core/system.ts'
import { stateFile } from '../desk/state-file.ts'
import { archiveUrl, type Mirror, type MirrorCatalogue } from '../mirrors/catalogue.ts'
import { endedMirror } from '../mirrors/ended.ts'
import { trustedAuthorities } from '../mirrors/http/authorities.ts'
import type { MirrorClient } from '../mirrors/http/client.ts'
import type { SystemProxy } from '../mirrors/http/proxy.ts'
import type { Adapter, Candidate } from '../mirrors/race/adapter.ts'
import { candidatesFor } from '../mirrors/candidates.ts'
import { keptRacesSchema, lastRace, withRace } from '../mirrors/race/kept.ts'
import { conflictLines } from '../mirrors/race/conflict-lines.ts'
import { LIMITS } from '../mirrors/race/limits.ts'
import type { ProbeResult } from '../mirrors/probe.ts'
import type { Settled } from '../mirrors/settle.ts'
import { machineId } from './machine-id.ts'
import { probeNamed } from './probe-named.ts'

/**
 * `image`: whose layers are read; `sumdb`: the GOSUMDB that will count, where a plan sets one; `keep`: false where
 * nothing is to be written.
 */
export type RaceOptions = { image?: string | null; sumdb?: string | null; keep?: boolean }
/** The adapter of a target on this machine. */
export type AdapterFor = (target: TargetId, options: RaceOptions, signal: AbortSignal) => Promise<Adapter>

export type RaceParts = {
  sys: System
  places: Places
  mirrors(): Promise<MirrorCatalogue>
  /** The tool's own default, where the catalogue cannot know it. */
  official(target: TargetId, signal: AbortSignal): Promise<Mirror | null>
  /** The archive that apt follows here; null: none that is known. */
  archive(): Promise<AptArchive | null>
  adapterFor: AdapterFor
  system: SystemProxy | null
  /**
   * Races that root has run for all accounts of the machine; a target that is not among them is not raced either, so
   * that a room of accounts downloads once. null: whoever needs a race runs it.
   */
  handed?: readonly RaceResult[] | null
}

/** What `source-unreachable` says where root has to run a race first. */
export const NOT_HANDED = 'no race of this target was handed over'

/** An apt mirror with the address of one archive on it; none where it does not hold that. The tool's default names its own. */
function inArchive(mirror: Mirror, archive: AptArchive): Mirror[] {
  if (mirror.target !== 'apt' || mirror.status === 'upstream' || mirror.own === true) return [mirror]
  const url = archiveUrl(mirror, archive)
  return url === null ? [] : [{ ...mirror, url }]
}

type Report = (report: TaskReport) => void

/** Milliseconds for which a race speaks for a plan: the page makes one at every look. */
const FRESH = 10 * 60_000

/** The races of one machine. Nothing of them is loaded before the first. */
export class Races {
  readonly #parts: RaceParts
  readonly #fresh = new Map<TargetId, RaceResult>()
  #authorities: Promise<readonly string[] | null> | null = null

  constructor(parts: RaceParts) {
    this.#parts = parts
  }

  /** One target after the other: on a shared link they would hide each other's differences. Keeps the results. */
  async run(
    targets: readonly TargetId[],
    options: RaceOptions,
    report: Report,
    signal: AbortSignal,
  ): Promise<RaceResult[]> {
    const results: RaceResult[] = []
    for (const target of new Set(targets)) {
      report({ type: 'step', step: 'race', state: 'running' })
      const result = await this.#race(target, options, report, signal)
      results.push(result)
      for (const line of conflictLines(result)) report({ type: 'log', line })
      if (options.keep !== false) await this.keep()
      report({ type: 'step', step: 'race', state: 'done' })
    }
    return results
  }

  /** Settles `auto` for a plan. Throws `source-unreachable` {target}. */
  async settle(
    target: TargetId,
    current: readonly string[],
    options: RaceOptions & { policy: Policy },
    signal: AbortSignal,
  ): Promise<Settled> {
    const { settleAuto } = await import('../mirrors/settle.ts')
    const [adapter, candidates] = await Promise.all([
      this.#parts.adapterFor(target, options, signal),
      this.#candidates(target, signal),
    ])
    const { policy } = options
    const timeout = waitFor('request', policy, await this.measured(target))
    const http = await this.#client(timeout, policy)
    const { mirrors } = await this.#parts.mirrors()
    // What has ended may answer for a while yet, with what stands still.
    const lasting = current.filter((url) => endedMirror(mirrors, target, url) === undefined)
    const parts = {
      adapter,
      candidates,
      open: http,
      race: async (at: AbortSignal): Promise<RaceResult> =>
        this.#recent(target, candidates) ?? this.#race(target, this.#mayRace(target, options), () => {}, at, policy),
    }
    // Nothing is set where the tool's own default has won; it stands like everything else that was chosen.
    const official = current.length === 0 ? await this.#chosenOfficial(target, candidates) : null
    if (official === null) return settleAuto(parts, lasting, signal)
    const settled = await settleAuto(parts, [official], signal)
    return settled.chosen.length === 1 && settled.chosen[0] === official ? { ...settled, chosen: [] } : settled
  }

  /** The address of the tool's own default, where the last race has chosen that. */
  async #chosenOfficial(target: TargetId, candidates: readonly Candidate[]): Promise<string | null> {
    const kept = ((await this.#file().read())?.races ?? []).find((race) => race.target === target)
    return kept?.chosen.length === 0 ? (candidates.find(({ official }) => official)?.url ?? null) : null
  }

  /** Throws `source-unreachable` with `NOT_HANDED` where another has to run it. */
  #mayRace(target: TargetId, options: RaceOptions): RaceOptions {
    const { handed = null } = this.#parts
    // With mirrors of the account's own among them, no race of another's fits.
    if (handed === null || handed.some((race) => race.target === target)) return options
    throw new CodedError('source-unreachable', { target }, NOT_HANDED)
  }

  /** Asks addresses that a person named whether they answer; what is no web address is not asked. */
  async probe(target: TargetId, urls: readonly string[], signal: AbortSignal): Promise<ProbeResult[]> {
    const adapter = await this.#parts.adapterFor(target, {}, signal)
    const http = (await this.#client(waitFor('request')))()
    try {
      return await probeNamed(adapter, urls, http, signal)
    } finally {
      http.close()
    }
  }

  /** The newest result of each target. */
  async last(): Promise<RaceResult[]> {
    const kept = (await this.#file().read())?.races ?? []
    return [...kept.filter(({ target }) => !this.#fresh.has(target)), ...this.#fresh.values()]
  }

  /**
   * Writes down what was found out since. A folder that cannot be written costs only the next race its start.
   * `news`: only where another source was chosen than before; a plan that changes nothing is to write nothing.
   */
  async keep(news: boolean = false): Promise<void> {
    if (this.#fresh.size === 0) return
    const file = this.#file()
    let kept = (await file.read()) ?? { version: 1 as const, races: [] }
    const same = (one: RaceResult): boolean =>
      kept.races.some((two) => two.target === one.target && two.chosen.join(' ') === one.chosen.join(' '))
    if (news && [...this.#fresh.values()].every(same)) return
    for (const result of this.#fresh.values()) kept = withRace(kept.races, result)
    await file.write(kept).catch(() => {})
  }

  /** What the last race saw of the way to the sources of a target. */
  async measured(target: TargetId): Promise<Measured> {
    const race = lastRace(await this.last(), target, Date.now())
    const ranked = race?.entries.filter(({ state }) => state === 'ranked').map(({ numbers }) => numbers) ?? []
    const [best] = ranked
    const ways = ranked.flatMap(({ connectMs }) => connectMs ?? [])
    return { rtt: ways.length === 0 ? null : Math.min(...ways), rate: best?.rate ?? null }
  }

  /** A client as the races have it: proxies, authorities. `timeout`: milliseconds. Whoever asked closes it. */
  async client(timeout: number): Promise<MirrorClient> {
    return (await this.#client(timeout))()
  }

  async forget(): Promise<void> {
    this.#fresh.clear()
    await this.#file().remove()
  }

  async #race(
    target: TargetId,
    options: RaceOptions,
    report: Report,
    signal: AbortSignal,
    policy: Policy = NO_POLICY,
  ): Promise<RaceResult> {
    const [{ runRace }, adapter, candidates, last, machine] = await Promise.all([
      import('../mirrors/race/race.ts'),
      this.#parts.adapterFor(target, options, signal),
      this.#candidates(target, signal),
      this.last(),
      machineId(this.#parts.sys, this.#parts.places),
    ])
    const http = (await this.#client(null, policy, LIMITS.bytes))()
    try {
      const result = await runRace(
        {
          adapter,
          http,
          machine,
          candidates,
          limits: LIMITS,
          last: lastRace(last, target, Date.now()),
          report: (race) => report(progressOf(race)),
        },
        signal,
      )
      this.#fresh.set(target, result)
      return result
    } finally {
      http.close()
    }
  }

  /** The tool's own default takes part like every other; some catalogues hold it, and npm's only npm can name. */
  async #candidates(target: TargetId, signal: AbortSignal): Promise<Candidate[]> {
    const { mirrors } = await this.#parts.mirrors()
    const known = mirrors.some((mirror) => mirror.target === target && mirror.status === 'upstream')
    const official = known ? null : await this.#parts.official(target, signal)
    const all = official === null ? mirrors : [official, ...mirrors]
    const archive = target === 'apt' ? await this.#parts.archive() : null
    return candidatesFor(target, archive === null ? all : all.flatMap((mirror) => inArchive(mirror, archive)))
  }

  /** A race of a moment ago among the same mirrors. */
  #recent(target: TargetId, candidates: readonly Candidate[]): RaceResult | null {
    const found = this.#fresh.get(target) ?? this.#parts.handed?.find((race) => race.target === target)
    if (found === undefined || Date.now() - Date.parse(found.startedAt) > FRESH) return null
    const usable = found.entries.some(({ state }) => state === 'ranked')
    const ids = new Set(found.entries.map(({ id }) => id))
    if (!usable || ids.size !== candidates.length || !candidates.every(({ id }) => ids.has(id))) return null
    this.#fresh.set(target, found)
    return found
  }

  async #client(timeout: number | null, policy = NO_POLICY, budget?: number): Promise<() => MirrorClient> {
    const { sys, places, system } = this.#parts
    const { openMirrorHttp } = await import('../mirrors/http/client.ts')
    const readText = async (path: string): Promise<string | null> => {
      try {
        return new TextDecoder().decode(await sys.readFile(path))
      } catch {
        return null
      }
    }
    this.#authorities ??= trustedAuthorities(places.environment, readText)
    const authorities = await this.#authorities
    const { environment } = places
    return () =>
      openMirrorHttp({
        environment,
        system,
        authorities,
        ...(budget === undefined ? {} : { budget }),
        ...(policy.timeout === null ? {} : { most: policy.timeout }),
        ...(timeout === null ? {} : { timeout }),
      })
  }

  #file() {
    return stateFile(this.#parts.places.state, 'races.json', keptRacesSchema, this.#parts.sys)
  }
}

const progressOf = (race: RaceProgress): TaskReport => ({
  type: 'progress',
  step: 'race',
  fraction: race.fraction,
  note: { key: 'mirror:race.progress', values: { target: race.target } },
  bytes: race.bytes,
  totalBytes: LIMITS.bytes,
  race,
})
