import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { KitManifest } from '../contract/kit.ts'
import { CodedError } from '../core/errors.ts'
import type { MirrorHttp } from '../mirrors/race/adapter.ts'
import { OutError } from '../mirrors/race/adapter.ts'
import { joinUrl } from '../mirrors/targets/answers.ts'
import { compareSemver } from '../mirrors/targets/versions.ts'
import { writeBytes } from './folder.ts'
import type { Ledger } from './ledger.ts'
import { type Locked, strongest } from './npm-lock.ts'
import type { Progress } from './progress.ts'

type KitNpm = NonNullable<KitManifest['npm']>

/** Where packages lie in a kit. */
export const NPM_FOLDER = 'npm'
/** Bytes of the longest answers; the largest tarball of the public registry has a few hundred million. */
const MAX_DOCUMENT = 128 * 1024 * 1024
const MAX_TARBALL = 512 * 1024 * 1024
/** Milliseconds for one answer. */
const TIMEOUT = 10 * 60_000
const AT_ONCE = 6

const documentSchema = z.looseObject({
  name: z.string(),
  'dist-tags': z.record(z.string(), z.string()).default({}),
  versions: z.record(z.string(), z.looseObject({ dist: z.looseObject({ tarball: z.string() }) })),
})
type Document = z.infer<typeof documentSchema>

/** A file name without capitals, which FAT does not tell from small letters. */
const plain = (text: string): string => text.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`)
/** The folder of a package in a kit. */
export const npmFolder = (name: string): string => `${NPM_FOLDER}/${plain(name)}`
/** Its description, as a registry gives it out; addresses are filled in by whoever serves it. */
export const npmDocument = (name: string): string => `${npmFolder(name)}/package.json`
export const npmTarball = (name: string, version: string): string =>
  `${npmFolder(name)}/${plain(`${name.replace(/^.*\//, '')}-${version}`)}.tgz`

export type NpmParts = {
  registry: string
  http: MirrorHttp
  folder: string
  ledger: Ledger
  progress: Progress
  signal: AbortSignal
}

/**
 * Fetches the packages of lock files: each tarball has to have the hash that the lock names. Of their descriptions
 * only these versions are kept. Errors: `source-unreachable` {target}, `kit-damaged` {path} for another content.
 */
export async function packPackages(packages: readonly Locked[], parts: NpmParts): Promise<KitNpm> {
  const names = [...new Set(packages.map(({ name }) => name))].toSorted()
  const queue = [...names]
  const work = async (): Promise<void> => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const wanted = packages.filter((one) => one.name === name)
      await packOne(name, wanted, parts)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return {
    folder: NPM_FOLDER,
    packages: packages.map(({ name, version, integrity }) => ({ name, version, integrity })),
  }
}

async function packOne(name: string, wanted: readonly Locked[], parts: NpmParts): Promise<void> {
  const { registry, ledger, progress, folder, signal } = parts
  progress.now({ key: 'kit:note.npm', values: { name } })
  const source = wanted.map(({ version, integrity }) => `${version} ${integrity}`).join(',')
  let document: Document | null = null
  const described = async (): Promise<Document> => {
    document ??= await fetchDocument(name, parts)
    return document
  }
  for (const one of wanted) {
    const path = npmTarball(name, one.version)
    if (await ledger.keep(path, one.integrity, signal)) continue
    const said = (await described()).versions[one.version]?.dist.tarball
    if (said === undefined) throw new CodedError('source-unreachable', { target: 'npm' }, `${name}@${one.version}: 404`)
    const bytes = await fetchBytes(new URL(said, `${registry.replace(/\/+$/, '')}/`).href, MAX_TARBALL, {}, parts)
    const hash = strongest(one.integrity)
    if (hash === null || createHash(hash.algorithm).update(bytes).digest('base64') !== hash.digest)
      throw new CodedError('kit-damaged', { path }, `${registry} ${name}@${one.version}: another hash than the lock’s`)
    progress.add(bytes.length)
    await ledger.add(path, await writeBytes(folder, path, bytes), one.integrity)
  }
  const path = npmDocument(name)
  if (await ledger.keep(path, source, signal)) return
  const bytes = Buffer.from(JSON.stringify(cut(await described(), wanted)))
  await ledger.add(path, await writeBytes(folder, path, bytes), source)
}

/** Only the versions that are there, each with the lock's own hash and a tarball without an address. */
function cut(document: Document, wanted: readonly Locked[]): Document {
  const versions = Object.fromEntries(
    wanted.flatMap(({ name, version, integrity }) => {
      const told = document.versions[version]
      if (told === undefined) return []
      return [[version, { ...told, dist: { ...told.dist, integrity, tarball: npmTarball(name, version) } }]]
    }),
  )
  const newest = wanted.map(({ version }) => version).toSorted((a, b) => compareSemver(b, a))[0] ?? ''
  const tags = Object.entries(document['dist-tags']).filter(([, version]) => version in versions)
  return { name: document.name, 'dist-tags': { latest: newest, ...Object.fromEntries(tags) }, versions }
}

async function fetchDocument(name: string, parts: NpmParts): Promise<Document> {
  const url = joinUrl(parts.registry, name.replace('/', '%2f'))
  const accept = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8'
  const bytes = await fetchBytes(url, MAX_DOCUMENT, { accept }, parts)
  const parsed = documentSchema.safeParse(readJson(bytes))
  if (!parsed.success || parsed.data.name !== name)
    throw new CodedError('source-unreachable', { target: 'npm' }, `${url}: no package`)
  return parsed.data
}

async function fetchBytes(
  url: string,
  maxBytes: number,
  headers: Record<string, string>,
  { http, signal }: NpmParts,
): Promise<Uint8Array> {
  try {
    const answer = await http.ask(url, { maxBytes, headers, timeout: TIMEOUT }, signal)
    if (answer.status === 200 && answer.complete) return answer.body
    throw new CodedError('source-unreachable', { target: 'npm' }, `${url}: ${answer.status}`)
  } catch (error) {
    if (error instanceof OutError) throw new CodedError('source-unreachable', { target: 'npm' }, error)
    throw error
  }
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
}
