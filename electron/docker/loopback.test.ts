import { expect, test } from 'vitest'
import { containerProxies, isLoopback, loopbackFindings } from './loopback.ts'

test.each([
  'http://127.0.0.1:7890',
  '127.0.0.1:7890',
  'localhost:8080',
  'http://LOCALHOST./x',
  'socks5://127.1:1080',
  'http://[::1]:3128',
  'http://[::ffff:127.0.0.1]/',
  'http://0x7f000001/',
  'http://0.0.0.0:3000',
  'http://user:secret@localhost:1',
  'proxy.localhost',
])('%s is a loopback address', (address) => {
  expect(isLoopback(address)).toBe(true)
})

test.each([
  'http://192.168.1.2:7890',
  'https://goproxy.cn',
  'localhost.example.com',
  '10.0.0.1',
  'http://128.0.0.1',
  '',
])('%s is none', (address) => {
  expect(isLoopback(address)).toBe(false)
})

const docker = { flavour: 'docker-engine' as const, proxies: { HTTP_PROXY: 'http://127.0.0.1:7890' } }

test('each loopback entry of the Go settings is a finding, without its password', () => {
  const goEnv = {
    GOPROXY: 'http://u:p@127.0.0.1:3000|https://goproxy.cn,direct',
    GOSUMDB: 'sum.x+0a1b2c3d+key http://localhost:9',
    HTTPS_PROXY: 'localhost:1',
    GOPRIVATE: 'localhost',
  }
  expect(loopbackFindings(goEnv, docker).map(({ note }) => note.values)).toEqual([
    { name: 'GOPROXY', url: 'http://***@127.0.0.1:3000' },
    { name: 'GOSUMDB', url: 'http://localhost:9' },
    { name: 'HTTPS_PROXY', url: 'localhost:1' },
  ])
  expect(loopbackFindings({ GOPROXY: 'https://goproxy.cn|direct', GOSUMDB: 'sum.golang.org' }, docker)).toEqual([])
})

test('a daemon’s loopback proxy is wrong only in a virtual machine', () => {
  expect(loopbackFindings({}, docker)).toEqual([])
  expect(loopbackFindings({}, { ...docker, flavour: 'docker-desktop' })).toEqual([
    expect.objectContaining({ id: 'docker.loopback-daemon-proxy', severity: 'warning' }),
  ])
})

test('a container gets the proxies that it can reach, and exceptions only along with one', () => {
  expect(
    containerProxies({
      HTTP_PROXY: 'http://127.0.0.1:7890',
      https_proxy: 'http://10.0.0.1:3128',
      NO_PROXY: 'corp',
      X: '1',
    }),
  ).toEqual({ https_proxy: 'http://10.0.0.1:3128', NO_PROXY: 'corp' })
  expect(containerProxies({ HTTP_PROXY: 'http://localhost:1', NO_PROXY: 'corp' })).toEqual({})
})
