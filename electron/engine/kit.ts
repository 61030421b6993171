import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { version } from '../../package.json'
import {
  KIT_MANIFEST,
  type KitInterface,
  type KitResult,
  type KitServer,
  type KitView,
  type KitWish,
} from '../contract/kit.ts'
import type { Profile } from '../contract/profile.ts'
import type { TaskReport } from '../contract/task.ts'
import { CodedError } from '../core/errors.ts'
import { withLock } from '../core/lock.ts'
import { policyOf } from '../core/patience.ts'
import { under } from '../core/paths.ts'
import { readPolicy } from '../core/room-policy.ts'
import type { Places } from '../core/places.ts'
import type { System } from '../core/system.ts'
import type { Catalogue } from '../docker/catalogue.ts'
import { findEndpoint } from '../docker/endpoint.ts'
import { type Engine as DockerEngine, openEngine } from '../docker/engine.ts'
import { compareGo } from '../docker/tag-grammar.ts'
import type { GoSource, GoTool } from '../kit/go-download.ts'
import { neededGo } from '../kit/go-download.ts'
import { listInterfaces } from '../kit/interfaces.ts'
import { readManifest } from '../kit/manifest.ts'
import type { Running } from '../kit/serve.ts'
import { type KitSource, openFolder } from '../kit/source.ts'
import { verifyKit } from '../kit/verify.ts'
import type { MirrorCatalogue } from '../mirrors/catalogue.ts'
import type { MirrorClient } from '../mirrors/http/client.ts'
import { toolDefault } from '../settings/defaults/tool-default.ts'
import { detectGo, effective } from '../settings/go/detect.ts'
import { detectNpm, keysOf } from '../settings/npm/detect.ts'
import { type Images, requireRunning } from './images.ts'
import { dockerState } from '../docker/state.ts'

type Report = (event: TaskReport) => void
export type ServeKit = { interface: string; port: number | null }

/** A kit that is to be used: a folder, or a server and the only authority (PEM) that is believed about it. */
export type KitPlace = { folder: string } | { url: string; authority: string }

/** Classroom kits: everything a machine without internet needs. Folders are absolute paths. Throws CodedErrors. */
export type Kit = {
  show(folder: string): Promise<KitView>
  /** Body of a task. Goes on where an earlier try stopped; the manifest comes last. */
  make(folder: string, wish: KitWish, profile: Profile, report: Report, signal: AbortSignal): Promise<KitResult>
  /** Body of a task. Every file against the manifest. Throws `kit-damaged`, `kit-incomplete`. */
  verify(folder: string, report: Report, signal: AbortSignal): Promise<KitResult>
  /** This machine's interfaces, loopback last. */
  interfaces(): readonly KitInterface[]
  /** Body of a task. Serves until `stop`, or the end of the process. Throws `kit-serving` {page}. */
  serve(folder: string, how: ServeKit, report: Report, signal: AbortSignal): Promise<KitServer>
  serving(): KitServer | null
  /** false: nothing was served. */
  stop(): Promise<boolean>
  /** The profile that makes this machine use a kit, once it was loaded: modules and packages lie in the cache then. */
  profileFor(place: KitPlace, report: Report, signal: AbortSignal): Promise<Profile>
  /** Body of a task. Verifies; brings images into Docker, modules and packages into the caches. What is there stays. */
  load(place: KitPlace, report: Report, signal: AbortSignal): Promise<KitResult>
}

export type KitParts = {
  sys: System
  places: Places
  images: Images
  tags: Catalogue
  mirrors(): Promise<MirrorCatalogue>
  http(timeout: number): Promise<MirrorClient>
}

/** Milliseconds for a request that names none of its own. */
const TIMEOUT = 30_000

