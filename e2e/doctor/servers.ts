import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { join } from 'node:path'
import { type AptSigner, makeAptSigner } from '../lab/apt-archive.ts'
import { type AptMirror, startAptMirror } from '../lab/apt-mirror.ts'
import { must } from '../lab/process.ts'
import type { Field } from './field.ts'
import { type ForwardProxy, startForwardProxy } from './forward-proxy.ts'

/** What healthy machines use beside the lab. */
export type Servers = {
  /** A company's Go proxy behind a path, which has what the lab has. */
  corporate: string
  proxy: ForwardProxy
  /** It wants `worker:pass word` (percent-encoded in its address). */
  closedProxy: ForwardProxy
  /** Of both proxies; nothing else of the lab listens there. */
  address: string
  archive: AptMirror
  signer: AptSigner
  /** The lab's authority alone, and with the system's, PEM. */
  ca: string
  bundle: string
  /** A module cache with what the lab has of two modules. */
  modules: string
  stop(): Promise<void>
}

export const CLOSED_LOGIN = 'worker:pass word'

export async function startServers(field: Field): Promise<Servers> {
  const { lab, dir } = field
  const { address } = lab.bridge
  const folder = join(dir, 'servers')
  await mkdir(folder)
  const tls = { ca: lab.ca, certificate: join(lab.dir, 'tls/server.pem'), key: join(lab.dir, 'tls/server.key') }
  const [corporate, proxy, closedProxy, archive, signer, modules] = await Promise.all([
    startPrefix(lab.goproxy.url, address),
    startForwardProxy(address),
    startForwardProxy(address, CLOSED_LOGIN),
    startAptMirror(join(folder, 'archive'), address, tls),
    makeAptSigner(join(folder, 'key')),
    moduleCache(field, join(folder, 'modules')),
  ])
  await signer.publish(archive.folder, [
    { archive: 'debian', suite: 'bookworm' },
    { archive: 'debian-security', suite: 'bookworm-security', origin: 'Debian' },
  ])
  const bundle = join(folder, 'bundle.pem')
  const system = await readFile('/etc/ssl/certs/ca-certificates.crt', 'utf8')
  await writeFile(bundle, system + (await readFile(lab.ca, 'utf8')))
  return {
    ...{ corporate: corporate.url, proxy, closedProxy, address, archive, signer, ca: lab.ca, bundle, modules },
    async stop() {
      await Promise.all([corporate.stop(), proxy.stop(), closedProxy.stop(), archive.stop(), signer.stop()])
    },
  }
}

/** Passes what is below `/repository/go/` on to another server. */
async function startPrefix(to: string, address: string): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((incoming, answer) => {
    const [, path] = /^\/repository\/go(\/.*)$/.exec(incoming.url ?? '') ?? []
    if (path === undefined) return void answer.writeHead(404, { 'content-length': 0 }).end()
    const outgoing = request(`${to}${path}`, { method: incoming.method }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(answer)
    })
    outgoing.on('error', () => answer.destroy())
    incoming.pipe(outgoing)
  })
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0
  return {
    url: `http://${address}:${port}/repository/go`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** What `go mod download` makes of real modules. */
async function moduleCache({ lab, path, dir }: Field, folder: string): Promise<string> {
  const env = {
    ...{ PATH: path, HOME: dir, GOMODCACHE: folder, GOFLAGS: '', GOTELEMETRY: 'off', GOENV: 'off' },
    ...{ GOPROXY: lab.goproxy.url, GOSUMDB: lab.goproxy.sumdb, GOTOOLCHAIN: 'local' },
  }
  const work = join(dir, 'modules-work')
  await mkdir(work)
  await writeFile(join(work, 'go.mod'), 'module example.test/work\n\ngo 1.19\n')
  await must(['go', 'mod', 'download', 'github.com/pkg/errors@v0.9.1', 'github.com/google/uuid@v1.3.0'], {
    env,
    cwd: work,
  })
  return folder
}
