import type { DockerState } from '../../contract/machine.ts'
import type { Finding, Note } from '../../contract/note.ts'
import type { Edit, Target } from '../../contract/plan.ts'
import type { Profile } from '../../contract/profile.ts'
import { CodedError } from '../../core/errors.ts'
import type { Places } from '../../core/places.ts'
import type { Setting } from '../../core/setting.ts'
import type { Reader } from '../../core/system.ts'
import { mirrorHost } from '../../docker/direct.ts'
import { dockerState } from '../../docker/state.ts'
import { toBinary } from '../binary.ts'
import { readKeys, readOrNull } from '../read-keys.ts'
import { MIRRORS_KEY, sameMirrors } from './mirrors.ts'
import { daemonJsonFormat } from './text.ts'

export type DockerSettingState = {
  engine: DockerState
  /** The daemon.json that the engine reads. */
  path: string
  bytes: Uint8Array | null
  /** `--registry-mirror` on the daemon's own command line. */
  flags: readonly string[]
  /** Whether this process may write the file, and an engine of this system reads one. */
  writable: boolean
}
/**
 * The mirrors in the order in which they are asked; none = the official registry alone. `direct`: the file is
 * left alone, and images are pulled by the mirrors' own names.
 */
export type DockerChoice = { mirrors: readonly string[]; direct: boolean }

/** `registry-mirrors` in the daemon.json of the engine that runs. */
export const dockerSetting: Setting<DockerSettingState, DockerChoice> = {
  id: 'docker',
  detect: detectDocker,
  async choose(profile, state, probe, signal) {
    const wanted = profile.sources?.docker
    // Which way an image comes is no question where none is wanted.
    if (wanted === undefined && (profile.pull !== 'direct' || profile.image === undefined)) return null
    if (wanted !== undefined && wanted !== 'auto')
      return withWay(profile, state, wanted === 'official' ? [] : wanted, [])
    const { chosen, note } = await probe('docker', currentMirrors(state), signal)
    return withWay(profile, state, chosen, [note])
  },
  plan: planDocker,
  registries: ({ mirrors, direct }) => (direct ? mirrors : []),
  async verify(sys, places, choice, signal) {
    return [await verifyMirrors(sys, places, choice, signal)]
  },
}

/**
 * Which way images come: through the engine's own mirrors, or, where `pull` says so or a file that would have to
 * change is out of reach, by a mirror's own name, which needs no rights and no reload.
 */
function withWay(
  profile: Profile,
  state: DockerSettingState,
  mirrors: readonly string[],
  notes: readonly Note[],
): { choice: DockerChoice; notes: readonly Note[] } {
  const usable = mirrors.filter((mirror) => mirrorHost(mirror) !== null)
  const set = sameMirrors(currentMirrors(state), mirrors)
  const unable = profile.image !== undefined && !set && (!state.writable || !readsFile(state.engine))
  const asked = profile.pull === 'direct'
  const direct = usable.length > 0 && (asked || (profile.pull !== 'mirrors' && unable))
  if (!direct) return { choice: { mirrors, direct }, notes }
  const key = asked ? 'setting:docker.direct' : 'setting:docker.directBecause'
  const values = { mirrors: usable.join(' '), path: state.path }
  return { choice: { mirrors: usable, direct }, notes: [...notes, { key, values }] }
}

async function detectDocker(sys: Reader, places: Places, signal: AbortSignal): Promise<DockerSettingState> {
  const engine = await dockerState(sys, places, signal)
  const path = engine.configFile ?? places.docker.daemonJson.system
  const writable = ownFile(places) && (await sys.obstacle(path)) === null
  return { engine, path, bytes: await readOrNull(sys, path), flags: await mirrorFlags(sys, places), writable }
}

/** The mirrors that stand in the file; where it cannot be parsed, those of the engine. */
function currentMirrors({ bytes, engine }: DockerSettingState): readonly string[] {
  try {
    const value = daemonJsonFormat.read(bytes).get(MIRRORS_KEY)
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
  } catch {
    return engine.mirrors
  }
}

