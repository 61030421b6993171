import type { DockerState, Machine } from '../contract/machine.ts'
import type { Note } from '../contract/note.ts'
import type { PresenceChange } from '../contract/plan.ts'
import type { Elevator } from '../core/elevation.ts'
import type { Places } from '../core/places.ts'
import type { Presence } from '../core/presence.ts'
import type { Handler } from '../core/setting.ts'
import type { Reader, System } from '../core/system.ts'
import type { Guide } from './docker-guide.ts'

/** What a system itself tells: its name, the account, the way to administrator rights, proxies. */
export type SystemFacts = Pick<Machine, 'os' | 'user' | 'proxies' | 'permissions'>

/** How Docker comes onto this machine: by a person's hand after a guide, or by changes of ours. */
export type DockerSetup =
  | Guide
  | {
      kind: 'changes'
      changes: readonly PresenceChange[]
      steps: readonly Note[]
      commands: readonly string[]
      relogin: boolean
    }

type Argv = readonly [string, ...string[]]

/** Starts a program that outlives us; false when it ends with an error at once, or cannot be started. */
export type StartProgram = (
  argv: Argv,
  options: { cwd: string; env: Readonly<Record<string, string>> },
) => Promise<boolean>

/** One system: its paths and what it does its own way. Each folder of `platform/` makes one. */
export type Platform = {
  places: Places
  /** What has to be told of changes on this system alone. */
  handlers: readonly Handler[]
  /** Facts about system, account, rights and proxies. */
  facts(sys: Reader, signal: AbortSignal): Promise<SystemFacts>
  /** Reloads the daemon that reads `configFile`. Throws `docker-reload-failed` or `needs-admin`. */
  reloadDocker(sys: System, configFile: string, signal: AbortSignal): Promise<void>
  /** Packages, services, groups. */
  presence: Presence
  /** How a helper gets administrator rights. */
  elevator: Elevator
  /** What brings a Docker that does not run. Only reads. */
  dockerSetup(sys: Reader, docker: DockerState): Promise<DockerSetup>
  /** The last lines of the log of this machine's own Docker service. */
  dockerLog(sys: Reader): Promise<readonly string[]>
  /** Opens a terminal in the person's home that runs `argv`; false where none is found. */
  openTerminal(sys: System, argv: Argv, start: StartProgram): Promise<boolean>
}
