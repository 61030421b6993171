import type { TargetId } from '../contract/mirror.ts'
import type { Finding, Note } from '../contract/note.ts'
import type { Edit, FormatId, HandlerId, SettingId, Value } from '../contract/plan.ts'
import type { Profile } from '../contract/profile.ts'
import { type Policy, policyOf } from './patience.ts'
import type { Places } from './places.ts'
import type { Reader, System } from './system.ts'

/** Measures addresses while planning, so that `auto` can be settled. Injected; the race replaces it later. */
export type Prober = (
  target: TargetId,
  current: readonly string[],
  signal: AbortSignal,
) => Promise<{ chosen: readonly string[]; note: Note }>

/**
 * One thing that can be configured. It returns its changes as data and never writes.
 * `choose` picks its part out of a profile (null = the profile says nothing about it) and settles `auto`.
 */
export type Setting<State, Choice> = {
  id: SettingId
  detect(sys: Reader, places: Places, signal: AbortSignal): Promise<State>
  choose(
    profile: Profile,
    state: State,
    probe: Prober,
    signal: AbortSignal,
  ): Promise<{ choice: Choice; notes: readonly Note[] } | null>
  /** Pure and synchronous. Throws a CodedError for a choice that this machine cannot have. */
  plan(state: State, choice: Choice, places: Places): readonly Edit[]
  /** Asks the real tool whether the choice holds. Findings name what was really asked. */
  verify(sys: Reader, places: Places, choice: Choice, signal: AbortSignal, policy?: Policy): Promise<readonly Finding[]>
  /** Where images are to be pulled from by their own name, best first; only what brings images has it. */
  registries?(choice: Choice): readonly string[]
}

/** What a setting proposes for one profile. `doctor`: nothing of its own, it only asks whether a repair has helped. */
export type Proposal = {
  id: SettingId | 'doctor'
  edits: readonly Edit[]
  notes: readonly Note[]
  registries: readonly string[]
  verify(sys: Reader, signal: AbortSignal): Promise<readonly Finding[]>
}

/** A setting whose state and choice are known to itself alone, so that a list can hold it. */
export type AnySetting = {
  id: SettingId
  detect(sys: Reader, places: Places, signal: AbortSignal): Promise<unknown>
  propose(profile: Profile, sys: Reader, places: Places, probe: Prober, signal: AbortSignal): Promise<Proposal | null>
}

/** Closes a setting over its types. */
export function closed<State, Choice>(setting: Setting<State, Choice>): AnySetting {
  return {
    id: setting.id,
    detect: (sys, places, signal) => setting.detect(sys, places, signal),
    async propose(profile, sys, places, probe, signal) {
      const state = await setting.detect(sys, places, signal)
      const chosen = await setting.choose(profile, state, probe, signal)
      if (chosen === null) return null
      return {
        id: setting.id,
        edits: setting.plan(state, chosen.choice, places),
        notes: chosen.notes,
        registries: setting.registries?.(chosen.choice) ?? [],
        verify: (reader, at) => setting.verify(reader, places, chosen.choice, at, policyOf(profile)),
      }
    },
  }
}

/** A pure editor of one file format. Bytes in, bytes out; null = the file does not exist. */
export type Format = {
  id: FormatId
  /** The keys that stand in the file. Throws CodedError `unparsable-file` {line} or `fence-damaged` {line}. */
  read(bytes: Uint8Array | null): ReadonlyMap<string, Value>
  /** Sets and removes (`after: null`) keys; all else stays byte for byte. Answers null when nothing is left to hold. */
  edit(bytes: Uint8Array | null, edits: readonly { key: string; after: Value }[]): Uint8Array | null
}

/** Whether a file goes to what was chosen, or back to what stood there before. */
export type Way = 'apply' | 'back'

/**
 * What has to notice a changed file, e.g. the Docker daemon.
 * `notice` reloads the service and waits until it is well and shows what `bytes` says; it throws otherwise.
 * `way` is `back` while files are given back: what can merely not be reached then is no failure.
 * `interim`: what must stand in the file for one reload before `to` may, because the service keeps what
 * merely disappears; null when `to` can be written at once (or the service never took `from`).
 */
export type Handler = {
  id: HandlerId
  /** It is told once of all that changed, with the first change's name. */
  once?: true
  /** What the service works by although its file says `bytes`: with what it keeps although that has disappeared. */
  shown?(sys: System, bytes: Uint8Array | null, signal: AbortSignal): Promise<Uint8Array | null>
  interim(sys: System, from: Uint8Array | null, to: Uint8Array | null, signal: AbortSignal): Promise<Uint8Array | null>
  notice(sys: System, path: string, bytes: Uint8Array | null, signal: AbortSignal, way: Way): Promise<void>
}
