import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { findPrograms, PLAIN_PATH } from '../../settings/find-program.ts'

/** Milliseconds for the whole route; what came until then is told. */
const LIMIT = 2000
const LINES = 12

/** Programs that follow a route without an administrator's rights: few hops, no names, one try each. */
const PROGRAMS: readonly (readonly [name: string, ...argv: string[]])[] = [
  ['tracepath', '-n', '-m', '6'],
  ['traceroute', '-n', '-m', '6', '-q', '1', '-w', '1'],
  ['tracert', '-d', '-h', '4', '-w', '400'],
]

/** The way to an address as far as it answers, as evidence; empty where no program tells. Throws for the signal alone. */
export async function traceTo(
  sys: Reader,
  places: Places,
  address: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  for (const [name, ...flags] of PROGRAMS) {
    const [program] = await findPrograms(sys, places, name, [`/usr/bin/${name}`, `/usr/sbin/${name}`])
    if (program === undefined) continue
    const env = { PATH: PLAIN_PATH, LC_ALL: 'C' }
    const answer = await sys
      .query([program, ...flags, address], { env, cwd: '/', timeout: LIMIT, signal })
      .catch(() => null)
    signal.throwIfAborted()
    const lines = (answer?.stdout ?? '').split(/\r?\n/).map((line) => line.trim())
    return lines.filter((line) => /^\d+[:?]?\s/.test(line)).slice(0, LINES)
  }
  return []
}
