import type { Severity } from '../../electron/contract/doctor.ts'
import type { Lab } from '../lab/lab.ts'
import type { NpmRegistry } from '../lab/npm-registry.ts'
import type { PythonIndex } from '../lab/python-index.ts'

/** A machine that is well, in which one thing is broken: a home and a root of their own, real servers, an engine. */
export type Ground = {
  dir: string
  home: string
  root: string
  catalogue: string
  /** What every command gets: `--home`, `--root`, `--catalogue`; a fault may add to it or change it. */
  args: string[]
  /** The environment of the command line; a fault may add to it or change it. */
  env: Record<string, string>
  /** Programs in front of the command line, e.g. `faketime` or `nsenter` with their arguments. */
  wrap: string[]
  /** Unless the fault is `alone`, what would break its servers or its engine for others refuses. */
  lab: Lab
  /** The registry and the index that the home uses. */
  npm: NpmRegistry
  pip: PythonIndex
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
  /**
   * It breaks what all grounds share: the engine, its daemon.json, a server of the lab (`lab.goproxy.faults`). Then
   * nobody else is there, `root` is the lab's own, and all of that is put back afterwards. Every fault of the area
   * docker is.
   */
  alone?: boolean
  /** Codes that are not named while this fault is there, by its nature: a stopped engine hides its old mirrors. */
  hides?: readonly string[]
  /** It changes the machine as a whole (its clock, its network, its user): it is not planted together with others. */
  whole?: boolean
  /** A server that takes its time is what is broken: a check may run to its deadline. */
  stalls?: boolean
  /** What it plants. The folders below home and root exist for this fault alone. */
  plant(ground: Ground): Promise<void>
  /** Whether a repair is offered that mends it and is given back byte for byte. */
  repair: boolean
}