export function openKit(parts: KitParts): Kit {
  const { sys, places } = parts
  let running: Running | null = null
  let starting = false
  const engine = async (signal: AbortSignal): Promise<DockerEngine> => {
    requireRunning(await dockerState(sys, places, signal))
    return openEngine(await findEndpoint(sys, places), { signal })
  }
  const open = async (place: KitPlace, report: Report, signal: AbortSignal): Promise<KitSource> => {
    // A kit's profile is written by whoever makes the kit, and carries no signature.
    if ((await readPolicy(sys, places)).require) throw new CodedError('profile-unsigned', { name: KIT_MANIFEST })
    if ('folder' in place) return openFolder(place.folder, (await verifyKit(place.folder, report, signal)).manifest)
    const [{ openServer }, { kitCache }] = await Promise.all([import('../kit/download.ts'), import('../kit/use.ts')])
    return openServer(place.url, place.authority, kitCache(places), () => {}, signal)
  }
  return {
    async show(folder) {
      const manifest = await readManifest(folder)
      return { folder, manifest, bytes: (manifest?.files ?? []).reduce((sum, { size }) => sum + size, 0) }
    },
    async make(folder, wish, profile, report, signal) {
      const { makeKit } = await import('../kit/make.ts')
      const id = createHash('sha256').update(folder).digest('hex').slice(0, 16)
      const http = await parts.http(TIMEOUT)
      const work = under(places.cache, 'kit-work', id)
      const goSource = await goSourceFor(profile, sys, places, signal)
      const body = (): Promise<KitResult> =>
        makeKit(
          folder,
          wish,
          profile,
          {
            ...{ sys, places, program: `GoReady ${version}`, work, engine, goSource, http },
            image: (name, tell, at) => bringImage(name, profile, parts.images, tell, at),
            go: (goMods, image, at) => goToolFor(goMods, image, { sys, places, engine }, at),
            npmRegistry: () => npmRegistryFor(profile, sys, places, signal),
            catalogue: async () => catalogueBytes(parts.tags, await parts.mirrors()),
          },
          report,
          signal,
        )
      try {
        await mkdir(places.state, { recursive: true })
        return await withLock(under(places.state, 'kits', id), process.pid, sys, body)
      } finally {
        http.close()
      }
    },
    verify: async (folder, report, signal) => (await verifyKit(folder, report, signal)).result,
    interfaces: () => listInterfaces(),
    async serve(folder, how, report, signal) {
      if (running !== null || starting) throw new CodedError('kit-serving', { page: running?.server.page ?? '' })
      starting = true
      try {
        const { serveKit } = await import('../kit/serve.ts')
        running = await serveKit(folder, how, { sys, places, engine }, report, signal)
        return running.server
      } finally {
        starting = false
      }
    },
    serving: () => running?.server ?? null,
    async stop() {
      const served = running
      running = null
      await served?.stop()
      return served !== null
    },
    async profileFor(place, report, signal) {
      const { profileOf } = await import('../kit/use.ts')
      const source = await open(place, report, signal)
      try {
        return await profileOf(source, places, signal)
      } finally {
        source.close()
      }
    },
    async load(place, report, signal) {
      const { bringIn } = await import('../kit/use.ts')
      const source = await open(place, report, signal)
      try {
        return await bringIn(source, { sys, places, engine }, report, signal)
      } finally {
        source.close()
      }
    },
  }
}

/** Where modules come from: what the profile names, else what this machine uses, else Go's own. */
async function goSourceFor(profile: Profile, sys: System, places: Places, signal: AbortSignal): Promise<GoSource> {
  const state = await detectGo(sys, places, signal)
  const { go, sumdb } = profile.sources ?? {}
  const named = go === 'auto' || go === 'official' ? undefined : go
  const used = go === 'official' ? null : effective(state, 'GOPROXY')
  return {
    proxy: named ?? used ?? (await toolDefault('go', sys, places, signal)) ?? 'direct',
    sumdb: (sumdb === 'default' ? '' : (sumdb ?? effective(state, 'GOSUMDB'))) || 'sum.golang.org',
  }
}

async function npmRegistryFor(profile: Profile, sys: System, places: Places, signal: AbortSignal): Promise<string> {
  const { npm } = profile.sources ?? {}
  const named = typeof npm === 'string' ? npm : npm?.default
  if (named !== undefined && named !== 'auto' && named !== 'official') return named
  const used = keysOf((await detectNpm(sys, places, signal)).user.npmrc).get('registry')
  if (named !== 'official' && typeof used === 'string') return used
  const own = await toolDefault('npm', sys, places, signal)
  if (own === null) throw new CodedError('kit-missing-tool', { tool: 'npm' })
  return own
}

/** The go on this machine where it is new enough for the go.mod files, else the one in the kit's image. */
async function goToolFor(
  goMods: readonly string[],
  image: string | null,
  { sys, places, engine }: { sys: System; places: Places; engine(signal: AbortSignal): Promise<DockerEngine> },
  signal: AbortSignal,
): Promise<GoTool> {
  const needed = neededGo(goMods)
  const { installed } = await detectGo(sys, places, signal)
  const host = installed.find(({ version }) => compareGo(version.replace(/^go/, ''), needed) >= 0)
  if (host !== undefined) return { kind: 'host', path: host.path }
  if (image === null) throw new CodedError('kit-missing-tool', { tool: `go ${needed}` })
  return { kind: 'image', reference: image, engine: await engine(signal) }
}

async function bringImage(
  name: string,
  profile: Profile,
  images: Images,
  report: Report,
  signal: AbortSignal,
): Promise<string> {
  const docker = profile.sources?.docker
  const registries = Array.isArray(docker) && profile.pull !== 'mirrors' ? docker : []
  const { change, tools } = await images.prepare(name, { policy: policyOf(profile), registries }, signal)
  await tools.ready(signal)
  if (!change.before) await tools.pull(signal, report)
  return tools.reference
}

/** Both catalogues in one file, as `--catalogue` reads it. */
function catalogueBytes(tags: Catalogue, { mirrors, artefacts }: MirrorCatalogue): Buffer {
  const shared = mirrors.flatMap(({ own, ...mirror }) => (own === true ? [] : [mirror]))
  return Buffer.from(`${JSON.stringify({ ...tags, artefacts, mirrors: shared }, null, 1)}\n`)
}
