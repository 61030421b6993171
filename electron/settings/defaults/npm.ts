import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { findPrograms } from '../find-program.ts'
import { askQuietly, webAddress } from './ask.ts'

/**
 * npm's own default registry, told by npm with neither file nor variable of anybody: both files that it may read are
 * named where there are none (one name for both is refused: it reads no file twice). null: there is no npm.
 */
export async function npmDefault(sys: Reader, places: Places, signal: AbortSignal): Promise<string | null> {
  for (const npm of await findPrograms(sys, places, 'npm', [])) {
    const env = {
      npm_config_userconfig: '/dev/null/user',
      npm_config_globalconfig: '/dev/null/global',
      // Else a log of this question would stay in the user's cache. Nobody can make a folder below this name.
      npm_config_cache: '/dev/null/cache',
      npm_config_logs_max: '0',
      npm_config_update_notifier: 'false',
    }
    const answer = await askQuietly(sys, places, [npm, 'config', 'get', 'registry'], env, signal)
    const url = webAddress(answer)
    if (url !== null) return url
  }
  return null
}
