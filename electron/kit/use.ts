import { mkdir, readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { KitManifest, KitResult } from '../contract/kit.ts'
import type { Profile } from '../contract/profile.ts'
import type { TaskReport } from '../contract/task.ts'
import { causeText, CodedError } from '../core/errors.ts'
import { under } from '../core/paths.ts'
import type { Places } from '../core/places.ts'
import type { System } from '../core/system.ts'
import type { Engine } from '../docker/engine.ts'
import { findPrograms } from '../settings/find-program.ts'
import { copyTo, hashFile, holds, needRoom, pathIn, writeBytes } from './folder.ts'
import { fileUrl, readKitProfile, withSources } from './kit-profile.ts'
import { isLoaded, loadImage } from './load-images.ts'
import { npmTarball } from './npm-packages.ts'
import { kitProgress, type Progress } from './progress.ts'
import type { KitSource } from './source.ts'

/** Where kits lie that this machine uses: a stick is taken away, a teacher's machine goes home. */
export const kitCache = (places: Places): string => under(places.cache, 'kits')

const STATE = 'used.json'
/** What engines call the images that came out of kits, and whose packages npm's cache has. */
const stateSchema = z.object({ images: z.record(z.string(), z.string()), npm: z.array(z.string()) })
type State = z.infer<typeof stateSchema>

/** The profile that makes this machine use a kit, once `bringIn` has brought it in. Throws as `readKitProfile`. */
export async function profileOf(source: KitSource, places: Places, signal: AbortSignal): Promise<Profile> {
  const { manifest, id } = source
  if (manifest.profile !== null) await source.file(manifest.profile, signal)
  const folder = manifest.profile === null ? '' : await rootOf(source, manifest.profile, signal)
  const profile = await readKitProfile(folder, manifest)
  const go = manifest.go === null ? null : fileUrl(pathIn(kitCache(places), `${id}/${manifest.go.folder}`))
  return withSources(profile, manifest, go)
}

/** The folder in which a file of the kit lies. */
async function rootOf(source: KitSource, path: string, signal: AbortSignal): Promise<string> {
  const whole = await source.file(path, signal)
  return whole.slice(0, whole.length - path.length - 1)
}

export type BringParts = { sys: System; places: Places; engine(signal: AbortSignal): Promise<Engine> }

/**
 * Brings a kit's images into Docker, its modules into the cache and its packages into npm's cache; what is there already
 * stays. `kept` counts the bytes that were. Errors: those of Docker, `no-space`, `kit-damaged`.
 */
export async function bringIn(
  source: KitSource,
  parts: BringParts,
  report: (event: TaskReport) => void,
  signal: AbortSignal,
): Promise<KitResult> {
  const { manifest, id } = source
  const cache = kitCache(parts.places)
  await mkdir(cache, { recursive: true })
  const progress = kitProgress(report)
  const size = (path: string): number => manifest.files.find((one) => one.path === path)?.size ?? 0
  const goFiles = filesOf(manifest, manifest.go?.folder)
  const all = [...manifest.images.map(({ file }) => file), ...goFiles, ...filesOf(manifest, manifest.npm?.folder)]
  const bytes = all.reduce((sum, path) => sum + size(path), 0)
  progress.expect(bytes)
  const state = await readState(cache)
  let kept = 0
  const keep = (many: number): void => {
    kept += many
    progress.add(many)
  }
  if (manifest.images.length > 0) {
    const engine = await parts.engine(signal)
    for (const image of manifest.images) {
      progress.now({ key: 'kit:note.load', values: { image: image.reference } })
      if (await isLoaded(engine, image, new Map(Object.entries(state.images)), signal)) {
        keep(size(image.file))
        continue
      }
      const path = await source.file(image.file, signal)
      const folder = path.slice(0, path.length - image.file.length - 1)
      state.images[image.digest] = await loadImage(engine, folder, image, signal, (count) => progress.add(count))
      await writeState(cache, state)
      await source.release(image.file)
    }
  }
  progress.now({ key: 'kit:note.modules' })
  await needRoom(
    cache,
    goFiles.reduce((sum, path) => sum + size(path), 0),
  )
  for (const path of goFiles) {
    signal.throwIfAborted()
    const wanted = manifest.files.find((one) => one.path === path)
    if (wanted !== undefined && (await holds(cache, `${id}/${path}`, wanted, signal))) {
      keep(wanted.size)
      continue
    }
    const target = pathIn(cache, `${id}/${path}`)
    const from = await source.file(path, signal)
    if (from !== target) await copyTo(from, target)
    // A stick can read otherwise the second time.
    if ((await hashFile(target, signal)).sha256 !== wanted?.sha256) throw new CodedError('kit-damaged', { path })
    progress.add(size(path))
  }
  const npmBytes = filesOf(manifest, manifest.npm?.folder).reduce((sum, path) => sum + size(path), 0)
  if (state.npm.includes(id)) keep(npmBytes)
  else if (await fillNpm(source, parts, progress, report, signal)) {
    state.npm.push(id)
    await writeState(cache, state)
    progress.add(npmBytes)
  }
  progress.end()
  return { folder: pathIn(cache, id), files: all.length, bytes, kept }
}

/** Packages a call of npm; a command line has an end. */
const AT_ONCE = 50
const NPM_TIMEOUT = 5 * 60_000

/**
 * Puts a kit's packages into npm's own cache, by npm: `npm ci` takes a package whose hash a lock file names from there
 * and asks nobody. false: there is nothing to do, or no npm.
 */
async function fillNpm(
  source: KitSource,
  { sys, places }: BringParts,
  progress: Progress,
  report: (event: TaskReport) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const packages = source.manifest.npm?.packages ?? []
  if (packages.length === 0) return false
  const [npm] = await findPrograms(sys, places, 'npm', places.npm.programs)
  if (npm === undefined) {
    report({ type: 'log', line: 'npm: -' })
    return false
  }
  progress.now({ key: 'kit:note.npmCache' })
  const { home, environment } = places
  const env = { ...environment, HOME: home, npm_config_audit: 'false', npm_config_update_notifier: 'false' }
  const paths: string[] = []
  for (const { name, version } of packages) paths.push(await source.file(npmTarball(name, version), signal))
  for (let at = 0; at < paths.length; at += AT_ONCE) {
    const argv = [npm, 'cache', 'add', '--offline', ...paths.slice(at, at + AT_ONCE)] as const
    const answer = await sys.run(argv, { env, cwd: home, timeout: NPM_TIMEOUT, signal })
    if (answer.code !== 0) throw new CodedError('io', { path: npm }, causeText(answer.stderr.slice(-2000)))
  }
  for (const { name, version } of packages) await source.release(npmTarball(name, version))
  return true
}

const filesOf = ({ files }: KitManifest, folder: string | undefined): readonly string[] =>
  folder === undefined ? [] : files.map(({ path }) => path).filter((path) => path.startsWith(`${folder}/`))

async function readState(cache: string): Promise<State> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(pathIn(cache, STATE), 'utf8')))
  } catch {
    return { images: {}, npm: [] }
  }
}

const writeState = async (cache: string, state: State): Promise<void> => {
  await writeBytes(cache, STATE, Buffer.from(JSON.stringify(state)))
}
