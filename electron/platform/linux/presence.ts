import type { PresenceChange } from '../../contract/plan.ts'
import { CodedError, causeText, errno } from '../../core/errors.ts'
import type { Places } from '../../core/places.ts'
import { type Brought, type Presence, presenceName } from '../../core/presence.ts'
import type { Reader, System } from '../../core/system.ts'
import { type Ask, aptBrings, aptTakes, DOCKER_DATA, holdsDockerData } from './apt.ts'
import { type Distribution, distributionOf, readRelease } from './distribution.ts'

type Argv = readonly [string, ...string[]]

/** Milliseconds. A package of a hundred megabytes on a slow line takes its time. */
const INSTALL_TIMEOUT = 30 * 60_000
const SERVICE_TIMEOUT = 120_000
/** A simulation reads all lists of packages. */
const QUESTION_TIMEOUT = 60_000
/** Administrators' programs lie outside many users' PATH. */
const ADMIN_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Packages, services and groups of this machine, for root: an ordinary account's helper is root. Never of another root. */
export function linuxPresence(places: Places): Presence {
  const env = { PATH: ADMIN_PATH, LC_ALL: 'C.UTF-8' }
  const mayDo = (sys: Reader): boolean => !places.otherRoot && sys.identity.uid === 0
  const ask: Ask = async (sys, argv) => {
    try {
      return await sys.query(argv, { env, timeout: QUESTION_TIMEOUT })
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
  const perform = async (sys: System, change: PresenceChange, steps: readonly Step[]): Promise<void> => {
    if (!mayDo(sys)) throw new CodedError('needs-admin', { path: presenceName(change) })
    const timeout = change.kind === 'package' ? INSTALL_TIMEOUT : SERVICE_TIMEOUT
    for (const { argv, optional } of steps) {
      const { code, stdout, stderr } = await sys
        .run(argv, { env, timeout })
        .catch((error: unknown) => ({ code: null, stdout: '', stderr: causeText(error) }))
      if (code === 0) continue
      const own = change.kind === 'service' ? await lastWords(sys, change.name) : []
      const said = [stdout.trim().split('\n').slice(-5).join('\n'), stderr.trim(), ...own]
        .filter((text) => text !== '')
        .join('\n')
      if (!optional) throw new CodedError('install-failed', { name: presenceName(change) }, said)
    }
  }
  return {
    has,
    possible: (sys) => Promise.resolve(mayDo(sys)),
    async prepare(sys, change) {
      if (change.kind !== 'package') return
      const { refresh } = await needDistribution(sys)
      if (refresh !== null) await perform(sys, change, [{ argv: quiet(refresh), optional: true }])
    },
    async brings(sys, change) {
      const apt = change.kind === 'package' ? (await needDistribution(sys)).apt : null
      return apt === null ? null : aptBrings(sys, apt, change.name, ask)
    },
    async left(sys, change, brought) {
      const apt = change.kind === 'package' ? (await needDistribution(sys)).apt : null
      return apt === null ? has(sys, change) : (await aptTakes(sys, apt, change.name, brought, ask)).length > 0
    },
    async set(sys, change, present, brought) {
      if (change.kind !== 'package') {
        await perform(sys, change, await stepsFor(sys, change, present, ask))
        return []
      }
      const distribution = await needDistribution(sys)
      if (present) {
        await perform(sys, change, [{ argv: quiet(distribution.installQuietly(change.name)) }])
        return []
      }
      const kept: string[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const removal = await removalOf(sys, distribution, change.name, brought, ask)
        await perform(sys, change, removal.steps)
        kept.push(...removal.kept)
        if (removal.steps.length === 0 || distribution.apt === null) break
      }
      return kept
    },
  }
}

/** What was half there has to go before apt sees what that leaves behind. */
const ROUNDS = 3

/** apt asks questions through debconf, which nobody could answer. */
const quiet = (argv: Argv): Argv => ['env', 'DEBIAN_FRONTEND=noninteractive', ...argv]

type Step = { argv: Argv; optional?: true }

/**
 * How a package and what came with it go. Purged where its configuration came with it; but not with a person's
 * images, containers and volumes, which Debian's docker.io would take along.
 */
async function removalOf(
  sys: Reader,
  { apt, remove }: Distribution,
  name: string,
  brought: Brought | null,
  ask: Ask,
): Promise<{ steps: readonly Step[]; kept: readonly string[] }> {
  if (apt === null) return { steps: [{ argv: quiet(remove([name])) }], kept: [] }
  const takes = await aptTakes(sys, apt, name, brought, ask)
  if (takes.length === 0) return { steps: [], kept: [] }
  // A record of an earlier version does not say what came along.
  if (brought === null) return { steps: [{ argv: quiet(remove(takes)) }], kept: [] }
  const steps: Step[] = []
  if ((await ask(sys, apt.audit)).stdout.trim() !== '') steps.push({ argv: quiet(apt.repair), optional: true })
  const data = takes.includes(name) && (await holdsDockerData(sys))
  const stays = (one: string): boolean => brought.configured.includes(one) || (data && one === name)
  const plain = takes.filter(stays)
  const purged = takes.filter((one) => !stays(one))
  // First: what is removed because something else is purged would be purged with it.
  if (plain.length > 0) steps.push({ argv: quiet(remove(plain)) })
  if (purged.length > 0) steps.push({ argv: quiet(apt.purge(purged)) })
  return { steps, kept: data ? [DOCKER_DATA] : [] }
}

async function needDistribution(sys: Reader): Promise<Distribution> {
  const distribution = distributionOf(await readRelease(sys, '/'))
  if (distribution === null) throw new CodedError('not-yet', { key: 'package' })
  return distribution
}

async function stepsFor(
  sys: Reader,
  change: Exclude<PresenceChange, { kind: 'package' }>,
  present: boolean,
  ask: Ask,
): Promise<readonly Step[]> {
  const { name } = change
  if (change.kind === 'group')
    return [{ argv: present ? ['usermod', '-aG', name, change.user] : ['gpasswd', '-d', change.user, name] }]
  const steps: Step[] = [{ argv: await serviceCommand(sys, name, present, change.boot) }]
  // Its socket would start it again at the next question, also at our own.
  const socket = `${name}.socket`
  if (!present && (await hasSystemd(sys)) && (await ask(sys, ['systemctl', 'is-active', '--quiet', socket])).code === 0)
    steps.unshift({ argv: ['systemctl', 'stop', socket] })
  return steps
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

/** The last lines that a service has left in its log, as far as this user may read it. */
export async function lastWords(sys: Reader, name: string): Promise<readonly string[]> {
  const text = (await hasSystemd(sys))
    ? await sys.query(['journalctl', '--unit', name, '--lines', `${WORDS}`, '--no-pager', '--output', 'cat']).then(
        ({ code, stdout }) => (code === 0 ? stdout : ''),
        () => '',
      )
    : await sys.readFile(`/var/log/${name}.log`).then(
        (bytes) => new TextDecoder().decode(bytes.subarray(-MAX_WORDS)),
        () => '',
      )
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-WORDS)
}

/** Lines, and bytes, of a log that are worth showing. */
const WORDS = 8
const MAX_WORDS = 4096

async function isRunning(sys: Reader, name: string, ask: Ask): Promise<boolean> {
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
