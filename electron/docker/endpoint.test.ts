import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { findEndpoint, maxSocketPath, socketPath } from './endpoint.ts'
import { testPlaces } from './test-places.ts'
import { recordReader } from './test-reader.ts'

const sha = (name: string): string => createHash('sha256').update(name).digest('hex')
const config = '/home/ann/.docker/config.json'
const meta = (name: string): string => `/home/ann/.docker/contexts/meta/${sha(name)}/meta.json`
const host = (address: string): string => JSON.stringify({ Name: 'x', Endpoints: { docker: { Host: address } } })
const socket = '/var/run/docker.sock'

test('DOCKER_HOST beats DOCKER_CONTEXT, that beats currentContext, that beats the sockets', async () => {
  const files = {
    [config]: JSON.stringify({ currentContext: 'lab', auths: {} }),
    [meta('lab')]: host('unix:///lab.sock'),
    [meta('other')]: host('tcp://10.1.1.1:2375'),
    [socket]: null,
  }
  const at = (environment: Record<string, string>) => findEndpoint(recordReader(files), testPlaces({ environment }))
  expect(await at({ DOCKER_HOST: '10.0.0.1:2375', DOCKER_CONTEXT: 'other' })).toMatchObject({
    address: 'tcp://10.0.0.1:2375',
    source: 'DOCKER_HOST',
    context: null,
  })
  expect(await at({ DOCKER_CONTEXT: 'other' })).toMatchObject({
    address: 'tcp://10.1.1.1:2375',
    source: 'DOCKER_CONTEXT',
    context: 'other',
    tls: null,
  })
  expect(await at({})).toMatchObject({ address: 'unix:///lab.sock', source: 'currentContext', context: 'lab' })
  expect(await at({ DOCKER_CONTEXT: 'default' })).toMatchObject({ address: `unix://${socket}`, source: 'default' })
})

test('the first known socket that exists is taken', async () => {
  const rootless = recordReader({ '/run/user/1000/docker.sock': null })
  expect(await findEndpoint(rootless, testPlaces())).toMatchObject({ source: 'socket', flavour: 'rootless' })
  expect(await findEndpoint(recordReader({}), testPlaces())).toMatchObject({
    address: `unix://${socket}`,
    source: 'default',
  })
})

test('with another root neither the environment nor sockets outside it count', async () => {
  const places = testPlaces({
    root: '/lab',
    otherRoot: true,
    environment: { DOCKER_HOST: `unix://${socket}`, DOCKER_CONTEXT: 'x' },
    docker: {
      sockets: [
        { address: `unix://${socket}`, flavour: 'docker-engine' },
        { address: '/labor/docker.sock', flavour: 'docker-engine' },
        { address: '/lab/var/run/docker.sock', flavour: 'docker-engine' },
      ],
    },
  })
  const sys = recordReader({ [socket]: null, '/labor/docker.sock': null, [config]: '{"currentContext":"x"}' })
  expect(await findEndpoint(sys, places)).toMatchObject({
    address: 'unix:///lab/var/run/docker.sock',
    source: 'default',
    context: null,
  })
})

test('a context carries its TLS files', async () => {
  const tls = `/home/ann/.docker/contexts/tls/${sha('far')}/docker`
  const sys = recordReader({
    [meta('far')]: JSON.stringify({ Endpoints: { docker: { Host: 'tcp://far:2376', SkipTLSVerify: false } } }),
    [`${tls}/ca.pem`]: 'CA',
    [`${tls}/cert.pem`]: 'CERT',
    [`${tls}/key.pem`]: 'KEY',
  })
  const endpoint = await findEndpoint(sys, testPlaces({ environment: { DOCKER_CONTEXT: 'far' } }))
  expect(endpoint.tls).toEqual({ ca: 'CA', cert: 'CERT', key: 'KEY', verify: true })
})

test('DOCKER_TLS_VERIFY takes the files of DOCKER_CERT_PATH', async () => {
  const sys = recordReader({ '/certs/ca.pem': 'CA' })
  const environment = { DOCKER_HOST: 'tcp://far:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' }
  const endpoint = await findEndpoint(sys, testPlaces({ environment }))
  expect(endpoint.tls).toEqual({ ca: 'CA', cert: null, key: null, verify: true })
})

test('a broken config.json or context is refused with its path and line', async () => {
  const broken = recordReader({ [config]: '{\n  "auths": {},\n  oops\n}' })
  await expect(findEndpoint(broken, testPlaces())).rejects.toMatchObject({
    code: 'unparsable-file',
    values: { path: config, line: 3 },
  })
  const context = recordReader({ [config]: '{"currentContext":"x"}', [meta('x')]: '[]' })
  await expect(findEndpoint(context, testPlaces())).rejects.toMatchObject({
    code: 'unparsable-file',
    values: { path: meta('x'), line: 1 },
  })
})

test('a context that is not there and an address without sense are named', async () => {
  const environment = { DOCKER_CONTEXT: 'gone' }
  await expect(findEndpoint(recordReader({}), testPlaces({ environment }))).rejects.toMatchObject({
    code: 'docker-unreachable',
    values: { address: 'gone' },
  })
  for (const DOCKER_HOST of ['tcp://', 'ftp://x', 'a b'])
    await expect(findEndpoint(recordReader({}), testPlaces({ environment: { DOCKER_HOST } }))).rejects.toMatchObject({
      code: 'docker-unreachable',
    })
})

test('a socket path may have 107 bytes, counted as bytes', async () => {
  const at = (path: string) =>
    findEndpoint(recordReader({}), testPlaces({ environment: { DOCKER_HOST: `unix://${path}` } }))
  const longest = `/${'x'.repeat(maxSocketPath('linux') - 1)}`
  expect((await at(longest)).address).toBe(`unix://${longest}`)
  await expect(at(`${longest}x`)).rejects.toMatchObject({
    code: 'socket-path-too-long',
    values: { path: `${longest}x` },
  })
  await expect(at(`/home/${'陈'.repeat(34)}`)).rejects.toMatchObject({ code: 'socket-path-too-long' })
})

test('a named pipe is looked for in the list of pipes', async () => {
  const docker = { sockets: [{ address: 'npipe:////./pipe/docker_engine', flavour: 'docker-desktop' as const }] }
  const endpoint = await findEndpoint(
    recordReader({ '//./pipe/docker_engine': null }),
    testPlaces({ platform: 'win32', docker }),
  )
  expect(endpoint).toMatchObject({ source: 'default', flavour: 'docker-desktop' })
  expect(socketPath(endpoint.address)).toBe('//./pipe/docker_engine')
})
