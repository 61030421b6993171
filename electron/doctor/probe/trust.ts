import * as tls from 'node:tls'
import type { TargetId } from '../../contract/mirror.ts'
import { folderOf, isAbsolute, under } from '../../core/paths.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { keysOf as npmKeys } from '../../settings/npm/detect.ts'
import { keysOf as pipKeys } from '../../settings/pip/detect.ts'
import { readOrNull } from '../../settings/read-keys.ts'
import type { Facts } from '../facts.ts'
import { type Exempt, exemptHosts } from './exempt.ts'

/** Whom a tool believes: texts in PEM, and the files that they are from (`built in`: none). */
export type Trust = {
  texts: readonly string[]
  from: readonly string[]
  /** A variable says it, so a file of the tool would not count. */
  byVariable: boolean
}
export type TrustStores = {
  /** `host`: `HOST[:PORT]`, which Docker has authorities of its own for. */
  of(target: TargetId, host: string): Trust
  /** Whether the tool takes anything from there. */
  exempt: Exempt
  /** Everything that any tool believes. */
  all: readonly string[]
  /** Files that hold authorities which at least one tool believes, the smallest first. */
  files(): Promise<readonly { path: string; text: string }[]>
}

export type TrustParts = {
  sys: Reader
  places: Places
  facts: Pick<Facts, 'npm' | 'pip' | 'docker'>
  /** What Node, the system and the variables give together; null: Node's own. */
  authorities(): Promise<readonly string[] | null>
}

/** Where Linux keeps its authorities: the first file that is there (Go's crypto/x509 root_linux.go). */
const FILES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
]
/** Folders with one authority a file, each a source of what the file above is made of. */
const FOLDERS = ['/usr/local/share/ca-certificates', '/etc/pki/ca-trust/source/anchors', '/etc/ssl/certs']
const BUILT_IN = 'built in'
const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/**
 * Whom each tool of this machine believes, read from its own settings: what one of them believes another may not.
 * Where the system's list is no file (Windows, macOS), it is taken as Node tells it.
 */
export async function trustStores(parts: TrustParts, signal: AbortSignal): Promise<TrustStores> {
  const { sys, places, facts } = parts
  const { environment } = places
  const files = new Map<string, string>()
  const read = async (path: string): Promise<string | null> => {
    const bytes = isAbsolute(path) ? await readOrNull(sys, path) : null
    const text = bytes === null ? null : new TextDecoder().decode(bytes)
    if (text?.includes('-----BEGIN CERTIFICATE-----') !== true) return null
    files.set(path, text)
    return text
  }
  const named = async (path: string | undefined): Promise<Trust | null> => {
    const text = path === undefined || path === '' ? null : await read(path)
    return path === undefined || text === null ? null : { texts: [text], from: [path], byVariable: false }
  }
  const builtIn: Trust = { texts: [...tls.rootCertificates], from: [BUILT_IN], byVariable: false }
  const system = places.platform === 'linux' ? await systemStore(places, read) : others(await parts.authorities())
  const [npmNamed, pipNamed] = await Promise.all([npmFile(facts, places), pipFile(facts, places)])
  const [sslFile, extra, cafile, cert] = await Promise.all([
    named(environment['SSL_CERT_FILE']),
    named(environment['NODE_EXTRA_CA_CERTS']),
    npmNamed.inline === undefined ? named(npmNamed.path) : npmNamed.inline,
    named(pipNamed.path),
  ])
  const node = (await asksSystem(sys, places)) ? joined(builtIn, system) : builtIn
  // Go reads the folder /etc/ssl/certs besides the file that is named.
  const go = joined(system, sslFile)
  const npm = cafile === null ? joined(node, extra) : { ...cafile, byVariable: npmNamed.variable }
  // From 24.2 on pip asks the system, on Debian it always did; before that it brings its own.
  const pip = cert === null ? joined(builtIn, go) : { ...cert, byVariable: pipNamed.variable }
  const docker = await dockerStores(parts, read)
  const exempt = await exemptHosts(parts)
  const apt = joined(system, await aptStore(parts, read))
  signal.throwIfAborted()
  const stores = [builtIn, go, npm, pip, extra, apt, ...docker.values()].flatMap((one) => one?.texts ?? [])
  // The same hundred authorities stand in most of them, and every handshake reads them all.
  const all = [...new Set(stores.flatMap((text) => text.match(BLOCK) ?? []))]
  return {
    of(target, host) {
      switch (target) {
        case 'go':
          return go
        case 'npm':
          return npm
        case 'pip':
          return pip
        case 'apt':
          return apt
        case 'docker':
          // The usual port may stand in the folder's name as it does in the address.
          return joined(joined(system, docker.get(host) ?? null), docker.get(`${host}:443`) ?? null)
      }
    },
    exempt,
    all,
    async files() {
      await Promise.all(FOLDERS.map((folder) => oneEach(sys, atRoot(places, folder), read)))
      return [...files].map(([path, text]) => ({ path, text })).toSorted((a, b) => a.text.length - b.text.length)
    },
  }
}

const joined = (one: Trust, other: Trust | null): Trust =>
  other === null
    ? one
    : { texts: [...one.texts, ...other.texts], from: [...one.from, ...other.from], byVariable: one.byVariable }

const others = (authorities: readonly string[] | null): Trust => ({
  texts: authorities ?? tls.rootCertificates,
  from: [authorities === null ? BUILT_IN : 'system'],
  byVariable: false,
})

