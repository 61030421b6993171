import type { DockerState } from '../../../contract/machine.ts'
import { folderOf, under } from '../../../core/paths.ts'
import type { Reader } from '../../../core/system.ts'
import { inVirtualMachine } from '../../../docker/flavour.ts'
import { socketExists } from '../../../docker/endpoint.ts'
import { decode, toBinary } from '../../../settings/binary.ts'
import { MIRRORS_KEY, mirrorsIn, normalized, sameMirrors } from '../../../settings/docker/mirrors.ts'
import { readOrNull } from '../../../settings/read-keys.ts'
import { type DoctorCheck, type DoctorContext, type Found, nothingFound, type Repair } from '../../check.ts'
import { reloads } from './daemon-json.ts'
import { lookAtEngine } from './engine-look.ts'
import { daemonOf, engineFile } from './engine-file.ts'
import { keysOf } from './flags.ts'

const SNAP = '/var/snap/docker/'
const SNAP_FILE = `${SNAP}current/config/daemon.json`

/** Whether the engine asks the mirrors that daemon.json names, and no others. */
export const dockerMirrorsCheck: DoctorCheck = {
  id: 'docker.mirrors',
  category: 'docker',
  deadline: 5000,
  codes: ['docker.mirrors-stale', 'docker.mirrors-not-loaded', 'docker.mirror-unused'],
  explains: ['docker-mirror', 'docker-rate-limit', 'docker-image-missing', 'docker-denied'],
  async check(context, signal) {
    const docker = await context.facts.docker()
    if (docker.state !== 'running') return nothingFound
    const found =
      (await readsAnother(docker, context, signal)) ??
      (await differs(docker, context, signal)) ??
      (await hidden(docker, context, signal))
    return found === null ? nothingFound : { found: [found] }
  },
}

/** Mirrors in a daemon.json that the engine in use does not read. */
async function readsAnother(docker: DockerState, context: DoctorContext, signal: AbortSignal): Promise<Found | null> {
  const { sys, places } = context
  const { expected, path, running } = await daemonOf(context, signal)
  const snap = running === null && ((await lookAtEngine(context, signal))?.root ?? '').startsWith(SNAP)
  const actual = snap ? SNAP_FILE : path
  const unread: string[] = []
  if (expected !== null && actual !== null && (await realOf(sys, expected)) !== (await realOf(sys, actual)))
    unread.push(expected)
  const { system } = places.docker.daemonJson
  // The system's own engine may read it, which only is not the one in use.
  if (expected !== system && isLocal(docker) && !places.otherRoot && !(await hasSystemEngine(context)))
    unread.push(system)
  for (const file of unread) {
    const mirrors = (await mirrorsOf(sys, file)) ?? []
    if (mirrors.length === 0 || docker.mirrors.length > 0) continue
    const values = { mirrors: mirrors.join(' '), actual: actual ?? docker.flavour }
    return {
      code: 'docker.mirror-unused',
      severity: 'warning',
      subject: file,
      values,
      evidence: [`docker info: ${docker.endpoint}`],
    }
  }
  return null
}

const isLocal = ({ endpoint, flavour }: DockerState): boolean =>
  endpoint.startsWith('unix:') && (flavour === 'rootless' || inVirtualMachine(flavour))

async function hasSystemEngine({ sys, places }: DoctorContext): Promise<boolean> {
  const own = places.docker.sockets.filter(({ flavour }) => flavour === 'docker-engine')
  const there = await Promise.all(own.map(({ address }) => socketExists(sys, address)))
  return own.length === 0 || there.includes(true)
}

/** Other mirrors in the engine than in its file: it has not read it since, or keeps what is gone. */
async function differs(docker: DockerState, context: DoctorContext, signal: AbortSignal): Promise<Found | null> {
  const { sys, places } = context
  const { path, running } = await daemonOf(context, signal)
  const file = await engineFile(context, signal)
  // A daemon whose command line is hidden may have its mirrors from there, or another file.
  if (path === null || (file?.fault ?? null) !== null) return null
  if (docker.flavour !== 'docker-desktop' && (running === null || keysOf(running.args).has(MIRRORS_KEY))) return null
  const wanted = await mirrorsOf(sys, path)
  if (wanted === null || sameMirrors(wanted, docker.mirrors)) return null
  const kept = normalized(docker.mirrors).filter((one) => !normalized(wanted).includes(one))
  const missing = normalized(wanted).filter((one) => !normalized(docker.mirrors).includes(one))
  const stale = missing.length === 0 && kept.length > 0
  if (stale && docker.flavour === 'docker-desktop') return null
  const system = path === places.docker.daemonJson.system
  const admin = system && (await sys.obstacle(path).catch(() => null)) !== null
  const notice: Repair = {
    kind: 'changes',
    changes: [{ kind: 'notice', path, handler: 'docker-reload', admin }],
    note: { key: 'doctor-docker:repair.reload', values: { path } },
    // A reload stops no container, but an engine of all accounts is not this one's alone.
    safe: !system,
  }
  return {
    code: stale ? 'docker.mirrors-stale' : 'docker.mirrors-not-loaded',
    severity: 'warning',
    subject: path,
    values: { mirrors: (stale ? kept : wanted).join(' ') },
    evidence: [`docker info: ${docker.mirrors.join(' ') || '-'}`, `${path}: ${wanted.join(' ') || '-'}`],
    repairs: reloads(docker.flavour) ? [notice] : [],
  }
}

/** With the containerd store, hosts of certs.d come before the mirrors of daemon.json (moby/moby daemon/hosts.go). */
async function hidden(docker: DockerState, context: DoctorContext, signal: AbortSignal): Promise<Found | null> {
  const { path } = await daemonOf(context, signal)
  if (!docker.containerdStore || docker.mirrors.length === 0 || path === null || docker.flavour === 'docker-desktop')
    return null
  const hosts = under(folderOf(path), 'certs.d', 'docker.io', 'hosts.toml')
  const bytes = await readOrNull(context.sys, hosts)
  const named = [...decode(toBinary(bytes ?? new Uint8Array())).matchAll(/^[ \t]*\[host\.["']([^"']+)["']\]/gm)]
  if (named.length === 0) return null
  const values = { mirrors: docker.mirrors.join(' '), actual: hosts }
  const evidence = named.map(([, host]) => `${hosts}: ${host}`)
  return { code: 'docker.mirror-unused', severity: 'warning', subject: path, values, evidence }
}

const realOf = (sys: Reader, path: string): Promise<string> => sys.resolve(path).catch(() => path)

/** What a file names; null where we cannot tell, e.g. with a key that stands twice. */
async function mirrorsOf(sys: Reader, path: string): Promise<readonly string[] | null> {
  try {
    return mirrorsIn(await readOrNull(sys, path)) ?? []
  } catch {
    return null
  }
}
