import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bridge } from './bridge.ts'
import { projectRoot } from './cache.ts'
import { LabError, must, run, type Server, serve, until } from './process.ts'

export type EngineOptions = {
  /** The first content of ROOT/etc/docker/daemon.json; default `{}`. */
  daemonJson?: string
  /** The engine's data folder is a tmpfs of so many MB, to fill it up. */
  dataMegabytes?: number
  /** Mode of the socket; default 0o660 (root and the group docker). */
  socketMode?: number
}

/** Docker Hub as the engine sees it. */
export const HUB_HOST = 'registry-1.docker.io'

export type Engine = {
  dockerHost: string
  daemonJson: string
  pidFile: string
  log: string
  /** Starts dockerd and waits until it answers. Throws with the end of its log when it refuses. */
  start(): Promise<void>
  /** Stops dockerd and its containers; the socket stays behind, as after a crash, unless dockerd removes it. */
  stop(): Promise<void>
  running(): boolean
  /** The docker client against this engine; throws with what it said on standard error. */
  docker(...args: string[]): Promise<string>
}

/** Lays out `root` (etc/docker, run, var/run) and prepares an engine that belongs to the lab in `dir` alone. */
export async function makeEngine(
  dir: string,
  root: string,
  bridge: Bridge,
  /** The only authorities that the engine trusts by itself, PEM. */
  authorities: string,
  options: EngineOptions,
): Promise<Engine> {
  for (const path of ['etc/docker', 'run', 'var']) await mkdir(join(root, path), { recursive: true })
  await symlink('../run', join(root, 'var/run'))
  const daemonJson = join(root, 'etc/docker/daemon.json')
  // dockerd has /etc/docker built in for two things: certs.d, which is to be the one below `root`, and a key that it
  // makes at its first start, which would only be in the way there.
  const etcDocker = join(dir, 'etc-docker')
  await mkdir(etcDocker)
  await symlink(join(root, 'etc/docker/certs.d'), join(etcDocker, 'certs.d'))
  await writeFile(daemonJson, options.daemonJson ?? '{}\n')
  const data = join(dir, 'data')
  await mkdir(data)
  if (options.dataMegabytes !== undefined) {
    await must(['mount', '-t', 'tmpfs', '-o', `size=${options.dataMegabytes}m`, 'goready-lab', data])
  }
  // The Hub is the lab's, or nobody's; a test never reaches the real one, and needs no resolver to fail.
  const hosts = join(dir, 'hosts')
  await writeFile(hosts, `127.0.0.1 localhost\n${bridge.address} ${HUB_HOST} auth.docker.io index.docker.io\n`)
  const socket = join(root, 'run/docker.sock')
  const pidFile = join(root, 'var/run/docker.pid')
  const log = join(dir, 'dockerd.log')
  const dockerHost = `unix://${socket}`
  const config = join(dir, 'client')
  await mkdir(config)
  // Neither another engine nor the credentials of whoever runs this.
  const { DOCKER_HOST: _host, DOCKER_CONTEXT: _context, DOCKER_API_VERSION: _version, ...inherited } = process.env
  // A containerd that dockerd kills writes its stacks to the folder for temporary files.
  const temporary = join(dir, 'tmp')
  await mkdir(temporary)
  const environment = {
    ...inherited,
    ...{ DOCKER_CONFIG: config, TMPDIR: temporary, SSL_CERT_FILE: authorities, SSL_CERT_DIR: config },
  }
  // Nothing here may also be a key of a daemon.json under test: dockerd refuses a key that is given twice.
  const argv = [
    ...['unshare', '--mount', '--propagation', 'private', '--'],
    ...['sh', join(projectRoot(), 'e2e/lab/dockerd.sh'), etcDocker, hosts],
    ...[`--config-file=${daemonJson}`, `--data-root=${data}`, `--exec-root=${join(dir, 'exec')}`],
    ...[`--pidfile=${pidFile}`, `--host=${dockerHost}`, `--bridge=${bridge.name}`, `--cgroup-parent=/${bridge.name}`],
    // The machine's own firewall and routing stay as they are.
    ...['--iptables=false', '--ip-masq=false', '--ip-forward=false'],
  ]
  let server: Server | null = null
  return {
    dockerHost,
    daemonJson,
    pidFile,
    log,
    running: () => server?.running() === true,
    async start() {
      if (server?.running()) return
      server = await serve('dockerd', argv, log, environment)
      try {
        await until(server, log, () => answers(socket))
      } catch (error) {
        await server.stop()
        throw error
      }
      await chmod(socket, options.socketMode ?? 0o660)
    },
    async stop() {
      if (!server?.running()) return
      // A container whose first process ignores SIGTERM would cost ten seconds each.
      const ids = (await run(['docker', '-H', dockerHost, 'ps', '-q'], { env: environment, timeout: 5000 })).stdout
      const list = ids.split('\n').filter((id) => id !== '')
      if (list.length > 0)
        await run(['docker', '-H', dockerHost, 'kill', ...list], { env: environment, timeout: 10_000 })
      await server.stop(20_000)
      await containerdGone(join(dir, 'exec/containerd/containerd.pid'))
    },
    async docker(...args) {
      const result = await run(['docker', '-H', dockerHost, ...args], { env: environment, timeout: 300_000 })
      if (result.code !== 0)
        throw new LabError(`docker ${args.join(' ')}`, result.stderr.trim() || `status ${result.code}`)
      return result.stdout.trim()
    },
  }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ socketPath, path: '/_ping', timeout: 2000 }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    ping.on('timeout', () => ping.destroy())
    ping.on('error', () => resolve(false))
    ping.end()
  })
}

/** dockerd asks its containerd to end and does not always wait for it. */
async function containerdGone(pidFile: string): Promise<void> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''))
  for (let left = 100; pid > 0 && left > 0; left--) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (!line.includes(pidFile.slice(0, pidFile.lastIndexOf('/')))) return
    await sleep(50)
  }
}
