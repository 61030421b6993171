import { spawn } from 'node:child_process'
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttp } from 'node:http'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { z } from 'zod'
import { type Answers, info, startEngine } from '../../../electron/doctor/checks/docker/test-engine.ts'
import { useMirrors } from '../../docker-helpers.ts'
import { must } from '../../lab/process.ts'
import type { Fault, Ground } from '../fault.ts'

/** The engine's file with `more` behind the mirrors that all grounds have. The engine does not read it. */
const file = ({ lab }: Ground, edit: (text: string) => string): Promise<void> => {
  const well = `{\n  "registry-mirrors": ["${lab.registry.url}"],\n  "max-download-attempts": 1\n}\n`
  return writeFile(lab.daemonJson, edit(well))
}

const socketOf = ({ lab }: Ground): string => join(lab.root, 'run/docker.sock')

/** Puts something else where the engine's socket is, until the fault is over. */
async function instead(ground: Ground, stand: (socket: string) => Promise<() => Promise<void>>): Promise<void> {
  const socket = socketOf(ground)
  const kept = `${socket}.kept`
  await rename(socket, kept)
  ground.after(async () => {
    await rm(socket, { force: true })
    await rename(kept, socket)
  })
  ground.after(await stand(socket))
}

const nobody = (): Promise<() => Promise<void>> => Promise.resolve(() => Promise.resolve())

/** Another engine than the lab's, with its mirrors, so that nothing else is amiss. */
const engine = (ground: Ground, answers: Answers): Promise<void> =>
  instead(ground, (socket) => startEngine(socket, answers))
const withMirrors = ({ lab }: Ground, changes: Readonly<Record<string, unknown>> = {}): Answers =>
  info({ RegistryConfig: { Mirrors: [`${lab.registry.url}/`] }, ...changes })

const closed = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()))

/** A registry's front door beside the lab's. */
async function secondMirror(ground: Ground): Promise<string> {
  const server = createHttp((_, response) => {
    response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0')
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, ground.lab.bridge.address, resolve))
  ground.after(() => {
    server.closeAllConnections()
    return closed(server)
  })
  const address = server.address()
  return `http://${ground.lab.bridge.address}:${typeof address === 'object' ? (address?.port ?? 0) : 0}`
}

/** A machine that knows no Docker Hub: there is none in the lab, and a Docker without mirrors would ask for it. */
async function withoutHub({ catalogue }: Ground): Promise<void> {
  const known = z.looseObject({}).parse(JSON.parse(await readFile(catalogue, 'utf8')))
  await writeFile(catalogue, JSON.stringify({ ...known, mirrors: [] }))
}

/** As root without the right to pass over modes, which is what a user is to a socket of others. */
function asOthers({ wrap }: Ground): void {
  wrap.push('setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--')
}

async function closeSocket(ground: Ground, mode: number): Promise<void> {
  const socket = socketOf(ground)
  ground.after(async () => {
    await chown(socket, 0, 0)
    await chmod(socket, 0o660)
  })
  await chown(socket, 65534, 65534)
  await chmod(socket, mode)
  asOthers(ground)
}

async function clientConfig({ home }: Ground, text: string): Promise<void> {
  await mkdir(join(home, '.docker'), { recursive: true })
  await writeFile(join(home, '.docker/config.json'), text, { mode: 0o600 })
}

const inFile = (name: string, code: string, edit: (text: string) => string, repair = true): Fault => ({
  ...{ name, code, severity: 'warning', repair },
  plant: (ground) => file(ground, edit),
})

/** Where the program looks for docker, as it is, but without docker. Runs in a mount namespace of its own. */
const WITHOUT_DOCKER = `for folder in usr/bin usr/sbin usr/local/bin; do
  mkdir -p "$1/$folder/upper" "$1/$folder/work"
  mount -t overlay overlay -o "lowerdir=/$folder,upperdir=$1/$folder/upper,workdir=$1/$folder/work" "/$folder"
  rm -f "/$folder/docker" "/$folder/dockerd"
done
shift
exec "$@"`

