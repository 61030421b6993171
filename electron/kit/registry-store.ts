import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { Transform } from 'node:stream'
import type { KitManifest } from '../contract/kit.ts'
import { CodedError } from '../core/errors.ts'
import { folderOf, under } from '../core/paths.ts'
import { readImage } from '../docker/reference.ts'
import { type Archive, memberOf, type Member, readArchive, readMember } from './archive.ts'
import { pathIn } from './folder.ts'

type KitImage = KitManifest['images'][number]
type Blob = { digest: string; size: number }

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
const LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip'
const CONFIG = 'application/vnd.docker.container.image.v1+json'

/**
 * Puts a kit's image into the folder of a distribution registry, as that itself would (distribution/distribution
 * registry/storage/paths.go). Layers are packed once and stay for the next lesson. Errors: `kit-damaged`, writing errors.
 */
export async function storeImage(store: string, folder: string, image: KitImage, signal: AbortSignal): Promise<void> {
  const root = under(store, 'docker', 'registry', 'v2')
  const { repository, tag } = readImage(image.reference)
  if (tag === '') return
  const mark = under(root, 'goready', image.digest.replace(':', '-'))
  const path = pathIn(folder, image.file)
  const known = await readFile(mark, 'utf8').catch(() => null)
  const digest = known ?? (await storeParts(root, repository, path, image, signal))
  const manifests = under(root, 'repositories', repository, '_manifests')
  await link(under(manifests, 'revisions', ...linkOf(digest)), digest)
  await link(under(manifests, 'tags', tag, 'index', ...linkOf(digest)), digest)
  await link(under(manifests, 'tags', tag, 'current', 'link'), digest)
  if (known === null) await put(mark, Buffer.from(digest))
}

async function storeParts(
  root: string,
  repository: string,
  path: string,
  image: KitImage,
  signal: AbortSignal,
): Promise<string> {
  const archive = await readArchive(path, image.reference, image.file)
  const config = await configOf(path, archive, image)
  const blobs: Blob[] = [await putBlob(root, config)]
  for (const name of archive.layers) {
    const member = memberOf(archive.members, name)
    if (member === null) throw new CodedError('kit-damaged', { path: image.file }, name)
    blobs.push(await packLayer(root, path, member, signal))
  }
  for (const { digest } of blobs) {
    await link(under(root, 'repositories', repository, '_layers', ...linkOf(digest)), digest)
  }
  const [first, ...layers] = blobs
  const manifest = {
    ...{ schemaVersion: 2, mediaType: MANIFEST, config: { mediaType: CONFIG, ...first } },
    layers: layers.map((blob) => ({ mediaType: LAYER, ...blob })),
  }
  return (await putBlob(root, Buffer.from(JSON.stringify(manifest)))).digest
}

/** The configuration, which has to be what the image is named by. */
async function configOf(path: string, archive: Archive, image: KitImage): Promise<Buffer> {
  const member = memberOf(archive.members, archive.config)
  const file = await open(path, 'r')
  try {
    const bytes = member === null || member.size > MAX_CONFIG ? Buffer.alloc(0) : await readMember(file, member)
    if (digestOf(bytes) !== image.digest) throw new CodedError('kit-damaged', { path: image.file }, 'configuration')
    return bytes
  } finally {
    await file.close()
  }
}

const MAX_CONFIG = 4 * 1024 * 1024

/** Layers lie unpacked in old engines' archives; newer ones keep them as the registry had them. */
async function packLayer(root: string, path: string, { offset, size }: Member, signal: AbortSignal): Promise<Blob> {
  const file = await open(path, 'r')
  let head: Awaited<ReturnType<typeof readMember>>
  try {
    head = await readMember(file, { offset, size: Math.min(size, 2), link: null })
  } finally {
    await file.close()
  }
  const packed = head[0] === 0x1f && head[1] === 0x8b
  const part = under(root, 'goready', `layer-${process.pid}.part`)
  await mkdir(folderOf(part), { recursive: true })
  const hash = createHash('sha256')
  let length = 0
  const watch = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk)
      length += chunk.length
      done(null, chunk)
    },
  })
  const source = createReadStream(path, { start: offset, end: offset + size - 1, highWaterMark: 1 << 20 })
  const target = createWriteStream(part)
  if (packed) await pipeline(source, watch, target, { signal })
  else await pipeline(source, createGzip(), watch, target, { signal })
  const digest = `sha256:${hash.digest('hex')}`
  const place = under(root, 'blobs', ...blobOf(digest))
  await mkdir(folderOf(place), { recursive: true })
  await rename(part, place)
  return { digest, size: length }
}

async function putBlob(root: string, bytes: Buffer): Promise<Blob> {
  const digest = digestOf(bytes)
  await put(under(root, 'blobs', ...blobOf(digest)), bytes)
  return { digest, size: bytes.length }
}

async function put(path: string, bytes: Buffer): Promise<void> {
  if ((await stat(path).catch(() => null))?.size === bytes.length && bytes.length > 100) return
  await mkdir(folderOf(path), { recursive: true })
  await writeFile(`${path}.part`, bytes)
  await rename(`${path}.part`, path)
}

const link = (path: string, digest: string): Promise<void> => put(path, Buffer.from(digest))
const hexOf = (digest: string): string => digest.slice('sha256:'.length)
const linkOf = (digest: string): [string, string, string] => ['sha256', hexOf(digest), 'link']
const blobOf = (digest: string): string[] => ['sha256', hexOf(digest).slice(0, 2), hexOf(digest), 'data']
const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
