import { z } from 'zod'
import { under } from '../core/paths.ts'
import type { Places } from '../core/places.ts'
import type { Reader } from '../core/system.ts'

/** What the engine is told in `X-Registry-Auth`. */
export type RegistryAuth = { username: string; password: string; serveraddress: string }

const configSchema = z.object({
  auths: z.record(z.string(), z.object({ auth: z.string().optional() })).optional(),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
})
const heldSchema = z.object({ Username: z.string(), Secret: z.string() })

/**
 * Name and password that `docker login` left for a registry: from config.json, or from the program that keeps them for
 * Docker (`docker-credential-NAME get`). null: none, or none that can be read. An engine does not look there itself.
 */
export async function registryAuth(
  host: string,
  sys: Reader,
  places: Places,
  signal: AbortSignal,
): Promise<RegistryAuth | null> {
  try {
    const bytes = await sys.readFile(under(places.docker.configDir, 'config.json'))
    const config = configSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
    const store = config.credHelpers?.[host] ?? config.credsStore
    if (store !== undefined && /^[A-Za-z0-9._-]+$/.test(store)) return await held(store, host, sys, places, signal)
    const auth = config.auths?.[host]?.auth
    return auth === undefined ? null : pair(Buffer.from(auth, 'base64').toString('utf8'), host)
  } catch {
    signal.throwIfAborted()
    // A file that is not there or not JSON holds no password; the pull will say what it needs.
    return null
  }
}

async function held(
  store: string,
  host: string,
  sys: Reader,
  places: Places,
  signal: AbortSignal,
): Promise<RegistryAuth | null> {
  const env = { PATH: places.environment['PATH'] ?? '/usr/local/bin:/usr/bin:/bin', HOME: places.home }
  const answer = await sys.query([`docker-credential-${store}`, 'get'], { input: host, env, signal, timeout: 5000 })
  if (answer.code !== 0) return null
  const { Username, Secret } = heldSchema.parse(JSON.parse(answer.stdout))
  return { username: Username, password: Secret, serveraddress: host }
}

function pair(text: string, host: string): RegistryAuth | null {
  const at = text.indexOf(':')
  return at < 0 ? null : { username: text.slice(0, at), password: text.slice(at + 1), serveraddress: host }
}
