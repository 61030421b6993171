import type { Severity } from '../../electron/contract/doctor.ts'
import type { Lab } from '../lab/lab.ts'

/** A machine that is well, in which one thing is broken: a home and a root of their own, real servers, an engine. */
export type Ground = {
  dir: string
  home: string
  root: string
  catalogue: string
  /** The environment of the command line; a fault may add to it or change it. */
  env: Record<string, string>
  /** Programs in front of the command line, e.g. `faketime` or `nsenter` with their arguments. */
  wrap: string[]
  lab: Lab
  /** What has to be taken back besides the home and the root; runs in reverse when the fault is over. */
  after(work: () => Promise<void>): void
}

/** One thing that can be broken, how to break it, and what a check-up has to say of it. */
export type Fault = {
  /** Unique, e.g. `goenv with a BOM`. */
  name: string
  code: string
  severity: Severity
  /** Other codes that may be named beside it, never graver than it. */
  beside?: readonly string[]
  /** What it plants. The folders below home and root exist for this fault alone. */
  plant(ground: Ground): Promise<void>
  /** Whether a repair is offered that mends it and is given back byte for byte. */
  repair: boolean
}
