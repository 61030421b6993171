import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { cached } from '../cache.ts'
import { type Layer, packLayer } from './layer.ts'
import { pushImage } from './push.ts'
import { IMAGES, type LayerId, recipeKey } from './recipe.ts'
import { startRegistry } from './registry-server.ts'
import { fillLayer } from './trees.ts'

/** One tag of the lab. Sizes in bytes: compressed (the sum of the manifest's layers) and unpacked. */
const tagFactSchema = z.object({
  tag: z.string(),
  go: z.string(),
  claims: z.string(),
  variant: z.enum(['alpine', 'debian']),
  base: z.string(),
  architecture: z.enum(['amd64', 'arm64']),
  size: z.number(),
  unpacked: z.number(),
  layers: z.number(),
})
export type TagFact = z.infer<typeof tagFactSchema>

export type ImageStore = { store: string; tags: readonly TagFact[] }

/** The registry's files with all golang tags in them, out of the cache or freshly built (about a minute). */
export async function imageStore(progress: (line: string) => void): Promise<ImageStore> {
  const folder = await cached(`images-${recipeKey()}`, (into) => buildStore(into, progress))
  const text = await readFile(join(folder, 'tags.json'), 'utf8')
  return { store: join(folder, 'registry'), tags: z.array(tagFactSchema).parse(JSON.parse(text)) }
}

async function buildStore(into: string, progress: (line: string) => void): Promise<void> {
  const work = await mkdtemp(join(into, 'work-'))
  const layers = new Map<LayerId, Layer>()
  const ids = [...new Set(IMAGES.flatMap((image) => image.layers))]
  // Two at a time: more only wait for the same two processors.
  const queue = [...ids]
  const worker = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      const started = Date.now()
      const layer = await buildLayer(id, work)
      layers.set(id, layer)
      progress(`layer ${id}: ${(layer.size / 1e6).toFixed(1)} MB in ${((Date.now() - started) / 1000).toFixed(1)} s`)
    }
  }
  await Promise.all([worker(), worker()])

  const store = join(into, 'registry')
  await mkdir(store)
  // Not in `work`: the path of a socket holds 107 bytes at most.
  const run = await mkdtemp(join(tmpdir(), 'grl-push-'))
  const tags: TagFact[] = []
  try {
    const { server, socket } = await startRegistry(run, store, false)
    try {
      for (const image of IMAGES) {
        const own = image.layers.map((id) => {
          const layer = layers.get(id)
          if (layer === undefined) throw new Error(`no layer ${id}`)
          return layer
        })
        await pushImage(socket, image, own)
        const size = own.reduce((sum, layer) => sum + layer.size, 0)
        const unpacked = own.reduce((sum, layer) => sum + layer.unpacked, 0)
        const { go, claims, variant, base, architecture } = image
        for (const tag of image.tags) {
          tags.push({ tag, go, claims, variant, base, architecture, size, unpacked, layers: own.length })
        }
        progress(`image ${image.id}: ${(size / 1e6).toFixed(1)} MB as ${image.tags.join(', ')}`)
      }
    } finally {
      await server.stop()
    }
  } finally {
    await rm(run, { recursive: true, force: true })
  }
  await rm(work, { recursive: true, force: true })
  await writeFile(join(into, 'tags.json'), `${JSON.stringify(tags, null, 2)}\n`)
}

async function buildLayer(id: LayerId, work: string): Promise<Layer> {
  const folder = join(work, id)
  const aside = join(work, `${id}.work`)
  for (const path of [folder, aside]) {
    await mkdir(path)
    await chmod(path, 0o755)
  }
  await fillLayer(id, folder, aside)
  await rm(aside, { recursive: true, force: true })
  const layer = await packLayer(folder, join(work, `${id}.tar.gz`))
  await rm(folder, { recursive: true, force: true })
  return layer
}
