import { checkUrl } from '../../contract/grammar.ts'
import { folderOf } from '../../core/paths.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { PLAIN_PATH } from '../find-program.ts'
import { ownerOf } from '../shell/owner.ts'

/** Milliseconds. A package manager that is read from a slow disk for the first time takes its time. */
const TIMEOUT = 10_000

/**
 * What a program prints, asked in `/` and in an environment without any setting of the user. Its own folder comes
 * first in PATH: what it is written in lies beside it. Empty when it fails. Throws for the signal alone.
 */
export async function askQuietly(
  sys: Reader,
  places: Places,
  argv: readonly [string, ...string[]],
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string> {
  const path = `${folderOf(argv[0])}:${places.environment['PATH'] ?? PLAIN_PATH}`
  const env = { PATH: path, HOME: places.home, LC_ALL: 'C.UTF-8', ...variables }
  const as = await ownerOf(sys, places)
  const answer = await sys.query(argv, { env, cwd: '/', timeout: TIMEOUT, signal, ...as }).catch(() => null)
  signal.throwIfAborted()
  return answer?.code === 0 ? answer.stdout : ''
}

/** The address that a text consists of, without spaces around it; null where it is none. */
export function webAddress(text: string): string | null {
  const address = text.trim()
  return checkUrl(address) === null ? address : null
}
