import type { DockerState } from '../contract/machine.ts'
import { CodedError, errno } from '../core/errors.ts'
import type { Places } from '../core/places.ts'
import type { Reader } from '../core/system.ts'
import { contextEndpoint, currentContext } from './context-store.ts'
import { exists, readText } from './files.ts'

export type Tls = { ca: string | null; cert: string | null; key: string | null; verify: boolean }

/** Where the engine listens and which rule said so. */
export type Endpoint = {
  /** `unix:///…`, `npipe:////./pipe/…`, `tcp://…`, `ssh://…` */
  address: string
  source: DockerState['source']
  /** The docker context that named it; null when none did. */
  context: string | null
  /** A guess by the address; the engine's own answer is better. */
  flavour: DockerState['flavour']
  tls: Tls | null
}

/** The longest path of a socket in bytes: `sun_path` less its NUL. Sources: unix(7); macOS' unix(4). */
export const maxSocketPath = (platform: Places['platform']): number => (platform === 'darwin' ? 103 : 107)

/**
 * Finds the engine as the docker client does: DOCKER_HOST, DOCKER_CONTEXT, `currentContext` of
 * config.json, then the known sockets, the first that exists. With `--root` only sockets under that root
 * count, so that nothing there ever reaches the machine's own engine.
 * Errors: `socket-path-too-long` {path}, `unparsable-file` {path, line}, `docker-unreachable` {address}
 * for an address or a context that means nothing.
 */
export async function findEndpoint(sys: Reader, places: Places): Promise<Endpoint> {
  const endpoint = (!places.otherRoot && (await namedEndpoint(sys, places))) || (await knownSocket(sys, places))
  return checkLength(endpoint, places)
}

async function namedEndpoint(sys: Reader, places: Places): Promise<Endpoint | null> {
  const { environment } = places
  const host = environment.DOCKER_HOST?.trim() ?? ''
  if (host !== '') {
    const address = normalAddress(host)
    const tls = await environmentTls(sys, places, address)
    return { address, source: 'DOCKER_HOST', context: null, flavour: guessFlavour(address), tls }
  }
  const named = environment.DOCKER_CONTEXT ?? ''
  const name = named === '' ? await currentContext(sys, places.docker.configDir) : named
  if (name === null || name === 'default') return null
  const { host: address, tls } = await contextEndpoint(sys, places.docker.configDir, name)
  if (address === null) return null
  const normal = normalAddress(address)
  const source = named === '' ? 'currentContext' : 'DOCKER_CONTEXT'
  return { address: normal, source, context: name, flavour: guessFlavour(normal), tls }
}

async function knownSocket(sys: Reader, places: Places): Promise<Endpoint> {
  const known = places.docker.sockets
    .map(({ address, flavour }) => ({ address: normalAddress(address), flavour }))
    .filter(({ address }) => !places.otherRoot || isUnder(socketPath(address), places.root))
  const context = null
  for (const [index, { address, flavour }] of known.entries()) {
    if (!(await socketExists(sys, address))) continue
    return { address, source: index === 0 ? 'default' : 'socket', context, flavour, tls: null }
  }
  const first = known[0]
  if (!first) throw new CodedError('docker-not-installed')
  return { address: first.address, source: 'default', context, flavour: first.flavour, tls: null }
}

/** DOCKER_TLS and DOCKER_TLS_VERIFY switch TLS on; the files lie in DOCKER_CERT_PATH, else beside config.json. */
async function environmentTls(sys: Reader, places: Places, address: string): Promise<Tls | null> {
  const { DOCKER_TLS, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH } = places.environment
  const verify = (DOCKER_TLS_VERIFY ?? '') !== ''
  if (!address.startsWith('tcp:') || (!verify && (DOCKER_TLS ?? '') === '')) return null
  const folder = DOCKER_CERT_PATH || places.docker.configDir
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readText(sys, `${folder}/${name}`)),
  )
  return { ca: ca ?? null, cert: cert ?? null, key: key ?? null, verify }
}

/** An address with a scheme. A bare path is a socket, anything else without a scheme is tcp, as for the client. */
function normalAddress(text: string): string {
  const withScheme = text.startsWith('/') ? `unix://${text}` : text.includes('://') ? text : `tcp://${text}`
  if (/^unix:\/\/\/./.test(withScheme) || /^npipe:\/\/./.test(withScheme)) return withScheme
  const url = URL.canParse(withScheme) ? new URL(withScheme) : null
  if (!url || url.hostname === '' || !/^(tcp|http|https|ssh):$/.test(url.protocol))
    throw new CodedError('docker-unreachable', { address: text }, `unable to parse the address of the engine: ${text}`)
  return withScheme
}

/** The path of a unix socket or a named pipe; null for an address in the network. */
export function socketPath(address: string): string | null {
  if (address.startsWith('unix://')) return address.slice('unix://'.length)
  return address.startsWith('npipe://') ? address.slice('npipe:'.length).replace(/^\/+/, '//') : null
}

const isUnder = (path: string | null, root: string): boolean =>
  path !== null && path.startsWith(root.endsWith('/') ? root : `${root}/`)

/** Whether something stands at the address; a folder that may not be searched counts as yes. */
export async function socketExists(sys: Reader, address: string): Promise<boolean> {
  const path = socketPath(address)
  if (path === null) return true
  if (!address.startsWith('npipe:')) return exists(sys, path)
  try {
    return (await sys.list('//./pipe/')).includes(path.split('/').pop() ?? '')
  } catch (error) {
    return errno(error) !== 'ENOENT'
  }
}

function checkLength(endpoint: Endpoint, { platform }: Places): Endpoint {
  const path = endpoint.address.startsWith('unix:') ? socketPath(endpoint.address) : null
  if (path !== null && Buffer.byteLength(path) > maxSocketPath(platform))
    throw new CodedError('socket-path-too-long', { path })
  return endpoint
}

/** What an address alone tells. */
function guessFlavour(address: string): DockerState['flavour'] {
  if (/\/\.docker\/(run|desktop)\/|dockerDesktop/.test(address)) return 'docker-desktop'
  if (address.includes('/.colima/')) return 'colima'
  if (address.includes('/.rd/')) return 'rancher-desktop'
  if (address.includes('/.orbstack/')) return 'orbstack'
  if (address.includes('podman')) return 'podman'
  if (/\/run\/user\/\d+\/docker\.sock$/.test(address)) return 'rootless'
  return address === 'unix:///var/run/docker.sock' || address === 'unix:///run/docker.sock'
    ? 'docker-engine'
    : 'unknown'
}
