import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { PLAIN_PATH, programAt } from '../find-program.ts'
import { ownerOf } from './owner.ts'

/**
 * What graphical programs get after the next login: asked from the very program that systemd's user manager reads
 * environment.d with. null: it is not there, or it failed.
 */
export async function askEnvironmentD(
  sys: Reader,
  places: Places,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string> | null> {
  for (const path of places.environmentD?.readers ?? []) {
    if ((await programAt(sys, path)) === null) continue
    const env: Record<string, string> = { HOME: places.home, PATH: PLAIN_PATH, LANG: 'C.UTF-8' }
    const config = places.environment['XDG_CONFIG_HOME']
    if (config !== undefined) env['XDG_CONFIG_HOME'] = config
    const options = { env, cwd: '/', timeout: 5000, signal, ...(await ownerOf(sys, places)) }
    const answer = await sys.query([path], options).catch(() => null)
    signal.throwIfAborted()
    if (answer?.code === 0) return parse(answer.stdout)
  }
  return null
}

/** Lines `NAME=VALUE`; a value with special characters stands in double quotes, these behind a backslash. */
function parse(text: string): ReadonlyMap<string, string> {
  const entries = text.split('\n').flatMap((line): [string, string][] => {
    const at = line.indexOf('=')
    if (at <= 0) return []
    const value = line.slice(at + 1)
    const plain = value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value
    return [[line.slice(0, at), plain]]
  })
  return new Map(entries)
}
