import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { KitManifest } from '../contract/kit.ts'
import { under } from '../core/paths.ts'
import { compareSemver } from '../mirrors/targets/versions.ts'
import { readSumdb } from '../mirrors/trust/sumdb.ts'
import { filesBelow, writeBytes, writeStream } from './folder.ts'
import type { Ledger } from './ledger.ts'
import type { Progress } from './progress.ts'
import { type AskSumdb, sumdbFiles } from './sumdb-files.ts'

export type KitGo = NonNullable<KitManifest['go']>
type Into = { folder: string; ledger: Ledger; progress: Progress; signal: AbortSignal }

/** Where modules lie in a kit, in the layout of a module proxy. */
export const GO_FOLDER = 'go'
/** What is in there, a line `path version` a module; a check downloads one of them. */
export const GO_LIST = 'modules.txt'

/**
 * Puts a module cache that `go` has filled into a kit: what a module proxy serves, and of the checksum database all
 * that `go` needs to check it anew without a network. `sumdb`: the value of GOSUMDB.
 * Throws `module-download-failed` where the database's answers cannot be completed.
 */
export async function packModules(work: string, sumdb: string, ask: AskSumdb, into: Into): Promise<KitGo> {
  const cache = under(work, 'mod', 'cache', 'download')
  const served = (await filesBelow(cache)).filter((path) => /\/@v\/(list|[^/]+\.(info|mod|zip))$/.test(path))
  const modules: KitGo['modules'] = []
  for (const path of served) {
    into.signal.throwIfAborted()
    const hash = path.endsWith('.zip') ? await textOf(`${cache}/${path}hash`) : ''
    await pack(`${cache}/${path}`, `${GO_FOLDER}/${path}`, hash, into)
    const [, module = '', version = ''] = /^(.+)\/@v\/(.+)\.zip$/.exec(path) ?? []
    if (module !== '') modules.push({ path: unescaped(module), version: unescaped(version), sum: hash })
  }
  await packLatest(cache, served, into)
  const database = readSumdb(sumdb)
  const files = database === null ? new Map<string, Uint8Array>() : await sumdbFiles(cache, database, ask, into.signal)
  for (const [path, bytes] of files) await packBytes(`${GO_FOLDER}/sumdb/${database?.name ?? ''}/${path}`, bytes, into)
  const list = modules.map(({ path, version }) => `${path} ${version}\n`).join('')
  await packBytes(`${GO_FOLDER}/${GO_LIST}`, Buffer.from(list), into)
  // With an address `go` would ask that and nobody else.
  return { folder: GO_FOLDER, sumdb: sumdb.trim().split(/\s+/)[0] || null, modules }
}

async function pack(source: string, path: string, hash: string, into: Into): Promise<void> {
  const { folder, ledger, progress, signal } = into
  if (hash === '') return packBytes(path, await readFile(source), into)
  if (await ledger.keep(path, hash, signal)) return
  const written = await writeStream(folder, path, createReadStream(source), signal, (bytes) => progress.add(bytes))
  await ledger.add(path, written, hash)
}

async function packBytes(path: string, bytes: Uint8Array, { folder, ledger, signal }: Into): Promise<void> {
  const source = Buffer.from(bytes).toString('base64').slice(0, 4096)
  if (!(await ledger.keep(path, source, signal))) await ledger.add(path, await writeBytes(folder, path, bytes), source)
}

/** `go get MODULE` asks for the newest one; of a module without a release only this file tells. */
async function packLatest(cache: string, served: readonly string[], into: Into): Promise<void> {
  const newest = new Map<string, string>()
  for (const path of served) {
    const [, module = '', version = ''] = /^(.+)\/@v\/(.+)\.info$/.exec(path) ?? []
    if (module === '' || !served.includes(path.replace(/\.info$/, '.zip'))) continue
    const before = newest.get(module)
    if (before === undefined || compareSemver(version, before) > 0) newest.set(module, version)
  }
  for (const [module, version] of newest)
    await packBytes(`${GO_FOLDER}/${module}/@latest`, await readFile(`${cache}/${module}/@v/${version}.info`), into)
}

const textOf = async (path: string): Promise<string> => (await readFile(path, 'utf8')).trim()
/** `!` and a small letter stand for a capital (golang.org/x/mod module `UnescapePath`). */
const unescaped = (text: string): string => text.replace(/!([a-z])/g, (_, letter: string) => letter.toUpperCase())
