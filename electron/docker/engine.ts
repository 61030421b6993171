import http from 'node:http'
import https from 'node:https'
import type { IncomingMessage } from 'node:http'
import type Docker from 'dockerode'
import type { RegistryAuth } from './auth.ts'
import { type Endpoint, socketPath } from './endpoint.ts'
import { engineError } from './errors.ts'

/** An engine that answered. */
export type Engine = {
  endpoint: Endpoint
  docker: Docker
  /** The version that both sides speak, e.g. `1.41`. */
  apiVersion: string
  /** Milliseconds for one call that does not stream. */
  timeout: number
}

export type OpenOptions = { signal?: AbortSignal; timeout?: number }

/** The newest API that this program was written against (engine 27). Engine 29 refuses less than 1.44. */
export const CLIENT_API = '1.47'
export const CALL_TIMEOUT = 5000

/**
 * Connects to an engine and agrees on the API version by `/_ping`: the lower of both.
 * Errors: `docker-not-running`, `docker-no-permission`, `docker-unreachable`, `timeout`, `cancelled`; {address}.
 */
export async function openEngine(endpoint: Endpoint, options: OpenOptions = {}): Promise<Engine> {
  const timeout = options.timeout ?? CALL_TIMEOUT
  const unversioned = await connect(endpoint, null)
  const server = await limited((signal) => pingVersion(unversioned, signal), timeout, options.signal, endpoint.address)
  const apiVersion = lowerVersion(CLIENT_API, server)
  return { endpoint, docker: await connect(endpoint, apiVersion), apiVersion, timeout }
}

/**
 * One call with the engine's time limit and the caller's signal. dockerode gets the signal as `abortSignal`.
 * Everything that goes wrong is a CodedError.
 */
export async function call<T>(
  engine: Engine,
  signal: AbortSignal | undefined,
  ask: (abortSignal: AbortSignal) => Promise<T>,
  timeout = engine.timeout,
): Promise<T> {
  return limited(ask, timeout, signal, engine.endpoint.address)
}

async function limited<T>(
  ask: (abortSignal: AbortSignal) => Promise<T>,
  timeout: number,
  signal: AbortSignal | undefined,
  address: string,
): Promise<T> {
  const limit = new AbortController()
  const expired = new DOMException(`no answer within ${timeout} ms`, 'TimeoutError')
  const timer = setTimeout(() => limit.abort(expired), timeout)
  const stop = (): void => limit.abort(signal?.reason)
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  try {
    return await ask(limit.signal)
  } catch (error) {
    // The library reports an abort in several shapes; the reason of the signal is the truth.
    throw engineError(limit.signal.aborted ? reasonOf(limit.signal) : error, { address, seconds: timeout / 1000 })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}

/** The reason of an aborted signal as an error that `engineError` reads. */
export function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError')
}

/** Builds the client. Nothing is taken from this process's own DOCKER_* variables: every field is given. */
async function connect(endpoint: Endpoint, version: string | null): Promise<Docker> {
  // Loaded late: the library takes a quarter of a second that commands without Docker need not pay.
  const { default: Client } = await import('dockerode')
  const shared = {
    host: undefined,
    port: undefined,
    socketPath: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
    timeout: undefined,
    pathPrefix: '/',
    ...(version === null ? {} : { version: `v${version}` }),
  }
  const path = socketPath(endpoint.address)
  // No kept connections: after a restart of the engine they would be dead ones.
  if (path !== null) {
    const local = { ...shared, socketPath: path, protocol: 'http' as const, agent: new http.Agent() }
    return new Client(local)
  }
  const url = new URL(endpoint.address)
  const place = { ...shared, host: url.hostname.replace(/^\[|\]$/g, '') }
  if (url.protocol === 'ssh:') {
    const agent = process.env.SSH_AUTH_SOCK
    const sshOptions = agent === undefined ? {} : { agent }
    return new Client({ ...place, port: url.port || 22, username: url.username, protocol: 'ssh', sshOptions })
  }
  const { tls } = endpoint
  if (tls === null && url.protocol !== 'https:') {
    const plain = { ...place, port: url.port || 2375, protocol: 'http' as const, agent: new http.Agent() }
    return new Client(plain)
  }
  const files = { ca: tls?.ca ?? undefined, cert: tls?.cert ?? undefined, key: tls?.key ?? undefined }
  const agent = new https.Agent({ rejectUnauthorized: tls?.verify ?? true })
  const secure = { ...place, ...files, port: url.port || 2376, protocol: 'https' as const, agent }
  return new Client(secure)
}

/** The `Api-Version` header of `/_ping`; dockerode's own `ping` answers the body only. */
async function pingVersion(docker: Docker, abortSignal: AbortSignal): Promise<string> {
  const answer = await openStream(docker, { path: '/_ping', method: 'GET', abortSignal })
  answer.resume()
  const version = answer.headers['api-version']
  return typeof version === 'string' && /^\d+\.\d+$/.test(version) ? version : '1.24'
}

export type Dial = {
  path: string
  method: 'GET' | 'POST'
  query?: Readonly<Record<string, string>>
  body?: object
  /** For `X-Registry-Auth`. */
  auth?: RegistryAuth | null
  abortSignal: AbortSignal
}

/** The library appends the query only behind a `?`, and sends no body for an empty object. */
const dialOptions = ({ path, method, query, body, auth, abortSignal }: Dial) => ({
  ...(auth ? { authconfig: auth } : {}),
  path: `${path}?`,
  method,
  abortSignal,
  options: { _query: query ?? {}, _body: body ?? {} },
  statusCodes: { 200: true, 201: true, 204: true },
})

/** A request whose answer is handed over as soon as its head is there. */
export function openStream(docker: Docker, dial: Dial): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    docker.modem.dial({ ...dialOptions(dial), isStream: true }, (error: unknown, answer: unknown) => {
      if (error) reject(error)
      else if (answer instanceof http.IncomingMessage) resolve(answer)
      else reject(new Error('no answer to stream'))
    })
  })
}

/** A request whose answer is JSON. dockerode's own calls do not all take a signal, and put bodies into the address. */
export function askJson(docker: Docker, dial: Dial): Promise<unknown> {
  return new Promise((resolve, reject) => {
    docker.modem.dial(dialOptions(dial), (error: unknown, answer: unknown) => (error ? reject(error) : resolve(answer)))
  })
}

/** `askJson` for a plain GET, e.g. of `/info`. */
export function getJson(docker: Docker, path: string, abortSignal: AbortSignal): Promise<unknown> {
  return askJson(docker, { path, method: 'GET', abortSignal })
}

/** The lower of two API versions. */
export function lowerVersion(one: string, other: string): string {
  const [major = 0, minor = 0] = one.split('.').map(Number)
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number)
  return major < otherMajor || (major === otherMajor && minor <= otherMinor) ? one : other
}
