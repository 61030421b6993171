import { expect, test } from 'vitest'
import type { DockerState, Override } from '../../../contract/machine.ts'
import { loopbackProxiesCheck } from './loopback-proxies.ts'
import { contextWith } from './test-context.ts'

const { signal } = new AbortController()
const PROXY = 'http://127.0.0.1:7890'

async function codes(docker: Partial<DockerState>, overrides: readonly Override[] = []): Promise<readonly string[]> {
  const context = contextWith({ docker, overrides })
  return (await loopbackProxiesCheck.check(context, signal)).found.map(({ code, severity }) => `${severity} ${code}`)
}

const client = (value: string): Override => ({
  target: 'docker',
  name: 'httpsProxy',
  layers: [{ value, from: '/home/u/.docker/config.json:3', shell: null, wins: true }],
})

test.each(['docker-desktop', 'colima', 'rancher-desktop', 'orbstack', 'rootless'] as const)(
  'an engine of its own (%s) does not find the machine’s proxy',
  async (flavour) => {
    expect(await codes({ flavour, proxies: { HTTPS_PROXY: PROXY } })).toEqual(['error network.proxy-loopback-engine'])
    expect(await codes({ flavour, proxies: { HTTPS_PROXY: 'http://http.docker.internal:3128' } })).toEqual([])
    expect(await codes({ flavour, proxies: { NO_PROXY: 'localhost,127.0.0.1' } })).toEqual([])
  },
)

test('the system’s own engine shares its 127.0.0.1', async () => {
  expect(await codes({ flavour: 'docker-engine', proxies: { HTTPS_PROXY: PROXY } })).toEqual([])
})

test('what containers are handed leads them to themselves', async () => {
  expect(await codes({}, [client(PROXY)])).toEqual(['warning network.proxy-loopback-container'])
  expect(await codes({}, [client('localhost:7890')])).toEqual(['warning network.proxy-loopback-container'])
  expect(await codes({}, [client('http://172.17.0.1:7890')])).toEqual([])
  expect(await codes({ state: 'not-installed' }, [client(PROXY)])).toEqual([])
})
