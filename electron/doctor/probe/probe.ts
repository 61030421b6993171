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
