import { chmod, mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bridge, makeBridge } from './bridge.ts'
import { writeCatalogue } from './catalogue.ts'
import { makeCertificates } from './certificates.ts'
import { type EngineOptions, HUB_HOST, makeEngine } from './docker-engine.ts'
import { type GoProxy, startGoProxy } from './goproxy.ts'
import { imageStore, type TagFact } from './images/store.ts'
import { claim, PREFIX, sweepAbandoned } from './abandoned.ts'
import { leftovers, sweep } from './leftovers.ts'
import { LabError } from './process.ts'
import { type Registry, serveRegistry } from './registry.ts'
import { checkRequirements } from './requirements.ts'

export type LabOptions = EngineOptions & {
  /** False: the engine is prepared but stopped; `startDocker` starts it. */
  start?: boolean
  /** True: the engine reaches Docker Hub, played by the lab (`registry.hub`). Default: connection refused. */
  hub?: boolean
  /** Ends a start that is under way; what was started is stopped. */
  signal?: AbortSignal
  /** Gets a line for each thing that takes long, e.g. while the images are built for the first time. */
  progress?: (line: string) => void
}

/** Real servers of one test or demo. Everything is under `dir` and on `bridge`; several labs can run at once. */
export type Lab = {
  dir: string
  /** For `--root`: etc/docker/daemon.json, run/docker.sock, run/docker.pid (also as var/run). */
  root: string
  /** For `--home`; empty. */
  home: string
  bridge: Bridge
  /** The authority behind every `httpsUrl`, PEM. */
  ca: string
  /** `unix://ROOT/run/docker.sock` */
  dockerHost: string
  daemonJson: string
  /** Holds dockerd's process id while it runs. */
  pidFile: string
  /** What dockerd said. */
  dockerLog: string
  registry: Omit<Registry, 'stop'>
  goproxy: Omit<GoProxy, 'stop'>
  /** For `--catalogue`: the lab's tags. */
  catalogue: string
  tags: readonly TagFact[]
  /** The docker client against this engine: answers what it said, throws when it fails. */
  docker(...args: string[]): Promise<string>
  dockerRunning(): boolean
  startDocker(): Promise<void>
  stopDocker(): Promise<void>
  /** Processes, mounts, bridge, control groups and folder that are still there. Empty after `stop`. */
  leftovers(): Promise<readonly string[]>
  /** Ends and removes everything, in order. May be called twice. */
  stop(): Promise<void>
}

// Below it lie sockets such as exec/containerd/containerd.sock.ttrpc; a socket's path holds 107 bytes.
const LONGEST_FOLDER = 60

/**
 * Starts a lab. The fronts of its servers run in this process, so a test must not block it (no spawnSync).
 * What was started is stopped again when something fails. Errors: LabError, naming the part.
 */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  await checkRequirements()
  const images = await imageStore(options.progress ?? (() => {}))
  options.signal?.throwIfAborted()
  await sweepAbandoned()
  const dir = await mkdtemp(join(tmpdir(), PREFIX))
  const undo: (() => Promise<void>)[] = []
  let bridge: Bridge | null = null
  let stopped: Promise<void> | null = null
  const stop = (): Promise<void> => {
    stopped ??= (async () => {
      const failures: unknown[] = []
      for (const step of undo.toReversed()) await step().catch((error: unknown) => failures.push(error))
      await sweep({ dir, bridge: bridge?.name ?? null })
      if (failures.length > 0) throw new LabError('stop', failures.map(String).join('; '))
    })()
    return stopped
  }
  try {
    if (dir.length > LONGEST_FOLDER) throw new LabError('folder', `${dir} is too long for sockets; set TMPDIR`)
    // Users that are not root get as far as the engine's socket, which then refuses them.
    await chmod(dir, 0o755)
    const [root, home, catalogue] = [join(dir, 'root'), join(dir, 'home'), join(dir, 'golang-tags.json')]
    await mkdir(home)
    await writeCatalogue(catalogue, images.tags)
    bridge = await makeBridge()
    await claim(dir, bridge.name)
    const { address } = bridge
    const certificates = await makeCertificates(join(dir, 'tls'), ['IP:127.0.0.1', 'DNS:localhost', `IP:${address}`])
    const hub = await makeCertificates(join(dir, 'hub'), [`DNS:${HUB_HOST}`])
    const engine = await makeEngine(dir, root, bridge, hub.ca, options)
    undo.push(() => engine.stop())
    const starting = await Promise.allSettled([
      serveRegistry(dir, { store: images.store, address, certificates, hub: options.hub === true ? hub : null }).then(
        (server) => {
          undo.push(() => server.stop())
          return server
        },
      ),
      startGoProxy(dir, address, certificates).then((server) => {
        undo.push(() => server.stop())
        return server
      }),
      options.start === false ? null : engine.start(),
    ])
    const [registry, goproxy, docker] = starting
    if (registry.status === 'rejected') throw registry.reason
    if (goproxy.status === 'rejected') throw goproxy.reason
    if (docker.status === 'rejected') throw docker.reason
    options.signal?.throwIfAborted()
    const name = bridge.name
    return {
      dir,
      root,
      home,
      bridge,
      ca: certificates.ca,
      dockerHost: engine.dockerHost,
      daemonJson: engine.daemonJson,
      pidFile: engine.pidFile,
      dockerLog: engine.log,
      registry: registry.value,
      goproxy: goproxy.value,
      catalogue,
      tags: images.tags,
      docker: engine.docker,
      dockerRunning: engine.running,
      startDocker: engine.start,
      stopDocker: engine.stop,
      leftovers: () => leftovers({ dir, bridge: name }),
      stop,
    }
  } catch (error) {
    await stop().catch(() => {})
    throw error
  }
}
