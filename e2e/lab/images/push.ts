import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { LabError } from '../process.ts'
import type { Layer } from './layer.ts'
import type { ImageRecipe } from './recipe.ts'

export const REPOSITORY = 'library/golang'
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
const MANIFEST_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json'
const CREATED = '2026-07-06T00:00:00Z'

/** Puts one image into the registry behind `socket` under all its tags: layers, configuration, manifest, list. */
export async function pushImage(socket: string, image: ImageRecipe, layers: readonly Layer[]): Promise<void> {
  for (const layer of layers) await pushBlob(socket, layer.digest, layer.size, { file: layer.file })
  const config = Buffer.from(JSON.stringify(configuration(image, layers)))
  await pushBlob(socket, digestOf(config), config.length, { bytes: config })
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: {
        mediaType: 'application/vnd.docker.container.image.v1+json',
        size: config.length,
        digest: digestOf(config),
      },
      layers: layers.map(({ size, digest }) => ({
        mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
        size,
        digest,
      })),
    }),
  )
  await pushManifest(socket, digestOf(manifest), MANIFEST, manifest)
  const { architecture } = image
  const platform = { architecture, os: 'linux', ...(architecture === 'arm64' ? { variant: 'v8' } : {}) }
  const list = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_LIST,
      manifests: [{ mediaType: MANIFEST, size: manifest.length, digest: digestOf(manifest), platform }],
    }),
  )
  for (const tag of image.tags) await pushManifest(socket, tag, MANIFEST_LIST, list)
}

/** As the official images have it. Source: docker-library/golang, Dockerfile template. */
function configuration(image: ImageRecipe, layers: readonly Layer[]): unknown {
  return {
    architecture: image.architecture,
    os: 'linux',
    created: CREATED,
    config: {
      Env: [
        'PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        `GOLANG_VERSION=${image.claims}`,
        'GOTOOLCHAIN=local',
        'GOPATH=/go',
      ],
      Cmd: [image.variant === 'alpine' ? '/bin/sh' : 'bash'],
      WorkingDir: '/go',
    },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
    history: image.layers.map((id) => ({ created: CREATED, created_by: id })),
  }
}

type Body = { file: string } | { bytes: Buffer }

async function pushBlob(socket: string, digest: string, size: number, body: Body): Promise<void> {
  const known = await send(socket, 'HEAD', `/v2/${REPOSITORY}/blobs/${digest}`, {}, null)
  if (known.statusCode === 200) return
  const started = await send(socket, 'POST', `/v2/${REPOSITORY}/blobs/uploads/`, {}, null)
  const location = new URL(started.headers.location ?? '', 'http://registry')
  location.searchParams.set('digest', digest)
  const headers = { 'Content-Type': 'application/octet-stream', 'Content-Length': size }
  expect(await send(socket, 'PUT', location.pathname + location.search, headers, body), 201, digest)
}

async function pushManifest(socket: string, name: string, type: string, bytes: Buffer): Promise<void> {
  const headers = { 'Content-Type': type, 'Content-Length': bytes.length }
  expect(await send(socket, 'PUT', `/v2/${REPOSITORY}/manifests/${name}`, headers, { bytes }), 201, name)
}

function expect(answer: IncomingMessage, status: number, what: string): void {
  if (answer.statusCode !== status) throw new LabError('docker-registry', `${what}: HTTP ${answer.statusCode}`)
}

function send(
  socketPath: string,
  method: string,
  path: string,
  headers: OutgoingHttpHeaders,
  body: Body | null,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method, path, headers: { Host: 'registry', ...headers } }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer))
    })
    outgoing.on('error', reject)
    if (body === null) outgoing.end()
    else if ('bytes' in body) outgoing.end(body.bytes)
    else pipeline(createReadStream(body.file), outgoing).catch(reject)
  })
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
