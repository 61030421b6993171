import { z } from 'zod'
import type { DockerState } from '../contract/machine.ts'
import { causeText, CodedError } from '../core/errors.ts'
import type { Places } from '../core/places.ts'
import type { Reader } from '../core/system.ts'
import { type Endpoint, findEndpoint, socketExists } from './endpoint.ts'
import { call, type Engine, getJson, openEngine } from './engine.ts'
import { configFile, engineFlavour, versionText } from './flavour.ts'
import { exists } from './files.ts'

/** What we read of `/info`; other engines leave things out. */
export const infoSchema = z.object({
  ServerVersion: z.string().nullish(),
  OperatingSystem: z.string().nullish(),
  OSType: z.string().nullish(),
  Architecture: z.string().nullish(),
  Name: z.string().nullish(),
  Driver: z.string().nullish(),
  DockerRootDir: z.string().nullish(),
  DriverStatus: z.array(z.array(z.string())).nullish(),
  SecurityOptions: z.array(z.string()).nullish(),
  HttpProxy: z.string().nullish(),
  HttpsProxy: z.string().nullish(),
  NoProxy: z.string().nullish(),
  RegistryConfig: z.object({ Mirrors: z.array(z.string()).nullish() }).nullish(),
})
export type Info = z.infer<typeof infoSchema>

export const versionSchema = z.object({
  Version: z.string().nullish(),
  ApiVersion: z.string().nullish(),
  Platform: z.object({ Name: z.string().nullish() }).nullish(),
  Components: z.array(z.object({ Name: z.string().nullish(), Version: z.string().nullish() })).nullish(),
})
export type Version = z.infer<typeof versionSchema>

/** What the engine says about itself. Errors as `call`. */
export async function readInfo(engine: Engine, signal?: AbortSignal): Promise<Info> {
  return infoSchema.parse(await call(engine, signal, (abortSignal) => getJson(engine.docker, '/info', abortSignal)))
}

/**
 * The engine's state, with a reason where it is not running. A state is an answer, not an error:
 * it throws only when the caller's signal aborts.
 * `timeout`: milliseconds for each call.
 */
export async function dockerState(
  sys: Reader,
  places: Places,
  signal: AbortSignal,
  timeout?: number,
): Promise<DockerState> {
  let endpoint: Endpoint | null = null
  try {
    endpoint = await findEndpoint(sys, places)
    if (!(await socketExists(sys, endpoint.address))) {
      const state = (await installed(sys, places)) ? 'not-running' : 'not-installed'
      return { ...blank(endpoint, places), state, cause: `ENOENT ${endpoint.address}` }
    }
    const engine = await openEngine(endpoint, timeout === undefined ? { signal } : { signal, timeout })
    return await runningState(engine, places, signal)
  } catch (error) {
    signal.throwIfAborted()
    return { ...blank(endpoint, places), state: stateOf(error), cause: describe(error) }
  }
}

async function runningState(engine: Engine, places: Places, signal: AbortSignal): Promise<DockerState> {
  const [info, version] = await Promise.all([
    readInfo(engine, signal),
    call(engine, signal, (abortSignal) => getJson(engine.docker, '/version', abortSignal)).then((answer) =>
      versionSchema.parse(answer),
    ),
  ])
  const flavour = engineFlavour(engine.endpoint, info, version)
  const proxies = Object.entries({ HTTP_PROXY: info.HttpProxy, HTTPS_PROXY: info.HttpsProxy, NO_PROXY: info.NoProxy })
  const driver = new Map((info.DriverStatus ?? []).map(([name = '', value = '']) => [name, value]))
  return {
    ...blank(engine.endpoint, places),
    state: 'running',
    flavour,
    version: versionText(info, version),
    apiVersion: engine.apiVersion,
    os: info.OSType ?? null,
    arch: info.Architecture ?? null,
    storage: info.Driver ?? null,
    containerdStore: driver.get('driver-type')?.startsWith('io.containerd.snapshotter') ?? false,
    mirrors: info.RegistryConfig?.Mirrors ?? [],
    proxies: Object.fromEntries(proxies.flatMap(([name, value]) => (value ? [[name, redacted(value)]] : []))),
    configFile: configFile(engine.endpoint, flavour, places),
  }
}

/** A state that knows no more than the endpoint. */
function blank(endpoint: Endpoint | null, places: Places): Omit<DockerState, 'state'> {
  const flavour = endpoint?.flavour ?? 'unknown'
  return {
    endpoint: endpoint?.address ?? '',
    source: endpoint?.source ?? 'default',
    context: endpoint?.context ?? null,
    flavour,
    version: null,
    apiVersion: null,
    os: null,
    arch: null,
    storage: null,
    containerdStore: false,
    mirrors: [],
    proxies: {},
    configFile: endpoint ? configFile(endpoint, flavour, places) : null,
    cause: null,
  }
}

function stateOf(error: unknown): DockerState['state'] {
  if (!(error instanceof CodedError)) return 'unreachable'
  if (error.code === 'docker-not-installed') return 'not-installed'
  if (error.code === 'docker-not-running') return 'not-running'
  return error.code === 'docker-no-permission' ? 'no-permission' : 'unreachable'
}

function describe(error: unknown): string {
  if (!(error instanceof CodedError)) return causeText(error)
  const values = Object.entries(error.values).map(([name, value]) => `${name}=${value}`)
  return [error.message, ...values].join(' ')
}

/** Whether a docker program lies in PATH or at a known place. */
async function installed(sys: Reader, places: Places): Promise<boolean> {
  const separator = places.platform === 'win32' ? ';' : ':'
  const folders = (places.environment.PATH ?? '').split(separator).filter((folder) => folder !== '')
  const suffix = places.platform === 'win32' ? '.exe' : ''
  const inPath = folders.flatMap((folder) => ['docker', 'dockerd'].map((name) => `${folder}/${name}${suffix}`))
  const found = await Promise.all([...places.docker.programs, ...inPath].map((path) => exists(sys, path)))
  return found.includes(true)
}

/** A proxy's address without its password. */
function redacted(proxy: string): string {
  return proxy.replace(/\/\/[^/@\s]*@/, '//***@')
}
