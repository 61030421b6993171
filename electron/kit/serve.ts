import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { X509Certificate } from 'node:crypto'
import { z } from 'zod'
import type { KitManifest, KitServer } from '../contract/kit.ts'
import type { Profile } from '../contract/profile.ts'
import type { TaskReport } from '../contract/task.ts'
import { causeText, CodedError } from '../core/errors.ts'
import { under } from '../core/paths.ts'
import type { Places } from '../core/places.ts'
import type { System } from '../core/system.ts'
import type { Engine } from '../docker/engine.ts'
import { inspectImage } from '../docker/inspect.ts'
import { findInterface } from './interfaces.ts'
import { profileBytes, readKitProfile, withSources } from './kit-profile.ts'
import { kitProgress } from './progress.ts'
import { type Registry, startContainerRegistry, startProgram } from './registry.ts'
import { storeImage } from './registry-store.ts'
import { lasts, makeRoom, type Room } from './room-authority.ts'
import { roomPage } from './room-page.ts'
import { startFront } from './server.ts'
import { kitCache } from './use.ts'
import { verifyKit } from './verify.ts'

export type ServeParts = { sys: System; places: Places; engine(signal: AbortSignal): Promise<Engine> }
export type Running = { server: KitServer; stop(): Promise<void> }

const roomSchema = z.object({ authority: z.string(), certificate: z.string(), key: z.string(), ends: z.string() })
/** The port where none is named. */
const PORT = 8443

/**
 * Serves a kit to a room until `stop`: over TLS by an authority made for it, on one interface's address and nowhere
 * else. Errors: those of `verifyKit`; `bad-arguments` for an interface that is not there; `kit-port` {address}.
 */
export async function serveKit(
  folder: string,
  how: { interface: string; port: number | null },
  parts: ServeParts,
  report: (event: TaskReport) => void,
  signal: AbortSignal,
): Promise<Running> {
  const place = findInterface(how.interface)
  const { manifest } = await verifyKit(folder, report, signal)
  const profile = await readKitProfile(folder, manifest)
  const room = await roomFor(place.address, parts.places)
  const progress = kitProgress(report)
  progress.now({ key: 'kit:note.registry' })
  const registry = await startRegistry(folder, manifest, parts, report, signal)
  try {
    const fingerprint = new X509Certificate(room.authority).fingerprint256
    const told: { origin: string; profile: Uint8Array } = { origin: '', profile: new Uint8Array() }
    const front = await startFront(place.address, how.port ?? PORT, room, (port) => {
      const origin = `https://${place.address}:${port}`
      told.origin = origin
      told.profile = profileBytes(roomProfile(profile, manifest, origin, registry !== null))
      const page = (type: string, body: string | Uint8Array) => ({
        type,
        body: typeof body === 'string' ? Buffer.from(body) : Buffer.from(body),
      })
      const pages = new Map([
        ['', page('text/html; charset=utf-8', roomPage(manifest, origin, fingerprint))],
        ['goready.yml', page('application/yaml; charset=utf-8', told.profile)],
        ['room-ca.pem', page('application/x-pem-file', room.authority)],
        ['npm/-/ping', page('application/json', '{}')],
      ])
      return { folder, manifest, registry, pages, origin }
    })
    const { origin } = told
    const own = roomFolder(parts.places)
    await writeFile(under(own, 'goready.yml'), told.profile)
    await writeFile(under(own, 'room-ca.pem'), room.authority)
    progress.end()
    return {
      server: {
        ...{ folder, interface: place, page: `${origin}/`, authority: under(own, 'room-ca.pem'), fingerprint },
        go: manifest.go === null ? null : `${origin}/go`,
        docker: registry === null ? null : origin,
        npm: manifest.npm === null ? null : `${origin}/npm/`,
        since: new Date().toISOString(),
      },
      async stop() {
        await front.stop()
        await registry?.stop()
      },
    }
  } catch (error) {
    await registry?.stop()
    throw error
  }
}

/** What a seat is given that asks this server instead of keeping the kit itself. */
export function roomProfile(profile: Profile, manifest: KitManifest, origin: string, registry: boolean): Profile {
  const withGo = withSources(profile, manifest, manifest.go === null ? null : `${origin}/go`)
  const docker = registry && manifest.images.length > 0
  const tools = [
    ...(docker ? ['docker' as const] : []),
    ...(manifest.npm === null ? [] : ['npm' as const]),
    ...(manifest.go === null ? [] : ['go' as const]),
  ]
  return {
    ...withGo,
    ...(docker ? { pull: 'direct' as const } : {}),
    sources: {
      ...withGo.sources,
      ...(docker ? { docker: [origin] } : {}),
      ...(manifest.npm === null ? {} : { npm: `${origin}/npm/` }),
    },
    ...(tools.length === 0 ? {} : { authorities: [{ file: 'room-ca.pem', for: tools }] }),
  }
}

const roomFolder = (places: Places): string => under(places.state, 'room')

/** The authority that seats of an earlier lesson trust already, as long as it lasts. Its file holds the server's key. */
async function roomFor(address: string, places: Places): Promise<Room> {
  const folder = roomFolder(places)
  const path = under(folder, `${address}.json`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  try {
    const kept = roomSchema.parse(JSON.parse(await readFile(path, 'utf8')))
    if (lasts(kept)) return kept
  } catch {
    // None yet, or none that can be read.
  }
  const room = await makeRoom(address)
  await writeFile(path, JSON.stringify(room), { mode: 0o600 })
  await chmod(path, 0o600)
  return room
}

/** The registry's own program, else its image; without either the room loads images out of the kit's files. */
async function startRegistry(
  folder: string,
  manifest: KitManifest,
  { sys, places, engine }: ServeParts,
  report: (event: TaskReport) => void,
  signal: AbortSignal,
): Promise<Registry | null> {
  if (manifest.images.length === 0) return null
  const store = under(kitCache(places), 'registry')
  await mkdir(store, { recursive: true })
  for (const image of manifest.images) await storeImage(store, folder, image, signal)
  try {
    const program = await startProgram(store, sys, places)
    if (program !== null) return program
    const docker = await engine(signal)
    const named = manifest.images
      .map(({ reference }) => reference)
      .filter((name) => /^(docker\.io\/library\/|library\/)?registry:[^/]+$/.test(name))
    for (const image of [...named, 'registry:3', 'registry:2'])
      if ((await inspectImage(docker, image, signal)) !== null)
        return await startContainerRegistry(store, image, docker, signal)
  } catch (error) {
    signal.throwIfAborted()
    report({ type: 'log', line: error instanceof CodedError ? error.message : causeText(error) })
  }
  report({ type: 'log', line: 'docker-registry: -' })
  return null
}
