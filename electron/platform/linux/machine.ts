import os from 'node:os'
import type { Machine } from '../../contract/machine.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { currentIdentity, type Identity } from '../identity.ts'
import type { SystemFacts } from '../platform.ts'
import { environmentProxies } from '../proxies.ts'
import { readRelease } from './distribution.ts'

/** What Linux itself tells: system, account, way to administrator rights, proxies of the environment. */
export async function linuxFacts(
  sys: Reader,
  places: Places,
  signal: AbortSignal,
  who: Identity = currentIdentity(),
): Promise<SystemFacts> {
  const release = await readRelease(sys, '/')
  const groups = await groupsOf(sys, who)
  signal.throwIfAborted()
  return {
    os: {
      platform: 'linux',
      name: release.get('NAME') ?? 'Linux',
      version: release.get('VERSION_ID') ?? '',
      arch: os.arch(),
      kernel: os.release(),
    },
    user: {
      ...who,
      home: places.home,
      root: who.uid === 0,
      behindSudo: who.uid === 0 ? (places.environment['SUDO_USER'] ?? null) : null,
      groups: [...groups],
    },
    proxies: environmentProxies(places.environment),
    permissions: {
      writeHome: (await sys.obstacle(places.home)) === null,
      writeSystem: (await sys.obstacle(places.docker.daemonJson.system)) === null,
      elevation: await elevation(sys, who, groups),
    },
  }
}

async function text(sys: Reader, path: string): Promise<string> {
  try {
    return new TextDecoder().decode(await sys.readFile(path))
  } catch {
    return ''
  }
}

/** The account's groups by name, from /etc/group and the primary gid. */
async function groupsOf(sys: Reader, who: Identity): Promise<readonly string[]> {
  return (await text(sys, '/etc/group')).split('\n').flatMap((line) => {
    const [name, , gid, members = ''] = line.split(':')
    if (name === undefined || name === '') return []
    return Number(gid) === who.gid || members.split(',').includes(who.name) ? [name] : []
  })
}

/** The groups that distributions let use sudo. */
const ADMIN_GROUPS = ['sudo', 'wheel', 'admin']

async function elevation(
  sys: Reader,
  who: Identity,
  groups: readonly string[],
): Promise<Machine['permissions']['elevation']> {
  if (who.uid === 0) return 'root'
  const has = async (program: string): Promise<boolean> =>
    (
      await Promise.all(
        ['/usr/bin', '/bin', '/usr/local/bin'].map((at) => sys.lstat(`${at}/${program}`).catch(() => null)),
      )
    ).some((stat) => stat !== null)
  if (groups.some((name) => ADMIN_GROUPS.includes(name)) && (await has('sudo'))) return 'sudo'
  return (await has('pkexec')) ? 'pkexec' : 'none'
}
