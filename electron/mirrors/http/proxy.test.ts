import { expect, test } from 'vitest'
import { OutError } from '../race/adapter.ts'
import { routeTo, type SystemProxy } from './proxy.ts'

const via = async (url: string, environment: Record<string, string>, system: SystemProxy | null = null) => {
  const route = await routeTo(new URL(url), environment, system)
  return route.kind === 'direct' ? 'direct' : route.via
}

test('the variables of the protocol, in both cases, then ALL_PROXY; a missing scheme is http', async () => {
  expect(await via('http://m.example/', { HTTP_PROXY: 'p:1' })).toBe('http://p:1')
  expect(await via('https://m.example/', { HTTP_PROXY: 'p:1' })).toBe('direct')
  expect(await via('https://m.example/', { https_proxy: 'https://u:secret@p:2' })).toBe('https://p:2')
  expect(await via('https://m.example/', { HTTPS_PROXY: 'p:3', https_proxy: 'p:2' })).toBe('http://p:3')
  expect(await via('https://m.example/', { all_proxy: 'socks5h://p:4' })).toBe('socks5h://p:4')
})

test('NO_PROXY as golang.org/x/net reads it', async () => {
  const at = (url: string, no: string) => via(url, { ALL_PROXY: 'p:1', NO_PROXY: no })
  expect(await at('http://a.example/', 'a.example')).toBe('direct')
  expect(await at('http://x.a.example/', 'a.example')).toBe('direct')
  expect(await at('http://xa.example/', 'a.example')).toBe('http://p:1')
  expect(await at('http://a.example/', '.a.example')).toBe('http://p:1')
  expect(await at('http://x.a.example/', 'b, *.a.example')).toBe('direct')
  expect(await at('http://a.example/', 'a.example:80')).toBe('direct')
  expect(await at('http://a.example:81/', 'a.example:80')).toBe('http://p:1')
  expect(await at('http://10.1.2.3/', '10.0.0.0/8')).toBe('direct')
  expect(await at('http://11.1.2.3/', '10.0.0.0/8,10.0.0.0/99')).toBe('http://p:1')
  expect(await at('http://[fd00::1]/', 'fd00::/8')).toBe('direct')
  expect(await at('http://[fd00::1]:81/', '[fd00::1]:81')).toBe('direct')
  expect(await at('http://a.example/', '*')).toBe('direct')
})

test('this machine is asked directly, whatever the variables say', async () => {
  for (const host of ['localhost', '127.0.0.1', '127.3.4.5', '[::1]'])
    expect(await via(`http://${host}:8080/`, { ALL_PROXY: 'p:1' })).toBe('direct')
})

test('the system is asked where no variable is set, and only then', async () => {
  const system =
    (answer: string): SystemProxy =>
    () =>
      Promise.resolve(answer)
  expect(await via('https://m.example/', {}, system('PROXY h:3128; DIRECT'))).toBe('http://h:3128')
  expect(await via('https://m.example/', {}, system('HTTPS h:3128'))).toBe('https://h:3128')
  expect(await via('https://m.example/', {}, system('SOCKS5 h:1080'))).toBe('socks5://h:1080')
  expect(await via('https://m.example/', {}, system('DIRECT'))).toBe('direct')
  expect(await via('https://m.example/', { HTTP_PROXY: 'p:1' }, system('PROXY h:3128'))).toBe('direct')
  expect(await via('https://m.example/', {}, () => Promise.reject(new Error('no')))).toBe('direct')
  const asked: string[] = []
  const listening: SystemProxy = (url) => {
    asked.push(url)
    return Promise.resolve('DIRECT')
  }
  await via('https://u:hush@m.example:8443/secret', {}, listening)
  expect(asked).toEqual(['https://m.example:8443/'])
})

test.each(['ftp://u:hush@p:1', 'http://u:hush@p:x'])(
  'a proxy %s that nobody can use is said, without its password',
  async (proxy) => {
    const refused = via('https://m.example/', { HTTPS_PROXY: proxy })
    await expect(refused).rejects.toBeInstanceOf(OutError)
    await expect(refused).rejects.toMatchObject({ reason: 'proxy', message: expect.not.stringContaining('hush') })
  },
)