export const dockerFaults: readonly Fault[] = [
  {
    ...{ name: 'a machine without Docker', code: 'docker.not-installed', severity: 'warning', repair: false },
    whole: true,
    async plant(ground) {
      await instead(ground, nobody)
      const folder = join(ground.dir, 'without')
      ground.wrap.push('unshare', '--mount', '--propagation', 'private', 'sh', '-c', WITHOUT_DOCKER, 'sh', folder)
    },
  },
  {
    ...{ name: 'an engine that is not running', code: 'docker.not-running', severity: 'error', repair: false },
    hides: ['docker.mirrors-stale'],
    plant: (ground) => instead(ground, nobody),
  },
  {
    ...{ name: 'a socket behind which nobody speaks', code: 'docker.unreachable', severity: 'error', repair: false },
    stalls: true,
    plant: (ground) =>
      instead(ground, async (socket) => {
        const held = new Set<{ destroy(): void }>()
        const server = createServer((one) => void held.add(one))
        await new Promise<void>((resolve) => server.listen(socket, resolve))
        return () => {
          for (const one of held) one.destroy()
          return closed(server)
        }
      }),
  },
  {
    ...{ name: 'a socket of others', code: 'docker.no-permission', severity: 'error', repair: false },
    whole: true,
    plant: (ground) => closeSocket(ground, 0o600),
  },
  {
    ...{ name: 'a group that counts from the next login', code: 'docker.relogin', severity: 'error', repair: false },
    whole: true,
    async plant(ground) {
      await writeFile(join(ground.root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n')
      await writeFile(join(ground.root, 'etc/group'), 'root:x:0:\ndocker:x:65534:root\n')
      await closeSocket(ground, 0o660)
    },
  },
  {
    ...{ name: 'an engine that its daemon.json stops', code: 'docker.daemon-json-broken', severity: 'error' },
    repair: false,
    async plant(ground) {
      await ground.lab.stopDocker()
      await file(ground, (text) => text.replace(': 1', ': one'))
    },
  },
  {
    ...{ name: 'an engine that a mirror without https stops', code: 'docker.mirror-invalid', severity: 'error' },
    repair: false,
    async plant(ground) {
      await ground.lab.stopDocker()
      await file(ground, (text) => text.replace('http://', ''))
    },
  },
  inFile('a comma too many in daemon.json', 'docker.daemon-json-broken', (text) => text.replace(': 1', ': 1,')),
  inFile('a byte order mark in daemon.json', 'docker.daemon-json-broken', (text) => `\ufeff${text}`),
  inFile('a brace missing in daemon.json', 'docker.daemon-json-broken', (text) => text.replace('}\n', '')),
  inFile('a comment in daemon.json', 'docker.daemon-json-broken', (text) => text.replace('{\n', '{\n  // mirrors\n')),
  inFile('Chinese quotes in daemon.json', 'docker.daemon-json-broken', (text) =>
    text.replace('"max-download-attempts": 1', '“max-download-attempts”：1'),
  ),
  inFile('a comma missing in daemon.json', 'docker.daemon-json-broken', (text) => text.replace(',', '')),
  inFile('a word where daemon.json wants yes or no', 'docker.daemon-json-value', (text) =>
    text.replace(': 1', ': 1,\n  "debug": "true"'),
  ),
  inFile('one mirror where daemon.json wants a list', 'docker.daemon-json-value', (text) => text.replace(/[[\]]/g, '')),
  inFile('a mirror with a slash too few', 'docker.mirror-invalid', (text) => text.replace('http://', 'http:/')),
  inFile('a key that dockerd is also given as an option', 'docker.daemon-json-doubled', (text) =>
    text.replace(': 1', ': 1,\n  "ip-masq": false'),
  ),
  {
    ...{ name: 'a mirror that was deleted and is still asked', code: 'docker.mirrors-stale', severity: 'warning' },
    repair: true,
    async plant(ground) {
      await withoutHub(ground)
      await useMirrors(ground.lab, [ground.lab.registry.url, await secondMirror(ground)])
      await writeFile(ground.lab.daemonJson, '{"max-download-attempts": 1}\n')
      process.kill(Number(await readFile(ground.lab.pidFile, 'utf8')), 'SIGHUP')
    },
  },
  {
    ...{ name: 'a mirror that was never loaded', code: 'docker.mirrors-not-loaded', severity: 'warning', repair: true },
    async plant(ground) {
      const other = await secondMirror(ground)
      await file(ground, (text) => text.replace(']', `, "${other}"]`))
    },
  },
  {
    ...{ name: 'mirrors in a daemon.json that nobody reads', code: 'docker.mirror-unused', severity: 'warning' },
    repair: false,
    async plant(ground) {
      await withoutHub(ground)
      await engine(ground, {})
      // A process that is called dockerd and is told of another file.
      const argv = ['-c', 'sleep 120', `--config-file=${ground.dir}/other.json`]
      const child = spawn('/bin/sh', argv, { argv0: 'dockerd', stdio: 'ignore' })
      const { pidFile } = ground.lab
      const own = await readFile(pidFile)
      ground.after(async () => {
        child.kill('SIGKILL')
        await writeFile(pidFile, own)
      })
      await writeFile(pidFile, String(child.pid))
    },
  },
  {
    ...{ name: 'a full disk below the images', code: 'docker.disk-full', severity: 'error', repair: false },
    async plant({ lab, after }) {
      const data = join(lab.dir, 'data')
      await must(['mount', '-t', 'tmpfs', '-o', 'size=64m', 'goready-lab', data])
      after(async () => void (await must(['umount', data])))
    },
  },
  {
    ...{ name: 'an image for another processor', code: 'docker.platform-mismatch', severity: 'warning', repair: false },
    async plant({ lab, dir, after }) {
      const architecture = process.arch === 'arm64' ? 'riscv64' : 'arm64'
      const folder = join(dir, 'image')
      await mkdir(folder)
      const config = { architecture, os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: [] } }
      await writeFile(join(folder, 'config.json'), JSON.stringify(config))
      const manifest = [{ Config: 'config.json', RepoTags: ['golang:1.26-other'], Layers: [] }]
      await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest))
      await must(['tar', '-cf', `${folder}.tar`, '-C', folder, 'config.json', 'manifest.json'])
      await lab.docker('load', '-i', `${folder}.tar`)
      after(async () => void (await lab.docker('rmi', 'golang:1.26-other')))
    },
  },
  {
    ...{ name: 'an image of which a part is missing', code: 'docker.half-pulled', severity: 'error', repair: false },
    plant: (ground) =>
      engine(ground, {
        ...withMirrors(ground),
        '/images/json': [{ Id: 'sha256:1', RepoTags: ['golang:1.26-alpine'], Size: 1 }],
        '/images/sha256:1/json': 500,
      }),
  },
  {
    ...{ name: 'a virtual machine whose clock stood still', code: 'docker.clock-skew', severity: 'warning' },
    repair: false,
    plant: (ground) => {
      const SystemTime = new Date(Date.now() - 3_600_000).toISOString()
      return engine(ground, withMirrors(ground, { Name: 'colima', SystemTime }))
    },
  },
  {
    ...{ name: 'an engine of long ago', code: 'docker.api-too-old', severity: 'warning', repair: false },
    plant: (ground) =>
      engine(ground, {
        ...withMirrors(ground),
        '/version': { Version: '17.03.2-ce', ApiVersion: '1.27', MinAPIVersion: '1.12' },
      }),
  },
  {
    ...{ name: 'a version of the API that is forced', code: 'docker.api-forced', severity: 'error', repair: false },
    plant: ({ env }) => {
      env['DOCKER_API_VERSION'] = '1.99'
      return Promise.resolve()
    },
  },
  {
    ...{ name: 'a missing program for docker passwords', code: 'docker.credential-helper-missing' },
    ...{ severity: 'warning', repair: true },
    plant: (ground) =>
      clientConfig(ground, '{\n\t"auths": {},\n\t"credsStore": "desktop.exe",\n\t"psFormat": "table {{.ID}}"\n}'),
  },
  {
    ...{ name: 'a comma too many in the docker client’s file', code: 'docker.client-config-broken' },
    ...{ severity: 'warning', repair: true },
    plant: (ground) => clientConfig(ground, '{\n\t"auths": {\n\t\t"r.example": {"auth": "YTpi"},\n\t}\n}'),
  },
]
