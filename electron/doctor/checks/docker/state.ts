import type { DockerState } from '../../../contract/machine.ts'
import { under } from '../../../core/paths.ts'
import { socketPath } from '../../../docker/endpoint.ts'
import { readOrNull } from '../../../settings/read-keys.ts'
import {
  type Checked,
  type DoctorCheck,
  type DoctorContext,
  type Found,
  nothingFound,
  type Repair,
} from '../../check.ts'
import { brokenConfig } from './client-config.ts'
import { wrongContext } from './context.ts'
import { engineFile } from './engine-file.ts'

const help: Repair = { kind: 'docker-help', note: { key: 'doctor-docker:repair.help' }, safe: false }

/** Whether there is an engine that this account can use. */
export const dockerStateCheck: DoctorCheck = {
  id: 'docker.state',
  category: 'docker',
  deadline: 5000,
  codes: [
    ...['docker.not-installed', 'docker.not-running', 'docker.no-permission', 'docker.relogin', 'docker.unreachable'],
  ],
  explains: ['docker-not-running', 'docker-permission', 'command-missing'],
  async check(context, signal) {
    const docker = await context.facts.docker()
    if (docker.state === 'running') return { found: [], facts: [engineFact(docker)] }
    // What another check names as the reason is not told of twice.
    if ((await wrongContext(context, signal)) !== null) return nothingFound
    const found = await foundIn(docker, context, signal)
    return found === null ? nothingFound : { found: [found] }
  },
}

function engineFact({ flavour, version, endpoint }: DockerState): NonNullable<Checked['facts']>[number] {
  return { key: 'doctor-docker:fact.engine', values: { flavour, version: version ?? '?', endpoint } }
}

async function foundIn(docker: DockerState, context: DoctorContext, signal: AbortSignal): Promise<Found | null> {
  const { state, endpoint, cause } = docker
  const subject = endpoint === '' ? 'Docker' : endpoint
  const common = { severity: 'error' as const, subject, evidence: cause === null ? [] : [cause] }
  switch (state) {
    case 'running':
      return null
    case 'not-installed': {
      // Whoever has a Go of their own can work without the image.
      const { installed } = await context.facts.go()
      const severity = installed.length === 0 ? 'error' : 'warning'
      return { ...common, code: 'docker.not-installed', severity, subject: 'Docker', repairs: [help] }
    }
    case 'not-running':
      // A closed port elsewhere does not tell that Docker is there at all.
      if (!/^(unix|npipe):/.test(endpoint)) return { ...common, code: 'docker.unreachable' }
      if (((await engineFile(context, signal))?.fault ?? null) !== null) return null
      return { ...common, code: 'docker.not-running', repairs: [help] }
    case 'no-permission': {
      const group = await memberOf(docker, context)
      if (group === null) return { ...common, code: 'docker.no-permission', repairs: [help] }
      return { ...common, code: 'docker.relogin', values: { group } }
    }
    case 'unreachable':
      // The library cannot use ssh's own keys and files, so its failure says nothing about the person's.
      if (endpoint.startsWith('ssh:') || (await brokenConfig(context, signal)) !== null) return null
      return { ...common, code: 'docker.unreachable' }
  }
}

/** The group of the engine's socket, where this account is in it since the last login; null: it is not. */
async function memberOf({ endpoint }: DockerState, { sys, places }: DoctorContext): Promise<string | null> {
  const path = endpoint.startsWith('unix:') ? socketPath(endpoint) : null
  if (places.platform !== 'linux' || path === null) return null
  const socket = await sys
    .resolve(path)
    .then(sys.lstat)
    .catch(() => null)
  if (socket === null || (socket.mode & 0o060) !== 0o060) return null
  const rows = async (file: string): Promise<readonly (readonly string[])[]> => {
    const bytes = await readOrNull(sys, under(places.root, 'etc', file))
    return new TextDecoder()
      .decode(bytes ?? new Uint8Array())
      .split('\n')
      .map((line) => line.split(':'))
  }
  const account = (await rows('passwd')).find(([, , uid]) => uid === String(sys.identity.uid))?.[0]
  const group = (await rows('group')).find(([, , gid]) => gid === String(socket.gid))
  if (account === undefined || group === undefined) return null
  const members = (group[3] ?? '').split(',').map((name) => name.trim())
  return members.includes(account) ? (group[0] ?? null) : null
}