const atRoot = (places: Places, path: string): string => under(places.root, path.slice(1))

/** Another root that has no list leaves the machine's own, which the tools really read. */
async function systemStore(places: Places, read: (path: string) => Promise<string | null>): Promise<Trust> {
  const paths = places.otherRoot ? [...FILES.map((file) => atRoot(places, file)), ...FILES] : FILES
  for (const path of paths) {
    const text = await read(path)
    if (text !== null) return { texts: [text], from: [path], byVariable: false }
  }
  return { texts: [], from: [], byVariable: false }
}

/**
 * Whether npm's Node asks the system as well: Debian's own does (it is configured with `--openssl-use-def-ca-store`),
 * and one that was told to.
 */
async function asksSystem(sys: Reader, { platform, environment }: Places): Promise<boolean> {
  if (/--use-(system|openssl)-ca\b/.test(environment['NODE_OPTIONS'] ?? '')) return true
  if (environment['NODE_USE_SYSTEM_CA'] === '1') return true
  return platform === 'linux' && (await sys.lstat('/usr/share/nodejs').catch(() => null))?.kind === 'dir'
}

type Named = { path?: string; variable: boolean; inline?: Trust }

async function npmFile(facts: TrustParts['facts'], { environment, home }: Places): Promise<Named> {
  const variable = environment['npm_config_cafile'] ?? environment['NPM_CONFIG_CAFILE']
  if (variable !== undefined && variable !== '') return { path: variable, variable: true }
  const { project, user } = await facts.npm()
  for (const { npmrc } of project === null ? [user] : [project, user]) {
    const path = keyOf(() => npmKeys(npmrc).get('cafile'))
    if (path !== null) return { path: path.replace(/^\$\{HOME\}|^~(?=\/)/, home), variable: false }
    const texts = valuesOf(() => npmKeys(npmrc).get('ca')).filter((text) => text.includes('-----BEGIN'))
    if (texts.length > 0)
      return {
        variable: true,
        inline: { texts: texts.map((text) => text.replaceAll('\\n', '\n')), from: [npmrc.path], byVariable: true },
      }
  }
  return { variable: false }
}

/** pip's own variable, its files, then what requests reads where pip says nothing. */
async function pipFile(facts: TrustParts['facts'], { environment }: Places): Promise<Named> {
  const first = environment['PIP_CERT']
  if (first !== undefined && first !== '') return { path: first, variable: true }
  const { above, user, below } = await facts.pip()
  for (const file of [...above.toReversed(), ...user.toReversed(), ...below.toReversed()]) {
    const path = keyOf(() => pipKeys(file).get('global.cert'))
    if (path !== null) return { path, variable: false }
  }
  const last = environment['REQUESTS_CA_BUNDLE'] || environment['CURL_CA_BUNDLE']
  // A file of pip's would come before these.
  return last === undefined || last === '' ? { variable: false } : { path: last, variable: false }
}

const keyOf = (ask: () => unknown): string | null => valuesOf(ask)[0] ?? null

/** A file that is broken is told of by whoever reads it for its sources. */
function valuesOf(ask: () => unknown): readonly string[] {
  try {
    const value = ask()
    const all: readonly unknown[] = Array.isArray(value) ? value : [value]
    return all.filter((one) => typeof one === 'string').filter((one) => one !== '')
  } catch {
    return []
  }
}

/** `Acquire::https::CAInfo "FILE";`, for all hosts or for one (apt-transport-https(1)). */
async function aptStore({ sys, places }: TrustParts, read: (path: string) => Promise<string | null>): Promise<Trust> {
  const folder = under(places.apt.folder, 'apt.conf.d')
  const names = await sys.list(folder).catch(() => [])
  const files = [...names.map((name) => under(folder, name)), under(places.apt.folder, 'apt.conf')]
  const bytes = (await Promise.all(files.map((file) => readOrNull(sys, file)))).filter((one) => one !== null)
  const named = bytes.flatMap((one) => [...new TextDecoder().decode(one).matchAll(/\bCAInfo\s+"([^"]+)"/gi)])
  const paths = named.flatMap(([, path]) => path ?? [])
  const texts = (await Promise.all(paths.map(read))).filter((text) => text !== null)
  return { texts, from: paths, byVariable: false }
}

/** `certs.d/HOST[:PORT]/*.crt` beside the engine's own file, by host. */
async function dockerStores(
  { sys, places, facts }: TrustParts,
  read: (path: string) => Promise<string | null>,
): Promise<ReadonlyMap<string, Trust>> {
  const { configFile } = await facts.docker()
  const folder = under(folderOf(configFile ?? places.docker.daemonJson.system), 'certs.d')
  const stores = new Map<string, Trust>()
  for (const host of await sys.list(folder).catch(() => [])) {
    const names = (await sys.list(under(folder, host)).catch(() => [])).filter((name) => name.endsWith('.crt'))
    const paths = names.map((name) => under(folder, host, name))
    const texts = (await Promise.all(paths.map(read))).filter((text) => text !== null)
    if (texts.length > 0) stores.set(host, { texts, from: paths, byVariable: false })
  }
  return stores
}

/** Remembers the files of a folder; some hundred small ones at most. */
async function oneEach(sys: Reader, folder: string, read: (path: string) => Promise<string | null>): Promise<void> {
  const names = (await sys.list(folder).catch(() => [])).filter((name) => /\.(crt|pem)$/.test(name))
  await Promise.all(names.slice(0, 400).map((name) => read(under(folder, name))))
}
