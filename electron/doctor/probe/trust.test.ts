import { rootCertificates } from 'node:tls'
import { expect, test } from 'vitest'
import { dockerState } from '../../docker/state.ts'
import { linuxPlaces } from '../../platform/linux/places.ts'
import { detectNpm } from '../../settings/npm/detect.ts'
import { detectPip } from '../../settings/pip/detect.ts'
import { MemorySystem } from '../../system/memory.ts'
import { trustStores } from './trust.ts'

const { signal } = new AbortController()
/** Any certificates do; these are told apart by their text. */
const [SYSTEM = '', OWN = '', MORE = '', THIRD = ''] = rootCertificates
const BUNDLE = '/etc/ssl/certs/ca-certificates.crt'

async function stores(files: Readonly<Record<string, string>>, environment: Record<string, string> = {}) {
  const sys = new MemorySystem({ [BUNDLE]: SYSTEM, ...files })
  const places = linuxPlaces({
    ...{ uid: 1000, gid: 1000, username: 'me', hostname: 'h', cwd: '/' },
    environment: { HOME: '/home/me', PATH: '', ...environment },
  })
  const facts = {
    npm: () => detectNpm(sys, places, signal),
    pip: () => detectPip(sys, places),
    docker: async () => ({ ...(await dockerState(sys, places, signal)), configFile: '/etc/docker/daemon.json' }),
  }
  return trustStores({ sys, places, facts, authorities: () => Promise.resolve(null) }, signal)
}

test('each tool believes what its own settings say', async () => {
  const all = await stores({
    '/home/me/.npmrc': 'cafile=/own.pem\n',
    '/own.pem': OWN,
    '/home/me/.config/pip/pip.conf': '[global]\ncert = /more.pem\n',
    '/more.pem': MORE,
    '/etc/docker/certs.d/r.example:5000/ca.crt': THIRD,
  })
  expect(all.of('npm', 'r.example').texts).toEqual([OWN])
  expect(all.of('pip', 'r.example').texts).toEqual([MORE])
  expect(all.of('go', 'r.example').texts).toEqual([SYSTEM])
  expect(all.of('docker', 'r.example').texts).toEqual([SYSTEM])
  expect(all.of('docker', 'r.example:5000').texts).toEqual([SYSTEM, THIRD])
  for (const text of [SYSTEM, OWN, MORE, THIRD]) expect(all.all).toContain(text)
})

test('variables: in place of a file, or beside what a tool brings', async () => {
  const files = { '/own.pem': OWN, '/more.pem': MORE, '/home/me/.npmrc': 'cafile=/more.pem\n' }
  const named = await stores(files, { npm_config_cafile: '/own.pem', SSL_CERT_FILE: '/more.pem', PIP_CERT: '/own.pem' })
  expect(named.of('npm', '')).toMatchObject({ texts: [OWN], byVariable: true })
  expect(named.of('pip', '')).toMatchObject({ texts: [OWN], byVariable: true })
  expect(named.of('go', '').texts).toEqual([SYSTEM, MORE])
  const extra = await stores({ '/own.pem': OWN }, { NODE_EXTRA_CA_CERTS: '/own.pem' })
  expect(extra.of('npm', '').texts).toEqual([...rootCertificates, OWN])
})

test('apt has its own file besides the system’s', async () => {
  const files = { '/own.pem': OWN, '/etc/apt/apt.conf.d/90ca': 'Acquire::https::r.example::CAInfo "/own.pem";\n' }
  expect((await stores(files)).of('apt', '').texts).toEqual([SYSTEM, OWN])
})

test('a tool that takes anything from a host is left alone with it', async () => {
  const all = await stores({
    '/home/me/.npmrc': 'strict-ssl=false\n',
    '/home/me/.config/pip/pip.conf': '[global]\ntrusted-host = pip.example\n',
    '/etc/docker/daemon.json': '{"insecure-registries": ["r.example:5000", "10.0.0.0/8"]}',
  })
  expect(all.exempt('npm', 'any')).toBe(true)
  expect([all.exempt('pip', 'pip.example:8443'), all.exempt('pip', 'other')]).toEqual([true, false])
  const hosts = ['r.example:5000', '10.1.2.3:443', '127.0.0.9', 'r.example', '11.0.0.1']
  expect(hosts.map((host) => all.exempt('docker', host))).toEqual([true, true, true, false, false])
  expect(all.exempt('go', 'any')).toBe(false)
})

test('files: the smallest that holds an authority comes first', async () => {
  const all = await stores({ '/usr/local/share/ca-certificates/room.crt': OWN, [BUNDLE]: `${SYSTEM}\n${OWN}` })
  const paths = (await all.files()).filter(({ text }) => text.includes(OWN)).map(({ path }) => path)
  expect(paths).toEqual(['/usr/local/share/ca-certificates/room.crt', BUNDLE])
})
