import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { causeText, CodedError } from '../core/errors.ts'
import type { Places } from '../core/places.ts'
import type { System } from '../core/system.ts'
import { containerName, createContainer, removeContainer, startContainer } from '../docker/container.ts'
import { type Engine, getJson } from '../docker/engine.ts'
import { findPrograms } from '../settings/find-program.ts'

/** A registry that only this process can reach. */
export type Registry = {
  /** As `http.request` takes it. */
  at: { socketPath: string } | { host: string; port: number }
  stop(): Promise<void>
}

/** The distribution registry's program, as Debian and as upstream call it. */
const PROGRAMS = ['docker-registry', 'registry'] as const
/** Milliseconds until it answers. */
const READY = 15_000
/** It runs for a lesson; the longest that a timer takes. */
const FOREVER = 2 ** 31 - 1

/**
 * Starts the distribution registry over a folder, read only, on a socket that nobody else sees: TLS and the room's
 * network are the front's. Ends with this process. null: the program is not there.
 * Errors: `kit-missing-tool` {tool} where it does not start.
 */
export async function startProgram(store: string, sys: System, places: Places): Promise<Registry | null> {
  const found = await Promise.all(PROGRAMS.map((name) => findPrograms(sys, places, name, [])))
  const [program] = found.flat()
  if (program === undefined || places.platform === 'win32') return null
  const folder = await mkdtemp(join(tmpdir(), 'goready-registry-'))
  const [socketPath, config] = [join(folder, 'socket'), join(folder, 'config.yml')]
  const settings = {
    ...{ version: '0.1', log: { level: 'error', accesslog: { disabled: true } } },
    storage: {
      filesystem: { rootdirectory: store },
      maintenance: { readonly: { enabled: true }, uploadpurging: { enabled: false } },
    },
    http: { net: 'unix', addr: socketPath, secret: 'read-only' },
  }
  // JSON is YAML.
  await writeFile(config, JSON.stringify(settings))
  const stop = new AbortController()
  const end = (): void => stop.abort()
  process.once('exit', end)
  const [tether] = places.platform === 'linux' ? await findPrograms(sys, places, 'setpriv', []) : []
  // A process that is killed can end nothing; the kernel does.
  const argv = [...(tether === undefined ? [] : [tether, '--pdeathsig', 'TERM', '--']), program, 'serve', config]
  const [first = program, ...rest] = argv
  let ended: string | null = null
  const running = sys
    .run([first, ...rest], { env: { PATH: places.environment['PATH'] ?? '' }, signal: stop.signal, timeout: FOREVER })
    .then(
      ({ stderr }) => void (ended = stderr.slice(-2000)),
      (error: unknown) => void (ended = causeText(error)),
    )
  const registry: Registry = {
    at: { socketPath },
    async stop() {
      process.off('exit', end)
      stop.abort()
      await running
      await rm(folder, { recursive: true, force: true })
    },
  }
  for (const until = Date.now() + READY; !(await exists(socketPath)); await sleep(25)) {
    if (ended === null && Date.now() < until) continue
    await registry.stop()
    throw new CodedError('kit-missing-tool', { tool: program }, ended ?? 'no answer')
  }
  return registry
}

const portsSchema = z.object({
  NetworkSettings: z.object({
    Ports: z.record(z.string(), z.array(z.object({ HostPort: z.string() })).nullable()).nullish(),
  }),
})

/** The same by the registry's image, in a container that listens on loopback alone. */
export async function startContainerRegistry(
  store: string,
  image: string,
  engine: Engine,
  signal: AbortSignal,
): Promise<Registry> {
  const name = containerName()
  const spec = {
    ...{ image, argv: ['registry', 'serve', '/etc/goready/config.yml'] as const, workingDir: '/' },
    env: {},
    mounts: [],
    host: {},
  }
  const folder = await mkdtemp(join(tmpdir(), 'goready-registry-'))
  const config = join(folder, 'config.yml')
  const settings = {
    ...{ version: '0.1', log: { level: 'error', accesslog: { disabled: true } } },
    storage: {
      filesystem: { rootdirectory: '/var/lib/registry' },
      maintenance: { readonly: { enabled: true }, uploadpurging: { enabled: false } },
    },
    http: { addr: ':5000', secret: 'read-only' },
  }
  await writeFile(config, JSON.stringify(settings))
  const stop = async (): Promise<void> => {
    await removeContainer(engine, name)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const whole = {
      ...spec,
      mounts: [
        { Type: 'bind', Source: store, Target: '/var/lib/registry', ReadOnly: true },
        { Type: 'bind', Source: folder, Target: '/etc/goready', ReadOnly: true },
      ] as const,
      host: { PortBindings: { '5000/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } },
    }
    const container = await createContainer(engine, name, whole, signal)
    const session = await startContainer(engine, container, whole, signal)
    session.stream.resume()
    const told = portsSchema.parse(await getJson(engine.docker, `/containers/${name}/json`, signal))
    const port = Number(told.NetworkSettings.Ports?.['5000/tcp']?.[0]?.HostPort)
    if (!(port > 0)) throw new CodedError('kit-missing-tool', { tool: image }, 'no port')
    return { at: { host: '127.0.0.1', port }, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const exists = async (path: string): Promise<boolean> => (await stat(path).catch(() => null)) !== null
