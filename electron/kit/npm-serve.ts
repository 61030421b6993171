import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { pathIn } from './folder.ts'
import { npmDocument, npmTarball } from './npm-packages.ts'
import type { Served } from './server.ts'

const documentSchema = z.looseObject({
  versions: z.record(z.string(), z.looseObject({ dist: z.looseObject({}) })),
})

/**
 * What an npm registry answers to a path below its address: a package's description with the addresses of this server
 * in it, or one of its tarballs; null for anything else.
 */
export async function npmAnswer(
  { folder, manifest, origin }: Served,
  path: string,
): Promise<{ body: Buffer } | { path: string } | null> {
  const packages = manifest.npm?.packages ?? []
  const [, name = path, file] = /^(.+)\/-\/([^/]+)$/.exec(path) ?? []
  const own = packages.filter((one) => one.name === name)
  if (own.length === 0) return null
  if (file !== undefined) {
    const one = own.find(({ version }) => fileOf(name, version) === file)
    return one === undefined ? null : { path: npmTarball(name, one.version) }
  }
  const listed = manifest.files.some((one) => one.path === npmDocument(name))
  if (!listed) return null
  const document = documentSchema.parse(JSON.parse(await readFile(pathIn(folder, npmDocument(name)), 'utf8')))
  for (const [version, told] of Object.entries(document.versions))
    told.dist['tarball'] = `${origin}/npm/${name}/-/${fileOf(name, version)}`
  return { body: Buffer.from(JSON.stringify(document)) }
}

const fileOf = (name: string, version: string): string => `${name.replace(/^.*\//, '')}-${version}.tgz`
