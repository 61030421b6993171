import { parseDuration } from '../contract/grammar.ts'
import type { Profile } from '../contract/profile.ts'

/** What a profile says of waiting. Milliseconds; null: nothing. */
export type Policy = { timeout: number | null; retries: number | null }
export const NO_POLICY: Policy = { timeout: null, retries: null }

export const policyOf = ({ policy }: Pick<Profile, 'policy'>): Policy => ({
  timeout: parseDuration(policy?.timeout ?? ''),
  retries: policy?.retries ?? null,
})

/** What the last race saw of the way to the sources. Milliseconds to connect, bytes a second; null: never measured. */
export type Measured = { rtt: number | null; rate: number | null }
export const UNMEASURED: Measured = { rtt: null, rate: null }

/** All that a wait depends on. */
export type Patience = { policy: Policy; measured: Measured }
export const USUAL: Patience = { policy: NO_POLICY, measured: UNMEASURED }

type Rule = {
  /** Milliseconds where nothing else is known. */
  ms: number
  /** What is asked is worth no more than that: a profile can shorten it, and a slow way does not lengthen it. */
  courtesy?: true
}

/** Every wait for somebody on the network that is part of planning or of a run. */
const WAITS = {
  /** One request of a settling. */
  request: { ms: 4000 },
  /** A registry that is asked for a manifest or its tags; a pull-through one may ask the Hub first. */
  registry: { ms: 5000 },
  /** Several registries that are asked what a tag is: a long stall before the answer is normal for some mirrors. */
  agree: { ms: 6000 },
  /** The engine that asks a registry itself. */
  distribution: { ms: 10_000 },
  /** A catalogue that is fetched. */
  catalogue: { ms: 15_000 },
  /** A trial of a password or of an address that a person named. */
  trial: { ms: 8000 },
  /** A tool's own request, each: npm, pip. */
  tool: { ms: 8000 },
  /** apt's own request, each. */
  apt: { ms: 15_000 },
  /** Who served an image: the person waits for the last page. */
  receipt: { ms: 3000, courtesy: true },
  /** How large a download is. */
  size: { ms: 2500, courtesy: true },
  /** Why a pull has failed: the person waits for an error message. */
  diagnosis: { ms: 3000, courtesy: true },
} as const satisfies Record<string, Rule>
export type Wait = keyof typeof WAITS

/** An exchange may take so many round trips: name, connection, TLS, a token, a redirection, and each of them again. */
const ROUND_TRIPS = 16
/** A way that is slow lengthens a wait to so many times what it is. */
const LONGER = 3

/** Milliseconds for one wait: what the profile says, else what is usual, longer where the way was measured to be slow. */
export function waitFor(wait: Wait, policy: Policy = NO_POLICY, { rtt }: Measured = UNMEASURED): number {
  const rule: Rule = WAITS[wait]
  if (policy.timeout !== null) return rule.courtesy === true ? Math.min(rule.ms, policy.timeout) : policy.timeout
  if (rule.courtesy === true || rtt === null) return rule.ms
  return Math.round(Math.min(Math.max(rule.ms, rtt * ROUND_TRIPS), rule.ms * LONGER))
}

/** Milliseconds without a word in a transfer whose speed nobody knows. A mirror may fetch a layer itself first. */
export const STALL = 180_000
/** The shortest and the longest silence that a measured speed leads to. */
const STALLS = { least: 30_000, most: 600_000 }
/** A mirror that fetches for itself first is as slow again as it was measured, and others use the line as well. */
const SLACK = 3

/**
 * Milliseconds that a transfer of `bytes` may be silent: as long as a mirror that has to fetch all of it first would
 * take at the speed that was measured.
 */
export function stallFor(bytes: number | null, policy: Policy = NO_POLICY, { rate }: Measured = UNMEASURED): number {
  if (policy.timeout !== null) return policy.timeout
  if (bytes === null || rate === null || rate <= 0) return STALL
  return Math.round(Math.min(Math.max((bytes / rate) * 1000 * SLACK, STALLS.least), STALLS.most))
}

/** Milliseconds for the download of a small module in a container, all questions and the container together. */
const MODULE = { usual: 120_000, waits: 8, container: 10_000 }

/** The same where a profile bounds each wait: a proxy, its list, the zip, the checksum database, and some again. */
export const moduleLimit = ({ timeout }: Policy): number =>
  timeout === null ? MODULE.usual : Math.min(MODULE.usual, timeout * MODULE.waits + MODULE.container)

/** Further tries of a download where the profile says nothing. */
const RETRIES = 1
export const retriesOf = ({ retries }: Policy, usual = RETRIES): number => retries ?? usual

/** Milliseconds before the first further try, and the longest pause. */
const PAUSE = { first: 1000, most: 30_000 }

/**
 * Milliseconds before a further try; `attempt` counts those that failed, from 1. Twice as long each time, and anything
 * from half of that on, so that a whole room does not come back at the same moment. `random`: 0..1.
 */
export function pauseBefore(attempt: number, policy: Policy = NO_POLICY, random = Math.random()): number {
  const longest = Math.min(PAUSE.most, policy.timeout ?? PAUSE.most)
  const whole = Math.min(PAUSE.first * 2 ** Math.max(0, attempt - 1), longest)
  return Math.round(whole * (0.5 + random / 2))
}
