import type { Places } from '../../core/places.ts'
import type { ExecResult, Reader } from '../../core/system.ts'
import { PLAIN_PATH } from '../find-program.ts'
import { ownerOf } from '../shell/owner.ts'

type Options = {
  env?: Readonly<Record<string, string>>
  /** Milliseconds. */
  timeout: number
  signal: AbortSignal
}

/**
 * Asks a go by itself: without anybody's settings, in a folder without a go.mod, never to download another one.
 * It keeps counters and a cache in the home even when it is only asked (golang.org/x/telemetry), and a look must not
 * change anything: its home is one that is gone afterwards, and its answer says the real one. Whose go it may be that
 * is asked: for root in another one's home it runs as that one. Throws as `query`.
 */
export async function askGo(
  sys: Reader,
  places: Places,
  argv: readonly [string, ...string[]],
  { env = {}, timeout, signal }: Options,
): Promise<ExecResult> {
  const as = await ownerOf(sys, places)
  return sys.withScratch({}, async (home) => {
    // The counters are kept by a program of their own, which outlives the answer; it is not started without a folder.
    const own = { HOME: home, XDG_CONFIG_HOME: '/dev/null' }
    const all = { PATH: PLAIN_PATH, ...own, GOTOOLCHAIN: 'local', GOENV: 'off', ...env }
    const answer = await sys.query(argv, { env: all, cwd: '/', timeout, signal, ...as })
    return { ...answer, stdout: answer.stdout.replaceAll(home, places.home) }
  })
}
