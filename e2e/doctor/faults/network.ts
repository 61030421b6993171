import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { useMirrors } from '../../docker-helpers.ts'
import type { Fault, Ground } from '../fault.ts'
import { startForwardProxy } from '../forward-proxy.ts'
import {
  addToCatalogue,
  closedPort,
  engine,
  firewall,
  nameServer,
  raw,
  silentServer,
  useNameServers,
  web,
} from '../network-servers.ts'

/** A name that looks like anybody's on the internet, and that nobody has (RFC 6761). */
const NAME = 'goproxy.mirrors.example'

const useNpm = ({ home }: Ground, registry: string): Promise<void> =>
  writeFile(join(home, '.npmrc'), `registry=${registry}\n`)
const usePip = ({ home }: Ground, index: string): Promise<void> =>
  writeFile(join(home, '.config/pip/pip.conf'), `[global]\nindex-url = ${index}\n`)
async function useGo({ home, lab }: Ground, list: string, sumdb = lab.goproxy.sumdb): Promise<void> {
  await writeFile(join(home, '.config/go/env'), `GOPROXY=${list}\nGOSUMDB=${sumdb}\n`)
  // Else the go that proves a repair leaves its counters in the home.
  await mkdir(join(home, '.config/go/telemetry'), { recursive: true })
  await writeFile(join(home, '.config/go/telemetry/mode'), 'off 2026-01-01\n')
}

const mirror = (target: string, id: string, url: string, status = 'alive', since: string | null = null) => ({
  ...{ id, target, url, status, since },
  ...{ name: { zh: id, en: id }, protocols: [url.split(':')[0]], source: 'lab', date: '2026-11-01' },
})

/** Packages that nobody else has, so that a race takes this registry wherever there is a way out of the lab. */
const ARTEFACTS = { npm: { proof: 'grd-lab-proof', bulk: 'grd-lab-bulk' } }

/** A registry that the race can choose: every package is the same. */
async function offerNpm(ground: Ground, more: readonly unknown[] = []): Promise<void> {
  const tarball = gzipSync('a package')
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
  const url: string = await web(ground, (request, answer) => {
    const name = (request.url ?? '/').slice(1)
    if (name.endsWith('.tgz')) return void answer.end(tarball)
    const dist = { tarball: `${url}/${name}-1.0.0.tgz`, integrity }
    const versions = { '1.0.0': { name, version: '1.0.0', dist } }
    answer.setHeader('content-type', 'application/json')
    answer.end(
      JSON.stringify(name.includes('/') ? versions['1.0.0'] : { name, 'dist-tags': { latest: '1.0.0' }, versions }),
    )
  })
  const mirrors = [mirror('npm', 'lab-npm', url), ...more]
  await addToCatalogue(ground, { date: '2026-11-01', artefacts: ARTEFACTS, mirrors })
}

const PAGE = '<!DOCTYPE html><html><head><title>Welcome</title></head><body><form>Log in</form></body></html>'

/** An npm registry that answers everything in one way. */
const answering = (status: number, headers: Record<string, string> = {}, body = ''): Fault['plant'] =>
  async function plant(ground) {
    await useNpm(ground, await web(ground, (_, answer) => void answer.writeHead(status, headers).end(body)))
  }

const statusFaults: readonly Fault[] = (
  [
    [401, 'http-401', 'error'],
    [403, 'http-403', 'error'],
    [404, 'http-404', 'error'],
    [429, 'http-429', 'warning'],
    [500, 'http-5xx', 'error'],
    [503, 'http-5xx', 'error'],
  ] as const
).map(([status, code, severity]) => ({
  name: `npm registry answers ${status}`,
  code: `network.${code}`,
  severity,
  plant: answering(status, { 'content-type': 'text/plain', ...(status === 429 ? { 'retry-after': '120' } : {}) }, 'no'),
  repair: false,
}))

