import { dockerState } from '../docker/state.ts'
import { openHandlers } from '../engine/handlers.ts'
import { openPlatform } from '../platform/index.ts'
import { lineChannel } from '../system/lines.ts'
import { realSystem } from '../system/real.ts'
import { accountBehind } from '../platform/account.ts'
import { serve } from './serve.ts'

/** Where the helper keeps its records. Only root looks into it. */
const STATE = '/var/lib/goready'
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
/** No file of any person's counts in what is planned for everybody. */
const NO_HOME = '/nonexistent'

/**
 * The helper with administrator rights: this program started by pkexec, sudo or root with no argument. It reads one
 * request, does what it names and nothing else, and ends. Answers the exit status; 2 where it was started wrongly.
 */
export async function elevatedMain(argv: readonly string[]): Promise<number> {
  const [address, secret] = argv
  if (process.getuid === undefined && argv.length === 2 && address !== undefined && secret !== undefined)
    return (await import('./start-windows.ts')).elevatedOnWindows(address, secret)
  if (argv.length > 0 || process.getuid?.() !== 0 || process.geteuid?.() !== 0) {
    process.stderr.write('goready: this part is started by GoReady itself, with administrator rights\n')
    return 2
  }
  const sys = realSystem()
  const account = await accountBehind(process.env, sys)
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
  const channel = lineChannel(process.stdin, process.stdout, () => process.stdin.destroy())
  await serve({
    channel,
    sys,
    places,
    handlers: openHandlers(platform),
    presence,
    state: STATE,
    pid: process.pid,
    signal: stop.signal,
    async presences(signal) {
      const setup = await platform.dockerSetup(sys, await dockerState(sys, places, signal))
      return setup.kind === 'changes' ? setup.changes : []
    },
  })
  channel.close()
  return 0
}
