import { createReadStream } from 'node:fs'
import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { KIT_MANIFEST, type KitManifest, type KitResult, type KitWish } from '../contract/kit.ts'
import type { Profile } from '../contract/profile.ts'
import type { TaskReport } from '../contract/task.ts'
import { causeText, CodedError } from '../core/errors.ts'
import { nameOf, under } from '../core/paths.ts'
import type { Places } from '../core/places.ts'
import type { System } from '../core/system.ts'
import type { Engine } from '../docker/engine.ts'
import type { MirrorHttp } from '../mirrors/race/adapter.ts'
import { readSumdb } from '../mirrors/trust/sumdb.ts'
import { hashFile, pathIn, writeBytes, writeStream } from './folder.ts'
import { downloadModules, type GoSource, type GoTool } from './go-download.ts'
import { type KitGo, packModules } from './go-modules.ts'
import { profileBytes, profileForKit } from './kit-profile.ts'
import { type Ledger, openLedger } from './ledger.ts'
import { isPortable } from './manifest.ts'
import { readLock } from './npm-lock.ts'
import { packPackages } from './npm-packages.ts'
import { kitProgress, type Progress } from './progress.ts'
import { saveImage } from './save-images.ts'
import { askSumdb } from './sumdb-ask.ts'

/** What making a kit needs of this machine. */
export type MakeParts = {
  sys: System
  places: Places
  program: string
  /** Where modules are downloaded to before they go into the kit; it stays when the work is cut off. */
  work: string
  /** A full reference, brought into the engine where it is not there yet. */
  image(name: string, report: (event: TaskReport) => void, signal: AbortSignal): Promise<string>
  engine(signal: AbortSignal): Promise<Engine>
  go(needed: readonly string[], image: string | null, signal: AbortSignal): Promise<GoTool>
  goSource: GoSource
  npmRegistry(): Promise<string>
  http: MirrorHttp
  /** The catalogues that are in use, as one file. */
  catalogue(): Promise<Uint8Array>
}

/**
 * Makes a kit in a folder, or goes on making it. The list of its contents is written last: without it the folder is no
 * kit. What is there already, and as it should be, stays. Errors: those of the parts; a cancel leaves what is done.
 */
