import type { DockerState } from '../../contract/machine.ts'
import type { Note } from '../../contract/note.ts'
import type { PresenceChange } from '../../contract/plan.ts'
import type { Places } from '../../core/places.ts'
import type { Brought, Presence } from '../../core/presence.ts'
import type { Reader } from '../../core/system.ts'
import { dockerGuide } from '../docker-guide.ts'
import type { DockerSetup } from '../platform.ts'
import { type Distribution, distributionOf, readRelease } from './distribution.ts'
import { hasSystemd, membersOf, serviceCommand } from './presence.ts'

/** The account that is to use Docker; null where root itself does. */
export type Account = string | null

/** The group that owns the engine's socket (moby/moby contrib/init/systemd/docker.socket). */
const GROUP = 'docker'
const SERVICE = 'docker'

/**
 * What brings this machine's own Docker from its state to running: its package, its service, the account in
 * its group, as far as they are missing. A guide where the distribution is unknown. Only reads.
 */
export async function linuxDockerSetup(
  sys: Reader,
  places: Places,
  presence: Presence,
  docker: DockerState,
  account: Account,
): Promise<DockerSetup> {
  if (isElsewhere(docker)) return byHand([note('elsewhere', { address: docker.endpoint })], [], false)
  if (docker.flavour === 'docker-desktop')
    return byHand([note('desktop.start')], ['systemctl --user start docker-desktop'], false)
  if (docker.flavour === 'rootless') return byHand([note('rootless.start')], ['systemctl --user start docker'], false)
  if (docker.flavour !== 'docker-engine' && docker.flavour !== 'unknown')
    return byHand([note('other.start', { flavour: docker.flavour })], [], false)

  const member = account === null || (!places.otherRoot && (await membersOf(sys, GROUP)).includes(account))
  if (docker.state === 'no-permission' && account !== null && member)
    return byHand([note('relogin')], [`newgrp ${GROUP}`], true)

  const changes: PresenceChange[] = []
  const refresh: string[] = []
  if (docker.state !== 'no-permission') {
    const unit = !places.otherRoot && (await hasService(sys))
    if (!unit) {
      const distribution = distributionOf(await releaseOf(sys, places))
      if (distribution === null) return dockerGuide('linux', '')
      changes.push(packageOf(distribution))
      if (distribution.refresh !== null) refresh.push(distribution.refresh.join(' '))
    }
    const boot = !unit || !(await startsByItself(sys))
    changes.push({
      kind: 'service',
      name: SERVICE,
      boot,
      ...absent,
      command: await serviceCommand(sys, SERVICE, true, boot),
    })
  }
  if (account !== null && !member)
    changes.push({ kind: 'group', name: GROUP, user: account, ...absent, command: ['usermod', '-aG', GROUP, account] })
  const missing: PresenceChange[] = []
  for (const change of changes) if (places.otherRoot || !(await presence.has(sys, change))) missing.push(change)
  if (missing.length === 0) return byHand([note('stuck', { address: docker.endpoint })], [], false)
  const sudo = sys.identity.uid === 0 ? '' : 'sudo '
  const steps: Note[] = []
  for (const change of missing)
    steps.push(presenceNote(change, places.otherRoot ? null : await presence.brings(sys, change)))
  return {
    kind: 'changes',
    changes: missing,
    steps,
    commands: [...refresh, ...missing.map((change) => change.command.join(' '))].map((line) => `${sudo}${line}`),
    relogin: missing.some(({ kind }) => kind === 'group'),
  }
}

/** The step that a change is to a person. `brought`: what comes with it. */
export function presenceNote(change: PresenceChange, brought: Brought | null): Note {
  const { kind, name } = change
  switch (kind) {
    case 'package': {
      const others = brought?.names.filter((one) => one !== name) ?? []
      if (others.length === 0) return { key: 'plan:presence.package', values: { name } }
      return { key: 'plan:presence.package-with', values: { name, count: others.length } }
    }
    case 'service':
      return { key: change.boot ? 'plan:presence.service-boot' : 'plan:presence.service', values: { name } }
    case 'group':
      return { key: 'plan:presence.group', values: { name, user: change.user } }
  }
}

const absent = { before: false, after: true, admin: true } as const
const note = (key: string, values?: Record<string, string>): Note => ({
  key: `docker-setup:${key}`,
  ...(values === undefined ? {} : { values }),
})
const byHand = (steps: readonly Note[], commands: readonly string[], relogin: boolean): DockerSetup => ({
  kind: 'changes',
  changes: [],
  steps,
  commands,
  relogin,
})

const packageOf = ({ docker, install }: Distribution): PresenceChange => ({
  kind: 'package',
  name: docker,
  ...absent,
  command: install(docker),
})

/** A Docker that DOCKER_HOST or a context puts on another machine is not for this one to install. */
const isElsewhere = ({ endpoint }: DockerState): boolean => /^(tcp|ssh|https?):/.test(endpoint)

const releaseOf = async (sys: Reader, { root }: Places): Promise<ReadonlyMap<string, string>> => {
  const own = await readRelease(sys, root)
  return own.size === 0 ? readRelease(sys, '/') : own
}

const UNITS = ['/etc/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system'].map(
  (folder) => `${folder}/${SERVICE}.service`,
)

/**
 * Whether there is a service to start: a docker client alone is no engine. A package that was removed leaves its
 * script behind, not to be run any more, and a unit that leads to /dev/null (deb-systemd-helper(1p)).
 */
async function hasService(sys: Reader): Promise<boolean> {
  if (!(await hasSystemd(sys))) {
    const script = await sys.lstat(`/etc/init.d/${SERVICE}`)
    return script !== null && (script.mode & 0o111) !== 0
  }
  for (const file of UNITS)
    if ((await sys.lstat(file)) !== null && (await sys.resolve(file)) !== '/dev/null') return true
  return false
}

async function startsByItself(sys: Reader): Promise<boolean> {
  if (!(await hasSystemd(sys))) return true
  const answer = await sys.query(['systemctl', 'is-enabled', SERVICE]).catch(() => null)
  return answer?.stdout.trim() === 'enabled'
}
