import { z } from 'zod'
import type { DockerState, Override } from '../../contract/machine.ts'
import { lineOfKey } from '../../core/json-file.ts'
import { under } from '../../core/paths.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { readOrNull } from '../read-keys.ts'
import { existing, type Found, override } from './layers.ts'

/** daemon.json's name of a proxy, what `docker info` calls it, and the client's name for containers. */
const PROXIES = [
  ['http-proxy', 'HTTP_PROXY', 'httpProxy'],
  ['https-proxy', 'HTTPS_PROXY', 'httpsProxy'],
  ['no-proxy', 'NO_PROXY', 'noProxy'],
] as const

const proxiesSchema = z.record(z.string(), z.unknown())
const daemonSchema = z.object({
  'registry-mirrors': z.array(z.string()).optional(),
  proxies: proxiesSchema.optional(),
})
const clientSchema = z.object({ proxies: z.record(z.string(), proxiesSchema).optional() })

/**
 * Who tells Docker where images come from and which proxy is on the way. The engine pulls with what it says itself
 * (`docker info`), which beats a file that it has not read yet; the client's proxies are for containers alone.
 */
export async function dockerOverrides(sys: Reader, places: Places, engine: DockerState): Promise<Override[]> {
  const path = engine.configFile ?? places.docker.daemonJson.system
  const daemon = await readJson(sys, path, daemonSchema)
  const asked = `docker info (${engine.endpoint})`
  const mirrors = daemon?.value['registry-mirrors'] ?? []
  const all = [
    override('docker', 'registry-mirrors', [
      ...(engine.mirrors.length === 0 ? [] : [{ value: engine.mirrors.join(' '), from: asked }]),
      ...(mirrors.length === 0 || daemon === null
        ? []
        : [{ value: mirrors.join(' '), from: daemon.at('registry-mirrors') }]),
    ]),
  ]
  for (const [key, variable] of PROXIES) {
    const running = engine.proxies[variable]
    const written = daemon?.value.proxies?.[key]
    all.push(
      override('docker', key, [
        ...(running === undefined ? [] : [{ value: running, from: asked }]),
        ...(typeof written === 'string' && daemon !== null
          ? [{ value: written, from: daemon.at('proxies', key) }]
          : []),
      ]),
    )
  }
  return existing([...all, ...(await clientProxies(sys, places, engine))])
}

/** `~/.docker/config.json`: an engine's own entry before that of all engines. */
async function clientProxies(sys: Reader, places: Places, engine: DockerState): Promise<(Override | null)[]> {
  const client = await readJson(sys, under(places.docker.configDir, 'config.json'), clientSchema)
  if (client === null) return []
  return PROXIES.map(([, , name]) => {
    const found: Found[] = [engine.endpoint, 'default'].flatMap((of) => {
      const value = client.value.proxies?.[of]?.[name]
      return typeof value === 'string' ? [{ value, from: client.at('proxies', of, name) }] : []
    })
    return override('docker', name, found)
  })
}

type Read<T> = { value: T; at(...keys: string[]): string }

/** A JSON file and the places of its keys; null where there is none that can be read. */
async function readJson<T>(sys: Reader, path: string, schema: z.ZodType<T>): Promise<Read<T> | null> {
  const bytes = await readOrNull(sys, path)
  if (bytes === null) return null
  const text = new TextDecoder().decode(bytes)
  try {
    const value = schema.parse(JSON.parse(text))
    return { value, at: (...keys) => `${path}:${lineOfKey(text, keys)}` }
  } catch {
    // Whoever edits the file says what is wrong with it.
    return null
  }
}
