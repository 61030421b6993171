import { randomUUID } from 'node:crypto'
import type { ShellId } from '../../contract/profile.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { programAt } from '../find-program.ts'
import type { Given, Start } from './startup.ts'

const TIMEOUT = 10_000

/**
 * What a shell of this user exports when a terminal starts it with what a session gives: its own files are run by it,
 * as they are with every new terminal. null: it gave no answer. Root runs nothing that stands in another user's files.
 */
export async function askFresh(
  sys: Reader,
  places: Places,
  shell: { id: ShellId; path: string },
  start: Start,
  given: readonly Given[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string> | null> {
  const known = given.flatMap(({ name, value }): [string, string][] => (value === null ? [] : [[name, value]]))
  // A question leaves no trace: fish would make its data folder, the others might keep a history.
  const quiet = { XDG_DATA_HOME: '/dev/null', XDG_CACHE_HOME: '/dev/null', HISTFILE: '/dev/null' }
  const env = { ...Object.fromEntries(known), HOME: places.home, SHELL: shell.path, ...quiet }
  const owner = await sys.lstat(places.home)
  if (owner === null) return null
  // fish makes its configuration folder at its first start; without one there is nothing of the user's to read.
  const config = places.shells.fish.files.at(-1)
  if (
    shell.id === 'fish' &&
    config !== undefined &&
    (await sys.lstat(config.slice(0, config.lastIndexOf('/')))) === null
  )
    return null
  const as = sys.identity.uid === 0 && owner.uid !== 0 ? { as: { uid: owner.uid, gid: owner.gid } } : {}
  const program = (await programAt(sys, '/usr/bin/env')) === null ? '/bin/env' : '/usr/bin/env'
  const mark = `GOREADY_MARK=${randomUUID()}`
  const question = `${program} -i -0 ${mark}; ${program} -0`
  const csh = shell.id === 'csh' || shell.id === 'tcsh'
  const flags = csh
    ? start === 'login'
      ? ['-l']
      : ['-i']
    : [...(start === 'login' ? ['-l', '-i'] : ['-i']), '-c', question]
  const options = {
    env,
    cwd: places.home,
    timeout: TIMEOUT,
    signal,
    session: true as const,
    ...as,
    ...(csh ? { input: `${question}\n` } : {}),
  }
  const answer = await sys.query([shell.path, ...flags], options).catch(() => null)
  signal.throwIfAborted()
  // The first one: after `set -a` dash exports its last argument, which is the mark, among the others.
  const at = answer?.stdout.indexOf(`${mark}\0`) ?? -1
  if (answer === null || at < 0) return null
  const entries = answer.stdout
    .slice(at + mark.length + 1)
    .split('\0')
    .slice(0, -1)
  return new Map(entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]))
}
