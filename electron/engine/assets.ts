import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { CodedError } from '../core/errors.ts'
import { parseJson, schemaError } from '../core/json-file.ts'
import { type Catalogue, loadCatalogue, loadTags } from '../docker/catalogue.ts'
import type { Witnesses } from '../doctor/check.ts'
import { loadMirrors, readArtefacts, type MirrorCatalogue, readMirrors } from '../mirrors/catalogue.ts'

/** `named`: the mirrors come from the file that a person named. */
export type Assets = { tags: Catalogue; mirrors: MirrorCatalogue; witnesses: Witnesses; named: boolean }

/**
 * The shipped catalogues, or what `--catalogue FILE` puts in their place: a file with `tags`
 * replaces the tags, one with `mirrors` the mirrors, one may hold both; `artefacts`: what a race fetches;
 * `witnesses`: who is asked besides this machine when it is checked.
 * Throws `bad-arguments`, `unparsable-file` {path, line}.
 */
export async function loadAssets(file: string | null): Promise<Assets> {
  const folder = assetsFolder()
  const shipped = {
    tags: () => readFile(join(folder, 'golang-tags.json'), 'utf8').then((text) => loadCatalogue(text)),
    mirrors: async () => readMirrors(await readFile(join(folder, 'mirrors.json'), 'utf8'), 'mirrors.json'),
  }
  const shippedWitnesses = async () =>
    loadWitnesses(JSON.parse(await readFile(join(folder, 'witnesses.json'), 'utf8')), 'witnesses.json')
  if (file === null)
    return {
      tags: await shipped.tags(),
      mirrors: await shipped.mirrors(),
      witnesses: await shippedWitnesses(),
      named: false,
    }
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    throw new CodedError('bad-arguments', { reason: 'cli:reason.file', path: file })
  }
  const { mirrors, artefacts, witnesses, ...tags } = parseObject(text, file)
  return {
    tags: 'tags' in tags ? loadTags(tags, file, text) : await shipped.tags(),
    named: mirrors !== undefined,
    witnesses: witnesses === undefined ? await shippedWitnesses() : loadWitnesses(witnesses, file, text),
    mirrors:
      mirrors === undefined
        ? {
            ...(await shipped.mirrors()),
            ...(artefacts === undefined ? {} : { artefacts: readArtefacts(artefacts, file, text) }),
          }
        : loadMirrors({ version: tags.version, date: tags.date, artefacts, mirrors }, file, text),
  }
}

const witnessesSchema = z.strictObject({ resolvers: z.array(z.string().max(64)).max(8).default([]) })

function loadWitnesses(value: unknown, path: string, text = ''): Witnesses {
  const parsed = witnessesSchema.safeParse(value)
  if (!parsed.success) throw schemaError(parsed.error, text, path)
  return parsed.data
}

function parseObject(text: string, path: string): Record<string, unknown> {
  const value = parseJson(text, path)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new CodedError('unparsable-file', { path, line: 1 }, 'not an object')
}

/**
 * The classroom's collection and scripts as real files that other programs can read: `assets/classroom` in a
 * checkout; installed, `classroom` beside the archive (electron-builder.yml puts it there).
 */
export function classroomFolder(assets = assetsFolder()): string {
  const program = dirname(assets)
  return basename(program).endsWith('.asar') ? join(dirname(program), 'classroom') : join(assets, 'classroom')
}

/** `assets/` stands beside the built program and beside the sources, at different depths. */
function assetsFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const assets = join(folder, 'assets')
    if (existsSync(join(assets, 'golang-tags.json'))) return assets
    if (folder === dirname(folder)) throw new Error('assets/ is missing')
  }
}
