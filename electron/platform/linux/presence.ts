import type { PresenceChange } from '../../contract/plan.ts'
import { CodedError, causeText, errno } from '../../core/errors.ts'
import type { Places } from '../../core/places.ts'
import { type Presence, presenceName } from '../../core/presence.ts'
import type { Reader } from '../../core/system.ts'
import { type Distribution, distributionOf, readRelease } from './distribution.ts'

type Argv = readonly [string, ...string[]]

/** Milliseconds. A package of a hundred megabytes on a slow line takes its time. */
const INSTALL_TIMEOUT = 30 * 60_000
const SERVICE_TIMEOUT = 120_000
/** Administrators' programs lie outside many users' PATH. */
const ADMIN_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
/** What a window that asks for the password needs to know. */
const SESSION = ['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS', 'LANG']
/** pkexec(1): 126, the window was closed; 127, no rights or no window. */
const REFUSED = [126, 127]

/** Packages, services and groups of this machine. Never of another root. */
export function linuxPresence(places: Places): Presence {
  const env = {
    PATH: ADMIN_PATH,
    LC_ALL: 'C.UTF-8',
    ...Object.fromEntries(SESSION.flatMap((name) => pairOf(name, places.environment[name]))),
  }
  const ask = async (sys: Reader, argv: Argv): Promise<{ code: number | null; stdout: string }> => {
    try {
      return await sys.query(argv, { env })
    } catch (error) {
      if (errno(error) === 'ENOENT') return { code: null, stdout: '' }
      throw error
    }
  }
  const has = async (sys: Reader, change: PresenceChange): Promise<boolean> => {
    switch (change.kind) {
      case 'package': {
        const distribution = await needDistribution(sys)
        const { code, stdout } = await ask(sys, distribution.installed(change.name))
        return distribution.says(code, stdout)
      }
      case 'service':
        return isRunning(sys, change.name, ask)
      case 'group':
        return (await membersOf(sys, change.name)).includes(change.user)
    }
  }
  return {
    has,
    possible: async (sys) => !places.otherRoot && (await elevation(sys, places)) !== null,
    async set(sys, change, present) {
      const prefix = places.otherRoot ? null : await elevation(sys, places)
      if (prefix === null) throw new CodedError('needs-admin', { path: presenceName(change) })
      const timeout = change.kind === 'package' ? INSTALL_TIMEOUT : SERVICE_TIMEOUT
      for (const { argv, optional } of await commandsFor(sys, change, present)) {
        const [program, ...rest] = [...prefix, ...argv]
        const { code, stdout, stderr } = await sys
          .run([program ?? '', ...rest], { env, timeout })
          .catch((error: unknown) => ({ code: null, stdout: '', stderr: causeText(error) }))
        if (code === 0 || optional) continue
        const said = stderr.trim() || stdout.trim().split('\n').slice(-5).join('\n')
        if (prefix.length > 0 && code !== null && REFUSED.includes(code))
          throw new CodedError('needs-admin', { path: presenceName(change) }, said)
        throw new CodedError('install-failed', { name: presenceName(change) }, said)
      }
    },
  }
}

const pairOf = (name: string, value: string | undefined): [string, string][] => (value ? [[name, value]] : [])

/** What stands before a command: nothing for root, pkexec where a window can ask; null: there is no way. */
async function elevation(sys: Reader, { environment }: Places): Promise<readonly string[] | null> {
  if (sys.identity.uid === 0) return []
  const windows = (environment['DISPLAY'] ?? '') !== '' || (environment['WAYLAND_DISPLAY'] ?? '') !== ''
  return windows && (await sys.lstat('/usr/bin/pkexec')) !== null ? ['/usr/bin/pkexec'] : null
}

async function needDistribution(sys: Reader): Promise<Distribution> {
  const distribution = distributionOf(await readRelease(sys, '/'))
  if (distribution === null) throw new CodedError('not-yet', { key: 'package' })
  return distribution
}

type Step = { argv: Argv; optional?: true }

async function commandsFor(sys: Reader, change: PresenceChange, present: boolean): Promise<readonly Step[]> {
  const { name } = change
  switch (change.kind) {
    case 'package': {
      const { refresh, install, remove } = await needDistribution(sys)
      // apt asks questions through debconf, which nobody could answer; pkexec cleans the environment.
      const quiet = (argv: Argv): Argv => ['env', 'DEBIAN_FRONTEND=noninteractive', ...argv]
      if (!present) return [{ argv: quiet(remove(name)) }]
      return [
        ...(refresh === null ? [] : [{ argv: quiet(refresh), optional: true as const }]),
        { argv: quiet(install(name)) },
      ]
    }
    case 'service':
      return [{ argv: await serviceCommand(sys, name, present, change.boot) }]
    case 'group':
      return [{ argv: present ? ['usermod', '-aG', name, change.user] : ['gpasswd', '-d', change.user, name] }]
  }
}

/** systemd, where it is the machine's first process. */
export const hasSystemd = async (sys: Reader): Promise<boolean> =>
  (await sys.lstat('/run/systemd/system'))?.kind === 'dir'

/** `boot`: also from now on, at each start. */
export async function serviceCommand(sys: Reader, name: string, present: boolean, boot: boolean): Promise<Argv> {
  if (!(await hasSystemd(sys))) return ['service', name, present ? 'start' : 'stop']
  if (boot) return ['systemctl', present ? 'enable' : 'disable', '--now', name]
  return ['systemctl', present ? 'start' : 'stop', name]
}

async function isRunning(
  sys: Reader,
  name: string,
  ask: (sys: Reader, argv: Argv) => Promise<{ code: number | null; stdout: string }>,
): Promise<boolean> {
  const argv: Argv = (await hasSystemd(sys)) ? ['systemctl', 'is-active', '--quiet', name] : ['service', name, 'status']
  return (await ask(sys, argv)).code === 0
}

/** The accounts that /etc/group lists for a group. */
export async function membersOf(sys: Reader, group: string): Promise<readonly string[]> {
  const text = await sys.readFile('/etc/group').then(
    (bytes) => new TextDecoder().decode(bytes),
    () => '',
  )
  for (const line of text.split('\n')) {
    const [name, , , members = ''] = line.split(':')
    if (name === group) return members.split(',').filter((member) => member !== '')
  }
  return []
}
