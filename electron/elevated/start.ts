import type { LineChannel } from '../core/elevation.ts'
import type { Places } from '../core/places.ts'
import { dockerState } from '../docker/state.ts'
import { openHandlers } from '../engine/handlers.ts'
import { openPlatform } from '../platform/index.ts'
import { lineChannel } from '../system/lines.ts'
import { realSystem } from '../system/real.ts'
import { joinRendezvous } from '../system/rendezvous.ts'
import { accountBehind } from '../platform/account.ts'
import { openPlaces } from '../platform/places.ts'
import { askingOf, withRightsBelow } from './home.ts'
import { helpersRecords } from './records.ts'
import { serve } from './serve.ts'

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
/** No file of any person's counts in what is planned for everybody. */
const NO_HOME = '/nonexistent'

/**
 * The helper with administrator rights: this program started by pkexec, sudo or root with no argument, or by macOS'
 * prompt, which passes no standard input on, with the address of its client and a secret. It reads one request, does
 * what it names and nothing else, and ends. Answers the exit status; 2 where it was started wrongly.
 */
export async function elevatedMain(argv: readonly string[]): Promise<number> {
  const [address, secret] = argv
  if (process.getuid === undefined && argv.length === 2 && address !== undefined && secret !== undefined)
    return (await import('./start-windows.ts')).elevatedOnWindows(address, secret)
  if (!isOurs(argv) || process.getuid?.() !== 0 || process.geteuid?.() !== 0) {
    process.stderr.write('goready: this part is started by GoReady itself, with administrator rights\n')
    return 2
  }
  const real = realSystem()
  const account = await accountBehind(process.env, real)
  // The person's environment ends here: it must not steer what runs with these rights.
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, {
    PATH,
    LC_ALL: 'C.UTF-8',
    HOME: NO_HOME,
    ...(account === null ? {} : { SUDO_USER: account }),
  })
  process.umask(0o022)
  process.chdir('/')
  const stop = new AbortController()
  // Ctrl-C goes to all of a terminal's programs: what has begun is given back, not cut off.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort())
  const platform = openPlatform({})
  const { places, presence } = platform
  const state = helpersRecords(places.platform)
  if (state === null) return 2
  const asking = await askingOf(account, places.platform, real)
  const sys = withRightsBelow(real, asking)
  const channel = await channelTo(argv)
  await serve({
    channel,
    sys,
    places,
    handlers: openHandlers(platform),
    presence,
    state,
    // Whoever was only lent the rights gives back what is his own.
    forgets: account === null,
    pid: process.pid,
    signal: stop.signal,
    async presences(signal) {
      const setup = await platform.dockerSetup(sys, await dockerState(sys, places, signal))
      return setup.kind === 'changes' ? setup.changes : []
    },
    doctor: {
      asking,
      async repairs(ids, signal) {
        // Most requests need none of the checks.
        const { openHelpersDoctor } = await import('./repairs.ts')
        const placesOf = (home: string): Places => openPlaces({ home })
        return openHelpersDoctor({ sys, places, asking, placesOf }).repairs(ids, signal)
      },
    },
  })
  channel.close()
  return 0
}

/** Nothing, or where the client listens and what it knows. */
const isOurs = ([address, secret, ...rest]: readonly string[]): boolean =>
  address === undefined ||
  (rest.length === 0 && address.startsWith('/') && secret !== undefined && /^[0-9a-f]{64}$/.test(secret))

const channelTo = async ([address, secret]: readonly string[]): Promise<LineChannel> =>
  address === undefined || secret === undefined
    ? lineChannel(process.stdin, process.stdout, () => process.stdin.destroy())
    : joinRendezvous(address, secret)