async function mirrorFlags(sys: Reader, places: Places): Promise<readonly string[]> {
  const own = await readOrNull(sys, places.docker.pidFile)
  const pid = own ?? (places.otherRoot ? await readOrNull(sys, `${places.root}/run/docker.pid`) : null)
  if (pid === null || !/^\d+\s*$/.test(toBinary(pid))) return []
  const line = await readOrNull(sys, `/proc/${toBinary(pid).trim()}/cmdline`)
  const args = line === null ? [] : toBinary(line).split('\0')
  if (!/(^|\/)dockerd(-rootless.*)?$/.test(args[0] ?? '')) return []
  return args.flatMap((arg, index) => {
    if (arg.startsWith('--registry-mirror=')) return [arg.slice('--registry-mirror='.length)]
    return arg === '--registry-mirror' ? [args[index + 1] ?? ''] : []
  })
}

function planDocker(state: DockerSettingState, { mirrors, direct }: DockerChoice, places: Places): readonly Edit[] {
  if (direct) return []
  const { engine, path, bytes } = state
  const before = readKeys(daemonJsonFormat, path, bytes).get(MIRRORS_KEY) ?? null
  const current = currentMirrors(state)
  if (sameMirrors(current, mirrors)) return []
  refuseUnreachableFile(engine, places)
  // The daemon stops on a key that is given both as a flag and in the file.
  if (mirrors.length > 0 && state.flags.length > 0)
    throw new CodedError(
      'docker-refused-config',
      { path, key: MIRRORS_KEY },
      `--registry-mirror ${state.flags.join(' ')}`,
    )
  const withPath = mirrors.find((mirror) => new URL(mirror).pathname !== '/')
  if (withPath !== undefined && isBefore24(engine.version))
    throw new CodedError('docker-mirror-path', { url: withPath, version: engine.version ?? '' })
  const target: Target = { kind: 'file', path, format: 'daemon-json', mode: 0o644, notify: ['docker-reload'] }
  return [{ target, owner: 'docker', key: MIRRORS_KEY, before, after: mirrors.length === 0 ? null : [...mirrors] }]
}

/** An engine in another machine, or one with a configuration of its own, does not read a daemon.json of ours. */
function refuseUnreachableFile(engine: DockerState, places: Places): void {
  if (engine.configFile === places.docker.daemonJson.system || engine.configFile === places.docker.daemonJson.rootless)
    return
  if (!readsFile(engine) || !ownFile(places))
    throw new CodedError('not-yet', { key: `sources.docker: ${isLocal(engine) ? engine.flavour : engine.endpoint}` })
}

/** Every engine of a Mac runs in a virtual machine of its own: whatever stands behind a socket, it reads none of ours. */
const ownFile = (places: Places): boolean => places.platform !== 'darwin'

const isLocal = ({ endpoint }: DockerState): boolean => /^(unix:|npipe:|$)/.test(endpoint)
const readsFile = (engine: DockerState): boolean =>
  isLocal(engine) && ['docker-engine', 'rootless', 'unknown'].includes(engine.flavour)

/** Paths in a mirror's address were refused through 23.0 (moby/moby registry/config.go). */
function isBefore24(version: string | null): boolean {
  const major = /^(\d+)\./.exec(version ?? '')?.[1]
  return major !== undefined && Number(major) < 24
}

async function verifyMirrors(sys: Reader, places: Places, choice: DockerChoice, signal: AbortSignal): Promise<Finding> {
  const { state, endpoint, mirrors } = await dockerState(sys, places, signal)
  if (choice.direct)
    return {
      id: 'docker.mirrors',
      severity: 'info',
      note: { key: 'setting:docker.untouched', values: { endpoint, mirrors: choice.mirrors.join(' ') } },
    }
  const list = (all: readonly string[]): string => all.join(' ')
  if (state !== 'running')
    return {
      id: 'docker.mirrors',
      severity: 'info',
      note: { key: 'setting:docker.notAsked', values: { endpoint, state } },
    }
  const values = { endpoint, mirrors: list(mirrors), wanted: list(choice.mirrors) }
  if (!sameMirrors(mirrors, choice.mirrors))
    // A warning: whatever we wrote was waited for by the handler. This is a daemon that nobody has reloaded.
    return { id: 'docker.mirrors', severity: 'warning', note: { key: 'setting:docker.differs', values } }
  const key = mirrors.length === 0 ? 'setting:docker.official' : 'setting:docker.effective'
  return { id: 'docker.mirrors', severity: 'ok', note: { key, values } }
}
