import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { findPrograms } from '../find-program.ts'
import { askQuietly, webAddress } from './ask.ts'

/** `--index-url` in the help of `pip download`, with the default behind it. */
const HELP = /--index-url\s+<url>[^<]*?\(default:?\s+([^\s)]+)\)/

/**
 * pip's own default index, out of its help: no command of it names the default as such. `/dev/null` as its file
 * makes it read no other (pip documents it so). null: there is no pip.
 */
export async function pipDefault(sys: Reader, places: Places, signal: AbortSignal): Promise<string | null> {
  // Wide enough that no address is broken in two.
  const env = { PIP_CONFIG_FILE: '/dev/null', PIP_DISABLE_PIP_VERSION_CHECK: '1', COLUMNS: '1000' }
  for (const command of await commands(sys, places)) {
    const help = await askQuietly(sys, places, [...command, 'download', '--help'], env, signal)
    const url = webAddress(HELP.exec(help)?.[1] ?? '')
    if (url !== null) return url
  }
  return null
}

async function commands(sys: Reader, places: Places): Promise<readonly (readonly [string, ...string[]])[]> {
  const pips = [...(await findPrograms(sys, places, 'pip3', [])), ...(await findPrograms(sys, places, 'pip', []))]
  const pythons = await findPrograms(sys, places, 'python3', [])
  return [...pips.map((path) => [path] as const), ...pythons.map((path) => [path, '-m', 'pip'] as const)]
}