export async function makeKit(
  folder: string,
  wish: KitWish,
  profile: Profile,
  parts: MakeParts,
  report: (event: TaskReport) => void,
  signal: AbortSignal,
): Promise<KitResult> {
  await mkdir(folder, { recursive: true })
  const ledger = await openLedger(folder)
  const progress = kitProgress(report)
  const into = { folder, ledger, progress, report, signal }
  await rm(pathIn(folder, KIT_MANIFEST), { force: true })
  try {
    const locks = wish.npmLocks.flatMap((text) => readLock(text, 'package-lock.json'))
    const named = [...(profile.image === undefined ? [] : [profile.image]), ...wish.images]
    const references: string[] = []
    for (const name of named) references.push(await parts.image(name, report, signal))
    const images: KitManifest['images'] = []
    for (const reference of new Set(references))
      images.push(await saveImage(await parts.engine(signal), reference, into))
    const image = profile.image === undefined ? null : (references[0] ?? null)
    const go = wish.goMods.length === 0 ? null : await makeGo(wish.goMods, images[0]?.reference ?? null, parts, into)
    const packages = locks.filter((one, at) => locks.findIndex((other) => isSame(one, other)) === at)
    const npm =
      packages.length === 0
        ? null
        : await packPackages(packages, { ...into, http: parts.http, registry: await parts.npmRegistry() })
    const installers = await copyInstallers(wish.installers ?? [], into)
    const own = profileForKit(profile, image)
    if (own.dropped.length > 0) report({ type: 'log', line: own.dropped.join(', ') })
    await addBytes('profile.goready.yml', profileBytes(own.profile), into)
    await addBytes('catalogue.json', await parts.catalogue(), into)
    await ledger.tidy()
    const files = ledger.files().toSorted((a, b) => (a.path < b.path ? -1 : 1))
    const odd = files.find(({ path }) => !isPortable(path))
    if (odd !== undefined) throw new CodedError('internal', {}, `not a name for every file system: ${odd.path}`)
    const manifest: KitManifest = {
      ...{ version: 1, made: new Date().toISOString(), program: parts.program, files, images, go, npm },
      ...{ profile: 'profile.goready.yml', catalogue: 'catalogue.json', installers },
    }
    await writeBytes(folder, KIT_MANIFEST, Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`))
    if (wish.goMods.length > 0) await parts.sys.removeTree(parts.work)
    progress.end()
    return { folder, files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0), kept: ledger.kept() }
  } catch (error) {
    await ledger.save().catch(() => {})
    throw signal.aborted ? new CodedError('cancelled') : error
  }
}

type Into = {
  folder: string
  ledger: Ledger
  progress: Progress
  report: (event: TaskReport) => void
  signal: AbortSignal
}
const PROOF = 'module goready.invalid/proof\n\ngo 1.16\n\nrequire github.com/pkg/errors v0.9.1\n'

async function makeGo(goMods: readonly string[], image: string | null, parts: MakeParts, into: Into): Promise<KitGo> {
  const { goSource, sys, places, work } = parts
  if (readSumdb(goSource.sumdb) === null)
    throw new CodedError('bad-profile', { line: 1, key: 'sources.sumdb', reason: 'verification-off' })
  const tool = await parts.go(goMods, image, into.signal)
  for (const goMod of goMods) {
    into.progress.now({ key: 'kit:note.go', values: { name: /^module\s+(\S+)/m.exec(goMod)?.[1] ?? 'go.mod' } })
    await downloadModules(tool, goMod, work, goSource, { sys, places }, into.signal)
  }
  // What `go` is tried with on every machine; a private proxy need not have it.
  await downloadModules(tool, PROOF, work, goSource, { sys, places }, into.signal).catch((error: unknown) => {
    into.signal.throwIfAborted()
    into.report({ type: 'log', line: causeText(error) })
  })
  into.progress.now({ key: 'kit:note.sumdb' })
  return packModules(work, goSource.sumdb, askSumdb(goSource, parts.http, into.signal), into)
}

async function copyInstallers(paths: readonly string[], into: Into): Promise<KitManifest['installers']> {
  const { folder, ledger, progress, signal } = into
  const copied: KitManifest['installers'] = []
  for (const path of paths) {
    const name = nameOf(path)
    const file = under('installers', name)
    const found = await stat(path).catch(() => null)
    if (found?.isFile() !== true || !isPortable(name)) throw new CodedError('bad-arguments', fileReason(path))
    progress.now({ key: 'kit:note.installer', values: { name } })
    progress.expect(found.size)
    const { sha256 } = await hashFile(path, signal)
    if (await ledger.keep(file, sha256, signal)) progress.add(found.size)
    else {
      const count = (bytes: number): void => progress.add(bytes)
      await ledger.add(file, await writeStream(folder, file, createReadStream(path), signal, count), sha256)
    }
    copied.push({ file, system: systemOf(name) })
  }
  return copied
}

async function addBytes(path: string, bytes: Uint8Array, { folder, ledger }: Into): Promise<void> {
  await ledger.add(path, await writeBytes(folder, path, bytes), '')
}

const fileReason = (path: string) => ({ reason: 'cli:reason.file', path })
const isSame = (a: { name: string; version: string }, b: { name: string; version: string }): boolean =>
  a.name === b.name && a.version === b.version

function systemOf(name: string): KitManifest['installers'][number]['system'] {
  if (/\.(exe|msi)$|win/i.test(name)) return /darwin/i.test(name) ? 'macos' : 'windows'
  return /\.(dmg|pkg)$|mac|darwin/i.test(name) ? 'macos' : 'linux'
}

/** The text of a file that a person named. Throws `bad-arguments` {path}. */
export async function givenText(path: string): Promise<string> {
  try {
    const { size } = await stat(path)
    if (size > MAX_TEXT) throw new Error('too large')
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new CodedError('bad-arguments', fileReason(path), error)
  }
}

/** Bytes of the largest go.mod or package-lock.json. */
const MAX_TEXT = 16 * 1024 * 1024
