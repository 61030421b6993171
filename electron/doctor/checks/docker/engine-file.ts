import type { DockerState } from '../../../contract/machine.ts'
import type { Value } from '../../../contract/plan.ts'
import { under } from '../../../core/paths.ts'
import type { Places } from '../../../core/places.ts'
import type { Reader } from '../../../core/system.ts'
import { toBinary } from '../../../settings/binary.ts'
import { MIRRORS_KEY } from '../../../settings/docker/mirrors.ts'
import { daemonJsonFormat } from '../../../settings/docker/text.ts'
import { findPrograms } from '../../../settings/find-program.ts'
import { readOrNull } from '../../../settings/read-keys.ts'
import type { DoctorContext } from '../../check.ts'
import { badMirror, type BadMirror, wrongKind, type WrongKind } from './daemon-keys.ts'
import { type CommandLine, keysOf, optionOf, runningDaemon, serviceDaemon } from './flags.ts'
import { type Mending, mendJson } from './json-mend.ts'
import { perLook } from './memo.ts'

/** What keeps the daemon from starting with its file. `doubled`: a key that its command line gives, too. */
export type FileFault =
  | ({ kind: 'form' } & Mending)
  | ({ kind: 'value' } & WrongKind)
  | ({ kind: 'mirror' } & BadMirror)
  | { kind: 'doubled'; key: string; option: string; from: string }
  /** What dockerd itself says of it. */
  | { kind: 'refused'; cause: string }

/** The daemon.json that the engine in use reads, or would read. */
export type EngineFile = {
  path: string
  bytes: Uint8Array
  /** What stands in it; empty where it does not parse. */
  keys: ReadonlyMap<string, Value>
  fault: FileFault | null
}

/** How the engine's daemon was started, or would be. */
export type Daemon = {
  running: CommandLine | null
  service: CommandLine | null
  /** The daemon.json that we think it reads; null: none that we know. */
  expected: string | null
  /** The one that it really reads, with its links followed. */
  path: string | null
}

export const daemonOf = perLook(async ({ sys, places, facts }): Promise<Daemon> => {
  const docker = await facts.docker()
  const { state, configFile: expected, flavour } = docker
  if (expected === null || state === 'not-installed')
    return { running: null, service: null, expected: null, path: null }
  const own = flavour === 'docker-engine' || flavour === 'unknown'
  const running = state === 'running' ? await runningDaemon(sys, pidFiles(places, docker)) : null
  const service = own && places.platform === 'linux' ? await serviceDaemon(sys, places) : null
  const named = optionOf((running ?? service)?.args ?? [], 'config-file')
  return { running, service, expected, path: named ?? expected }
})

/** The file of the engine in use and what is wrong with it; null: there is none, or none that can be read. */
export const engineFile = perLook(async (context, signal): Promise<EngineFile | null> => {
  const { sys, places, facts } = context
  const { path, running, service } = await daemonOf(context, signal)
  const bytes = path === null ? null : await readOrNull(sys, path)
  if (path === null || bytes === null) return null
  const text = toBinary(bytes)
  const { version, state } = await facts.docker()
  const strict = { bom: true, empty: true, after: false }
  let form = mendJson(text, strict)
  // Only what versions differ in needs the version, and asking a program for it takes its time.
  if (form !== null || text.startsWith('\u00ef\u00bb\u00bf') || text.trim() === '') {
    const major =
      majorOf(version) ?? (state === 'running' ? null : majorOf(await installedVersion(sys, places, signal)))
    const before23 = major !== null && major < 23
    form = mendJson(text, { bom: !before23, empty: !before23, after: before23 })
  }
  if (form !== null) {
    const refused = form.mended !== null && valueFault(keysIn(Buffer.from(form.mended, 'latin1')), false) !== null
    return { path, bytes, keys: new Map(), fault: { kind: 'form', ...form, mended: refused ? null : form.mended } }
  }
  const keys = keysIn(bytes)
  const major = majorOf(version)
  const fault = valueFault(keys, major !== null && major < 24) ?? doubled(keys, [running, service])
  const refused = fault === null && state === 'not-running' ? await refusal(context, path, signal) : null
  return { path, bytes, keys, fault: fault ?? refused }
})

/** `dockerd --validate` (from 23.0, for root alone) starts nothing. Another answer than its plain no is none. */
async function refusal({ sys, places }: DoctorContext, path: string, signal: AbortSignal): Promise<FileFault | null> {
  if (sys.identity.uid !== 0) return null
  const [program] = await findPrograms(sys, places, 'dockerd', places.docker.programs)
  if (program === undefined) return null
  const argv = [program, '--validate', `--config-file=${path}`] as const
  const answer = await sys.query(argv, { timeout: 2000, signal }).catch(() => null)
  const text = `${answer?.stderr ?? ''}${answer?.stdout ?? ''}`.trim()
  if (answer?.code !== 1 || !text.includes('unable to configure the Docker daemon with file')) return null
  return { kind: 'refused', cause: text.slice(0, 500) }
}

function keysIn(bytes: Uint8Array): ReadonlyMap<string, Value> {
  try {
    return daemonJsonFormat.read(bytes)
  } catch {
    // A key that stands twice: the daemon takes the last one, we none.
    return new Map()
  }
}

function valueFault(keys: ReadonlyMap<string, Value>, before24: boolean): FileFault | null {
  const value = wrongKind(keys)
  if (value !== null) return { kind: 'value', ...value }
  const mirrors = keys.get(MIRRORS_KEY)
  const mirror = badMirror(Array.isArray(mirrors) ? mirrors.filter((one) => typeof one === 'string') : [], before24)
  return mirror === null ? null : { kind: 'mirror', ...mirror }
}

function doubled(keys: ReadonlyMap<string, Value>, lines: readonly (CommandLine | null)[]): FileFault | null {
  for (const line of lines) {
    if (line === null) continue
    for (const [key, option] of keysOf(line.args))
      if (keys.has(key)) return { kind: 'doubled', key, option, from: line.from }
  }
  return null
}

const majorOf = (version: string | null): number | null => {
  const found = /^(\d+)\./.exec(version ?? '')?.[1]
  return found === undefined ? null : Number(found)
}

/** The version of the daemon that would be started; `dockerd --version` starts nothing. */
async function installedVersion(sys: Reader, places: Places, signal: AbortSignal): Promise<string | null> {
  const [program] = await findPrograms(sys, places, 'dockerd', places.docker.programs)
  if (program === undefined) return null
  const answer = await sys.query([program, '--version'], { timeout: 2000, signal }).catch(() => null)
  return /version (\d+\.\S*?),?(?:\s|$)/.exec(answer?.stdout ?? '')?.[1] ?? null
}

function pidFiles({ docker, environment, root, otherRoot }: Places, { flavour }: DockerState): readonly string[] {
  const runtime = environment['XDG_RUNTIME_DIR']
  if (flavour === 'rootless') return runtime === undefined ? [] : [under(runtime, 'docker.pid')]
  return otherRoot ? [docker.pidFile, under(root, 'run/docker.pid')] : [docker.pidFile]
}
