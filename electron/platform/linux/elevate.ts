import type { Elevator, HelperEnd, Refusal, Way } from '../../core/elevation.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'

const PKEXEC = '/usr/bin/pkexec'
const SUDO = '/usr/bin/sudo'
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
/** What a window that asks for the password needs to know, and what sudo asks with. */
const SESSION = ['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS', 'TERM']

/**
 * Rights on Linux. Root needs no way. pkexec where the desktop has a screen on which its agent can ask; sudo at a
 * terminal, which asks there, past our standard input; sudo without one where it needs no password; at last pkexec at
 * a terminal, which then asks there itself.
 */
export function linuxElevator({ environment }: Pick<Places, 'environment'>): Elevator {
  const kept = SESSION.flatMap((name): [string, string][] => {
    const value = environment[name] ?? ''
    return value === '' ? [] : [[name, value]]
  })
  // Messages in English: what they say is looked at.
  const env = { PATH, LC_ALL: 'C.UTF-8', ...Object.fromEntries(kept) }
  const screen = (environment['DISPLAY'] ?? '') !== '' || (environment['WAYLAND_DISPLAY'] ?? '') !== ''
  const direct = rootWay(env)
  const polkit: Way = {
    name: 'pkexec',
    channel: 'stdio',
    env,
    argv: (helper) => [PKEXEC, ...helper],
    refusal: pkexecRefusal,
  }
  const sudo = (...options: readonly string[]): Way => ({
    name: 'sudo',
    channel: 'stdio',
    env,
    argv: (helper) => [SUDO, ...options, '--', ...helper],
    refusal: sudoRefusal,
  })
  return {
    async ways(sys, terminal) {
      if (sys.identity.uid === 0) return [direct]
      const [hasPkexec, hasSudo] = await Promise.all([isThere(sys, PKEXEC), isThere(sys, SUDO)])
      const ways: Way[] = []
      if (screen && hasPkexec) ways.push(polkit)
      if (hasSudo && terminal) ways.push(sudo())
      if (hasSudo && !terminal && (await needsNoPassword(sys, env))) ways.push(sudo('-n'))
      if (!screen && terminal && hasPkexec) ways.push(polkit)
      return ways
    },
  }
}

/** Root starts the helper as it is. */
export const rootWay = (env: Way['env']): Way => ({
  name: 'root',
  channel: 'stdio',
  env,
  argv: (helper) => helper,
  refusal: () => null,
})

const isThere = async (sys: Reader, path: string): Promise<boolean> =>
  (await sys.lstat(path).catch(() => null))?.kind === 'file'

async function needsNoPassword(sys: Reader, env: Readonly<Record<string, string>>): Promise<boolean> {
  const answer = await sys.query([SUDO, '-n', '--', 'true'], { env, cwd: '/' }).catch(() => null)
  return answer?.code === 0
}

/**
 * pkexec(1): 126, the person has closed the window; 127, no rights, a wrong password, or nobody who could ask. It ends
 * with the helper's own status else.
 */
function pkexecRefusal({ code, stderr }: HelperEnd): Refusal | null {
  if (code === null) return 'unavailable'
  if (code === 126) return 'cancelled'
  if (code !== 127) return null
  return /authentication agent|error getting authority|could not connect|setuid root/i.test(stderr)
    ? 'unavailable'
    : 'refused'
}

/** sudo(8): 1 where the password is wrong or the account may not; what it says tells it from the helper's own end. */
export function sudoRefusal({ code, stderr }: HelperEnd): Refusal | null {
  if (code === null) return 'unavailable'
  if (code !== 1) return null
  if (/a (terminal|password) is required|unable to open.*tty|effective uid is not 0/i.test(stderr)) return 'unavailable'
  return /^sudo: |is not in the sudoers file|may not run|sorry/im.test(stderr) ? 'refused' : null
}
