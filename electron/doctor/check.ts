import type { Category, CertificateView, Rung, Severity } from '../contract/doctor.ts'
import type { Note } from '../contract/note.ts'
import type { Change, Edit } from '../contract/plan.ts'
import type { Profile } from '../contract/profile.ts'
import type { Places } from '../core/places.ts'
import type { Reader } from '../core/system.ts'
import type { MirrorClient } from '../mirrors/http/client.ts'
import type { MirrorCatalogue } from '../mirrors/catalogue.ts'
import type { Facts } from './facts.ts'

/** Who is asked besides the machine itself. Comes from `assets/witnesses.json`, or from `--catalogue`. */
export type Witnesses = {
  /** Name servers beside the system's own, `ADDRESS` or `ADDRESS:PORT`. */
  resolvers: readonly string[]
}

/** What every check gets. It can only read: `sys` has no writing call. */
export type DoctorContext = {
  sys: Reader
  places: Places
  /** What several checks want to know, asked once for all of them. */
  facts: Facts
  mirrors: MirrorCatalogue
  witnesses: Witnesses
  /** A client that goes the way the tools go: proxies, authorities. `timeout` in milliseconds. The check closes it. */
  http(timeout: number): Promise<MirrorClient>
  /** Certificates that are trusted here, PEM; null: those that Node brings. */
  authorities(): Promise<readonly string[] | null>
  /** Whether an earlier run of this program still stands on this machine. */
  setUp: boolean
  /** Milliseconds of this machine's clock. */
  now(): number
}

/** How a finding goes away: as edits, as a profile (settled, planned and verified as in the wizard), as whole changes. */
export type Repair = {
  /** `doctor-CATEGORY:…`: what it does, as the label of a button. */
  note: Note
  /** See `repairViewSchema`. */
  safe: boolean
} & (
  | { kind: 'edits'; edits: readonly Edit[] }
  | { kind: 'profile'; profile: Profile }
  | { kind: 'changes'; changes: readonly Change[] }
  | { kind: 'docker-help' }
)

/** What is wrong, as data. The sentences are `doctor-CATEGORY:REST.what|why|todo` of `code` = `CATEGORY.REST`. */
export type Found = {
  code: string
  severity: Severity
  /** Whom it is about (a host, a path, a variable); with the code it names the finding. */
  subject: string
  values?: Readonly<Record<string, string | number>>
  /** Raw facts; they are redacted before anybody sees them. */
  evidence?: readonly string[]
  ladder?: readonly Rung[]
  chain?: readonly CertificateView[]
  repairs?: readonly Repair[]
}

export type Checked = {
  found: readonly Found[]
  facts?: readonly Note[]
  offers?: readonly Repair[]
}

/** One check. It reads, asks and answers before its deadline; what it cannot find out it does not claim. */
export type DoctorCheck = {
  /** `CATEGORY.NAME` */
  id: string
  category: Category
  /** Milliseconds; the signal aborts then. */
  deadline: number
  /** Every code that it may answer. */
  codes: readonly string[]
  /** Causes of `doctor/explain` for which it is worth running. */
  explains: readonly string[]
  /** Whether it has anything to do with this machine. Default: yes. */
  applies?(context: DoctorContext, signal: AbortSignal): Promise<boolean>
  check(context: DoctorContext, signal: AbortSignal): Promise<Checked>
}

export const nothingFound: Checked = { found: [] }
