import type { OutReason, RaceConflict, TargetId } from '../../contract/mirror.ts'

/** One address that takes part in a race. */
export type Candidate = {
  id: string
  url: string
  name: { zh: string; en: string }
  /** The tool's own default. */
  official: boolean
  /** Added by the person. */
  own: boolean
}

/** Milliseconds of one exchange; null where that part did not happen (a kept-alive connection, plain HTTP). */
export type Timings = { connectMs: number | null; tlsMs: number | null; firstByteMs: number | null; totalMs: number }

/** `url` is the one that answered in the end. `body` is cut at `maxBytes`; `complete` says whether it is whole. */
export type Answer = {
  url: string
  status: number
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>
  body: Uint8Array
  complete: boolean
  timings: Timings
  /** The proxy on the way, without its password. */
  via: string | null
}

export type Ask = {
  method?: 'GET' | 'HEAD' | 'POST'
  /** Sent with a POST. */
  body?: string
  headers?: Readonly<Record<string, string>>
  /** Default 1 MiB. What comes beyond is not read. */
  maxBytes?: number
  /** Milliseconds for all of it, redirects included. It always ends. Default 4,000. */
  timeout?: number
  /** Whether to follow redirects (at most 5, never from https to http). Default true. */
  follow?: boolean
}

/**
 * How the race talks to one mirror: proxies of the environment and the system honoured, bytes counted against
 * the race's budget, a deadline on everything.
 * Network failures throw `OutError` with the reason; an HTTP status is an answer, never an error.
 * An address with a name and a password sends them as Basic credentials to its own origin only.
 */
export type MirrorHttp = { ask(url: string, ask: Ask, signal: AbortSignal): Promise<Answer> }

/** A mirror is out; `cause` is raw text for the details. */
export class OutError extends Error {
  readonly reason: OutReason
  constructor(reason: OutReason, cause: string) {
    super(cause)
    this.name = 'OutError'
    this.reason = reason
  }
}

/** What one mirror says in the small check before anything large is read. */
export type Check = {
  /** Item (`golang.org/x/text@v0.14.0 zip`, `golang:1.27 manifest`) to what it says of it (a hash, a version). */
  says: Readonly<Record<string, string>>
  /** The date that it gives its content, ISO; null where it gives none. */
  date: string | null
  /** What to read for the rate: the real artefact. */
  bulk: Bulk
}

export type Bulk = {
  url: string
  headers: Readonly<Record<string, string>>
  /** Bytes of the whole body, where it is known. */
  size: number | null
  /**
   * To be called, after `judge`, with the body where the race has read all of it:
   * why it is wrong (`wrong-content`), or null. Absent where nothing is known to check it against.
   */
  whole?: (body: Uint8Array) => string | null
}

/** What a comparison of all checks comes to. */
export type Judgement = {
  /** Candidates that are out by content: id to why. */
  out: ReadonlyMap<string, { reason: OutReason; cause: string }>
  conflicts: readonly RaceConflict[]
  /** Those whose content was proved against an authority (checksum database, integrity, digest, signature). */
  safe: ReadonlySet<string>
  fresh: ReadonlyMap<string, 'fresh' | 'stale' | 'unknown'>
}

/** What the race has to know about one target. One file each in `mirrors/targets/`. */
export type Adapter = {
  target: TargetId
  /** What is fetched, as its tool would name it. */
  artefact: string
  /**
   * Small requests that prove that the mirror serves the artefact and find the address of its bytes.
   * Throws `OutError`; anything else is a bug.
   */
  check(candidate: Candidate, http: MirrorHttp, signal: AbortSignal): Promise<Check>
  /** Compares what all that passed have said; may ask an authority (the checksum database) through `http`. */
  judge(
    checks: ReadonlyMap<string, Check>,
    candidates: readonly Candidate[],
    http: MirrorHttp,
    signal: AbortSignal,
  ): Promise<Judgement>
}
