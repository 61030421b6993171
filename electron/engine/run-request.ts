import type { Finding } from '../contract/note.ts'
import type { Places } from '../core/places.ts'
import type { System } from '../core/system.ts'
import type { Engine } from '../docker/engine.ts'
import { runInImage } from '../docker/run.ts'
import { forContainer } from './container-trust.ts'
import type { Streams } from '../docker/terminal.ts'

/** What `goready shell` and `goready run` ask for. */
export type RunRequest = {
  /** null: the image of the newest run. */
  image: string | null
  /** null: a shell. */
  argv: readonly [string, ...string[]] | null
  /** The folder to mount, absolute. */
  cwd: string
  /** A terminal is at both ends. */
  interactive: boolean
  streams: Streams
  warn(finding: Finding): void
}

/** Runs a request as the person who asked, with his Go settings. Answers the exit status. */
export async function runRequest(
  engine: Engine,
  image: string,
  request: RunRequest,
  goEnv: Readonly<Record<string, string>>,
  { sys, places }: { sys: System; places: Places },
  signal: AbortSignal,
): Promise<number> {
  const { uid, gid } = sys.identity
  const { home, environment } = places
  const own = await forContainer(sys, places, goEnv)
  const inside = { goEnv: { ...goEnv, ...own.env }, folders: own.mounts, environment, stdin: true }
  return runInImage(engine, { ...request, ...inside, image, uid, gid, home, signal })
}
