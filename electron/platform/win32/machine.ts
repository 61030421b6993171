import os from 'node:os'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { currentIdentity } from '../identity.ts'
import type { SystemFacts } from '../platform.ts'
import { environmentProxies } from '../proxies.ts'
import { nativePath } from './places.ts'

/** Builds from here on are Windows 11, whatever the registry's product name says (Microsoft, "Windows 11 release information"). */
const ELEVEN = 22_000

/** What Windows itself tells: version, account, whether an administrator let this process through, proxies. */
export async function windowsFacts(sys: Reader, places: Places, signal: AbortSignal): Promise<SystemFacts> {
  const { name } = currentIdentity()
  const kernel = os.release()
  const elevated = await sys.mayWriteEnv('system')
  signal.throwIfAborted()
  return {
    os: { platform: 'win32', name: windowsName(os.version(), kernel), version: kernel, arch: os.arch(), kernel },
    user: {
      name,
      uid: -1,
      gid: -1,
      home: nativePath(places.home),
      // What this means on a screen is "may change everything".
      root: elevated,
      behindSudo: null,
      groups: [],
    },
    proxies: environmentProxies(places.environment),
    permissions: {
      writeHome: (await sys.obstacle(places.home)) === null,
      writeSystem: elevated,
      elevation: elevated ? 'root' : 'uac',
    },
  }
}

/** `Windows 11 Pro`; Node takes the edition from the registry, which still says 10 there. */
export function windowsName(version: string, release: string): string {
  const build = Number(release.split('.')[2] ?? 0)
  const name = version === '' ? 'Windows' : version
  return build >= ELEVEN ? name.replace(/^Windows 10\b/, 'Windows 11') : name
}