export const networkFaults: readonly Fault[] = [
  {
    name: 'npm registry without its scheme',
    code: 'network.form',
    severity: 'error',
    async plant(ground) {
      ground.env['NODE_EXTRA_CA_CERTS'] = ground.lab.ca
      await useNpm(ground, ground.npm.httpsUrl.replace('https://', ''))
    },
    repair: true,
  },
  {
    name: 'pip index in quotation marks',
    code: 'network.form',
    severity: 'error',
    plant: (ground) => usePip(ground, `"${ground.pip.url}"`),
    repair: true,
  },
  {
    name: 'pip index with another scheme',
    code: 'network.form',
    severity: 'error',
    plant: (ground) => usePip(ground, 'ftp://pypi.mirrors.example/simple'),
    repair: false,
  },
  {
    name: 'no network at all',
    code: 'network.offline',
    severity: 'error',
    plant(ground) {
      ground.wrap.push('unshare', '--net', '--')
      return Promise.resolve()
    },
    repair: false,
  },
  {
    name: 'a name server that is closed',
    code: 'network.resolver-down',
    severity: 'error',
    async plant(ground) {
      const other = await nameServer(ground, { [NAME]: ground.lab.bridge.address })
      await addToCatalogue(ground, { witnesses: { resolvers: [other] } })
      await useNameServers(ground, ['127.79.79.79'])
      await useGo(ground, `http://${NAME}:${new URL(ground.lab.goproxy.url).port}`)
    },
    repair: false,
  },
  {
    name: 'a name server that never answers',
    code: 'network.resolver-down',
    severity: 'error',
    stalls: true,
    async plant(ground) {
      await useNameServers(ground, [await silentServer(ground)])
      await useGo(ground, `http://${NAME}:${new URL(ground.lab.goproxy.url).port}`)
    },
    repair: false,
  },
  {
    name: 'a name that nobody has',
    code: 'network.nxdomain',
    severity: 'error',
    async plant(ground) {
      const other = await nameServer(ground, {})
      await addToCatalogue(ground, { witnesses: { resolvers: [other] } })
      await useNameServers(ground, [await nameServer(ground, {})])
      await useNpm(ground, `http://${NAME}/`)
    },
    repair: false,
  },
  {
    name: 'a name that leads to a log-in page of the network',
    code: 'network.hijacked',
    severity: 'error',
    async plant(ground) {
      const { address } = ground.lab.bridge
      const page = await web(ground, (_, answer) => void answer.setHeader('content-type', 'text/html').end(PAGE))
      const other = await nameServer(ground, { [NAME]: '8.8.4.4' })
      await addToCatalogue(ground, { witnesses: { resolvers: [other] } })
      await useNameServers(ground, [await nameServer(ground, { [NAME]: address })])
      await useNpm(ground, `http://${NAME}:${new URL(page).port}/`)
    },
    repair: false,
  },
  {
    name: 'the first of two name servers never answers',
    code: 'network.dns-slow',
    severity: 'warning',
    stalls: true,
    async plant(ground) {
      const good = await nameServer(ground, { [NAME]: ground.lab.bridge.address })
      await useNameServers(ground, [await silentServer(ground), good])
      await useGo(ground, `http://${NAME}:${new URL(ground.lab.goproxy.url).port}`)
    },
    repair: false,
  },
  {
    name: 'IPv6 that leads nowhere',
    code: 'network.ipv6-broken',
    severity: 'warning',
    async plant(ground) {
      const both = [ground.lab.bridge.address, 'fd00::dead']
      await useNameServers(ground, [await nameServer(ground, { [NAME]: both })])
      await useGo(ground, `http://${NAME}:${new URL(ground.lab.goproxy.url).port}`)
    },
    repair: false,
  },
  {
    name: 'npm registry at a closed port',
    code: 'network.refused',
    severity: 'error',
    async plant(ground) {
      await offerNpm(ground)
      await useNpm(ground, `http://${await closedPort(ground)}/`)
    },
    repair: true,
  },
  {
    name: 'the first of two Go proxies refuses',
    code: 'network.refused',
    severity: 'warning',
    plant: async (ground) => useGo(ground, `http://${await closedPort(ground)}|${ground.lab.goproxy.url}`),
    repair: true,
  },
  {
    name: 'the first of two Go proxies refuses, with a comma',
    code: 'network.refused',
    severity: 'error',
    plant: async (ground) => useGo(ground, `http://${await closedPort(ground)},${ground.lab.goproxy.url}`),
    repair: true,
  },
  {
    name: 'a checksum database that refuses',
    code: 'network.refused',
    severity: 'error',
    async plant(ground) {
      const { url, sumdb } = ground.lab.goproxy
      await useGo(ground, url, `${sumdb} http://${await closedPort(ground)}`)
    },
    repair: false,
  },
  {
    name: 'a firewall that swallows all',
    code: 'network.filtered',
    severity: 'error',
    stalls: true,
    async plant(ground) {
      const peer = (await web(ground, (_, answer) => void answer.end())).replace('http://', '')
      await firewall(ground, peer, ['DROP'])
      await usePip(ground, `http://${peer}/simple`)
    },
    repair: false,
  },
  {
    name: 'a firewall that forbids',
    code: 'network.filtered',
    severity: 'error',
    async plant(ground) {
      const peer = (await web(ground, (_, answer) => void answer.end())).replace('http://', '')
      await firewall(ground, peer, ['REJECT', '--reject-with', 'icmp-host-prohibited'])
      await usePip(ground, `http://${peer}/simple`)
    },
    repair: false,
  },
  {
    name: 'a server that breaks off each connection',
    code: 'network.reset',
    severity: 'error',
    async plant(ground) {
      const peer = await raw(ground, (socket) => socket.once('data', () => socket.resetAndDestroy()))
      await useNpm(ground, `http://${peer}/`)
    },
    repair: false,
  },
  {
    name: 'a proxy that is not running',
    code: 'network.proxy-dead',
    severity: 'error',
    async plant(ground) {
      const proxy = `http://${await closedPort(ground)}`
      Object.assign(ground.env, { http_proxy: proxy, https_proxy: proxy })
    },
    repair: false,
  },
  {
    name: 'a proxy of .bashrc that is not running',
    code: 'network.shell-proxy-dead',
    severity: 'error',
    async plant(ground) {
      const proxy = `http://${await closedPort(ground)}`
      await writeFile(join(ground.home, '.bashrc'), `# mine\nexport https_proxy=${proxy}\nalias ll='ls -l'\n`)
    },
    repair: true,
  },
  {
    name: 'a proxy that wants a password',
    code: 'network.proxy-auth',
    severity: 'error',
    async plant(ground) {
      const { address } = ground.lab.bridge
      const { port, stop } = await startForwardProxy(address, 'worker:secret')
      ground.after(stop)
      const proxy = `http://${address}:${port}`
      Object.assign(ground.env, { http_proxy: proxy, https_proxy: proxy })
    },
    repair: false,
  },
  {
    name: 'a proxy that lets nobody through',
    code: 'network.proxy-refuses',
    severity: 'error',
    async plant(ground) {
      const proxy = `http://${await raw(ground, refusing)}`
      Object.assign(ground.env, { https_proxy: proxy })
      await useNpm(ground, `https://${NAME}/`)
    },
    repair: false,
  },
  {
    name: 'a proxy that does not get to near hosts',
    code: 'network.no-proxy-missing',
    severity: 'error',
    async plant(ground) {
      const proxy = `http://${await raw(ground, refusing)}`
      Object.assign(ground.env, { http_proxy: proxy, no_proxy: 'localhost' })
    },
    repair: false,
  },
  {
    name: 'containers get a proxy on 127.0.0.1',
    code: 'network.proxy-loopback-container',
    severity: 'warning',
    async plant({ home }) {
      await mkdir(join(home, '.docker'), { recursive: true })
      const proxies = { default: { httpProxy: 'http://127.0.0.1:7890', httpsProxy: 'http://127.0.0.1:7890' } }
      await writeFile(join(home, '.docker/config.json'), `${JSON.stringify({ proxies }, null, 2)}\n`)
    },
    repair: false,
  },
  {
    name: 'a rootless engine with a proxy on 127.0.0.1',
    whole: true,
    code: 'network.proxy-loopback-engine',
    severity: 'error',
    async plant(ground) {
      await engine(ground, {
        ...{ ServerVersion: '27.0.0', OSType: 'linux', Architecture: 'x86_64', Driver: 'overlay2' },
        ...{ SecurityOptions: ['name=rootless'], HttpsProxy: 'http://127.0.0.1:7890' },
        RegistryConfig: { Mirrors: [] },
      })
    },
    repair: false,
  },
  {
    name: 'https to a port that speaks http',
    code: 'network.tls-plain',
    severity: 'error',
    plant: (ground) => useNpm(ground, ground.npm.url.replace('http://', 'https://')),
    repair: false,
  },
  {
    name: 'a handshake that is broken off',
    code: 'network.tls-handshake',
    severity: 'error',
    async plant(ground) {
      const peer = await raw(ground, (socket) => socket.once('data', () => socket.resetAndDestroy()))
      await useNpm(ground, `https://${peer}/`)
    },
    repair: false,
  },
  {
    name: 'a handshake that is left hanging',
    code: 'network.tls-handshake',
    severity: 'error',
    stalls: true,
    async plant(ground) {
      await useNpm(ground, `https://${await raw(ground, (socket) => socket.resume())}/`)
    },
    repair: false,
  },
  {
    name: 'a log-in page with status 200',
    code: 'network.portal',
    severity: 'error',
    plant: answering(200, { 'content-type': 'text/html' }, PAGE),
    repair: false,
  },
  {
    name: 'a redirect to a log-in page elsewhere',
    code: 'network.portal',
    severity: 'error',
    async plant(ground) {
      const page = await web(ground, (_, answer) => void answer.setHeader('content-type', 'text/html').end(PAGE))
      const url = await web(ground, (_, answer) => void answer.writeHead(302, { location: `${page}/login` }).end())
      await useGo(ground, url)
    },
    repair: false,
  },
  {
    name: 'a network that asks for a log-in (511)',
    code: 'network.portal',
    severity: 'error',
    plant: answering(511, { 'content-type': 'text/html' }, PAGE),
    repair: false,
  },
  ...statusFaults,
  {
    name: 'a Go proxy at the wrong path',
    code: 'network.http-404',
    severity: 'error',
    async plant(ground) {
      const page = '<html><head><title>404 Not Found</title></head></html>'
      const url = await web(
        ground,
        (_, answer) => void answer.writeHead(404, { 'content-type': 'text/html' }).end(page),
      )
      await useGo(ground, `${url}/gopoxy`)
    },
    repair: false,
  },
  {
    name: 'a redirect in a circle',
    code: 'network.redirect-loop',
    severity: 'error',
    plant: async (ground) =>
      useNpm(
        ground,
        await web(ground, ({ url = '' }, answer) => {
          const other = url.endsWith('?again') ? url.slice(0, -6) : `${url}?again`
          answer.writeHead(302, { location: other }).end()
        }),
      ),
    repair: false,
  },
  {
    name: 'a server that takes the request and is silent',
    code: 'network.slow',
    severity: 'warning',
    stalls: true,
    plant: async (ground) => useNpm(ground, await web(ground, () => {})),
    repair: false,
  },
  {
    name: 'an npm registry that answers something else',
    code: 'network.content',
    severity: 'error',
    plant: answering(200, { 'content-type': 'application/json' }, '{"ok":true}'),
    repair: false,
  },
  {
    name: 'a Go proxy that answers something else',
    code: 'network.content',
    severity: 'error',
    plant: async (ground) => useGo(ground, await web(ground, (_, answer) => void answer.end('it works\n'))),
    repair: false,
  },
  {
    name: 'a mirror that has ended and still answers',
    code: 'network.mirror-ended',
    severity: 'warning',
    async plant(ground) {
      const old = await web(ground, (request, answer) => void relay(ground.npm.url, request.url ?? '', answer))
      await offerNpm(ground, [mirror('npm', 'old-npm', old, 'dead', '2024-05')])
      await useNpm(ground, `${old}/`)
    },
    repair: true,
  },
  {
    name: 'a mirror that has ended and is closed',
    code: 'network.mirror-ended',
    severity: 'error',
    async plant(ground) {
      const old = `http://${await closedPort(ground)}`
      await offerNpm(ground, [mirror('npm', 'old-npm', old, 'dead', '2024-05')])
      await useNpm(ground, `${old}/`)
    },
    repair: true,
  },
  {
    name: 'one of two mirrors of Docker refuses',
    code: 'network.refused',
    severity: 'warning',
    alone: true,
    plant: async (ground) => useMirrors(ground.lab, [`http://${await closedPort(ground)}`, ground.lab.registry.url]),
    repair: true,
  },
  {
    name: 'the only mirror of Docker refuses',
    code: 'network.refused',
    severity: 'error',
    alone: true,
    plant: async (ground) => useMirrors(ground.lab, [`http://${await closedPort(ground)}`]),
    repair: false,
  },
]

/** Answers every request and every tunnel as Squid does where a rule forbids it. */
function refusing(socket: Socket): void {
  socket.once('data', () =>
    socket.end(
      'HTTP/1.1 403 Forbidden\r\nServer: squid/5.7\r\nX-Squid-Error: ERR_ACCESS_DENIED 0\r\nContent-Length: 0\r\n\r\n',
    ),
  )
}

async function relay(base: string, path: string, answer: ServerResponse): Promise<void> {
  const response = await fetch(base + path)
  const body = Buffer.from(await response.arrayBuffer())
  answer.writeHead(response.status, { 'content-type': response.headers.get('content-type') ?? '' }).end(body)
}
