import os from 'node:os'
import type { Machine } from '../../contract/machine.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { currentIdentity, type Identity } from '../identity.ts'
import type { SystemFacts } from '../platform.ts'
import { environmentProxies } from '../proxies.ts'
import { systemProxies } from './system-proxies.ts'

/** What macOS itself tells: version, account, way to administrator rights, proxies of environment and network. */
export async function darwinFacts(
  sys: Reader,
  places: Places,
  signal: AbortSignal,
  who: Identity = currentIdentity(),
): Promise<SystemFacts> {
  const ask = async (argv: readonly [string, ...string[]]): Promise<string> => {
    const answer = await sys.query(argv, { env: { LC_ALL: 'C' }, timeout: 5000, signal }).catch(() => null)
    signal.throwIfAborted()
    return answer?.code === 0 ? answer.stdout.trim() : ''
  }
  const [name, version, names, proxies] = await Promise.all([
    ask(['/usr/bin/sw_vers', '-productName']),
    ask(['/usr/bin/sw_vers', '-productVersion']),
    ask(['/usr/bin/id', '-Gn']),
    ask(['/usr/sbin/scutil', '--proxy']),
  ])
  const groups = names === '' ? [] : names.split(' ')
  return {
    os: { platform: 'darwin', name: name || 'macOS', version, arch: os.arch(), kernel: os.release() },
    user: {
      ...who,
      home: places.home,
      root: who.uid === 0,
      behindSudo: who.uid === 0 ? (places.environment['SUDO_USER'] ?? null) : null,
      groups,
    },
    proxies: [...environmentProxies(places.environment), ...systemProxies(proxies)],
    permissions: {
      writeHome: (await sys.obstacle(places.home)) === null,
      writeSystem: places.system?.sh == null ? false : (await sys.obstacle(places.system.sh)) === null,
      elevation: elevation(who, groups),
    },
  }
}

/** Accounts of the group `admin` may use sudo and answer the system's prompt with their own password. */
function elevation(who: Identity, groups: readonly string[]): Machine['permissions']['elevation'] {
  if (who.uid === 0) return 'root'
  return groups.includes('admin') ? 'sudo' : 'none'
}
