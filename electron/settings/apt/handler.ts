import { setTimeout as sleep } from 'node:timers/promises'
import { CodedError } from '../../core/errors.ts'
import { NO_POLICY, type Policy } from '../../core/patience.ts'
import type { Places } from '../../core/places.ts'
import { redact } from '../../core/redact.ts'
import type { Handler } from '../../core/setting.ts'
import type { System } from '../../core/system.ts'
import {
  aptEnvironment,
  ask,
  complaints,
  findAptGet,
  FULL_TIMEOUT,
  limits,
  parseUpdate,
  updateCopy,
} from './apt-get.ts'
import { detectApt } from './detect.ts'
import { webUris } from './recognise.ts'

/** Milliseconds that an update may take while files are given back; it may be the network that was the trouble. */
const BACK_TIMEOUT = 30_000
/** Milliseconds to wait for another apt (unattended upgrades begin when a machine starts). */
const LOCK_WAIT = 60_000

/**
 * `apt-get update` for a file of sources that has changed, and for that file alone: what others' sources do is
 * not judged. On the way there a failure of the distribution's own archive throws `apt-update-failed`
 * {hosts, path}; on the way back nothing does. Under `--root` apt works on copies in a folder that goes away.
 */
export function aptHandler(places: Places, policy: Policy = NO_POLICY): Handler {
  return {
    id: 'apt-update',
    interim: () => Promise.resolve(null),
    async notice(sys, path, bytes, signal, way) {
      if (bytes === null || (places.otherRoot && way === 'back')) return
      const program = await findAptGet(sys, places)
      if (program === null) return
      const answer = places.otherRoot
        ? await updateCopy(sys, places, [{ path, bytes }], true, signal, policy)
        : await updateMachine(
            sys,
            places,
            { program, path, policy },
            way === 'back' ? BACK_TIMEOUT : FULL_TIMEOUT,
            signal,
          )
      if (way === 'back' || answer === null) return
      const uris = await ownUris(sys, places, path)
      const why = complaints(answer, uris)
      if (why.length === 0) return
      const hosts = [...new Set(uris.map((uri) => (URL.canParse(uri) ? new URL(uri).host : uri)))].join(' ')
      throw new CodedError('apt-update-failed', { hosts, path }, redact(why.join('\n')).slice(0, 2000))
    },
  }
}

/** With the machine's own lists and hooks, as an administrator would. Lists of other files stay. */
async function updateMachine(
  sys: System,
  places: Places,
  { program, path, policy }: { program: string; path: string; policy: Policy },
  timeout: number,
  signal: AbortSignal,
) {
  const only = [`Dir::Etc::sourcelist=${path}`, 'Dir::Etc::sourceparts=/dev/null', 'APT::Get::List-Cleanup=0']
  const argv = [program, 'update', ...[...limits(policy), ...only].flatMap((one) => ['-o', one])] as const
  const end = performance.now() + Math.min(LOCK_WAIT, timeout)
  const options = { env: aptEnvironment(places), cwd: '/', timeout, signal, session: true as const }
  for (;;) {
    const answer = await ask({ query: (...call) => sys.run(...call) }, [...argv], options)
    const locked = /Could not get lock|Unable to lock directory/.test(answer.stderr)
    if (!locked || performance.now() > end) return parseUpdate(answer)
    await sleep(1000, undefined, { signal })
  }
}

/** The addresses of the distribution's own archive in a file, as it stands now. */
async function ownUris(sys: System, places: Places, path: string): Promise<readonly string[]> {
  const { sources } = await detectApt(sys, places)
  const own = []
  for (const { file, entry, kind } of sources)
    if (kind === 'archive' && (await sys.resolve(file.path)) === path)
      own.push(...webUris(entry).map(({ text }) => text))
  return [...new Set(own)]
}
