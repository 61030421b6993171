import type { X509Certificate } from 'node:crypto'
import type { Rung } from '../../contract/doctor.ts'
import type { TargetId } from '../../contract/mirror.ts'

/** An address that a tool of this machine really asks. */
export type Endpoint = {
  target: TargetId
  /** As it is written. */
  url: string
  /** `FILE:LINE`, `environment`, the engine; `default`: the tool's own, that nobody set. */
  from: string
  byDefault: boolean
  /**
   * What it serves: a scope's packages may be few, the checksum database is no source; `private`: a host of private
   * modules, of which only the way through a proxy is looked at.
   */
  role: 'source' | 'scope' | 'checksums' | 'private'
  /** A name and password belong to it, here or in a file of the tool; they are not sent. */
  login: boolean
  turn: Turn
  /** apt: the first suite that is fetched from there. */
  suite?: string
}

/** Where it stands among the addresses that the tool asks one after the other. */
export type Turn = {
  /** All of the setting, as it is written; those of one list stand in for each other. */
  list: string
  /** From 0. */
  at: number
  /** When the tool goes on to the next: at any failure, only where this one does not hold what is asked, never. */
  passes: 'always' | 'not-found' | 'never'
  /** Behind the list the tool goes to the sources themselves (`direct`, Docker Hub). */
  beyond: boolean
}

/** What a TLS server showed, whether it is believed or not. */
export type TlsSeen = {
  /** `HOST:PORT` that was asked, and the name that it had to answer for. */
  peer: string
  name: string
  /** As it was sent, the server's own certificate first. */
  sent: readonly X509Certificate[]
  protocol: string | null
  cipher: string | null
  /** Whether the tools' own authorities believe it; `code`: what Node said where they do not. */
  trusted: boolean
  code: string | null
  /** It speaks TLS 1.0 or 1.1 alone, or with a key that Node refuses; nothing else of it can be used. */
  outdated: boolean
  /** What its authority says of it in the answer that the server brings along (OCSP stapling); null: it brings none. */
  staple: 'good' | 'revoked' | 'unknown' | null
}

/** Why a rung is broken: the rest of the finding's code, its values, raw facts. */
export type Broken = {
  rung: Rung['rung']
  reason: string
  values: Readonly<Record<string, string | number>>
  evidence: readonly string[]
}

/** The way to one endpoint as far as it could be gone. Rungs behind the first broken one are not reached. */
export type Probe = {
  endpoint: Endpoint
  ladder: readonly Rung[]
  /** null: all the way is well. */
  broken: Broken | null
  tls: TlsSeen | null
  /** The server's clock by its own `Date`, and ours at that moment, in milliseconds; null where it said none. */
  clock: { theirs: number; ours: number } | null
}
