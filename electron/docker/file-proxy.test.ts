import { expect, test } from 'vitest'
import { MemorySystem } from '../system/memory.ts'
import { moduleIn, proxyFolders, proxyMounts } from './file-proxy.ts'

const KIT = '/home/u/.cache/goready/kits/0/go'
const sys = new MemorySystem({ [`${KIT}/modules.txt`]: 'a.example/x v1.0.0\nb.example/y v2.0.0\n' })

test('the folders of GOPROXY come into a container, where they are there', async () => {
  expect(proxyFolders(`file://${KIT},https://a.example|file:///srv/%E4%BD%A0|file:///a%2Fb`)).toEqual([KIT, '/srv/你'])
  const GOPROXY = `https://a.example|file://${KIT}|file:///gone|file:///`
  expect(await proxyMounts(sys, { GOPROXY })).toEqual([{ Type: 'bind', Source: KIT, Target: KIT, ReadOnly: true }])
  expect(await proxyMounts(sys, {})).toEqual([])
})

test('a folder that is no proxy stays outside: keys, the system, a whole home', async () => {
  const more = new MemorySystem({
    '/home/u/.ssh/id_ed25519': 'secret',
    '/etc/cron.d/x': '',
    '/srv/modules/github.com/x/@v/list': '',
  })
  const GOPROXY = ['/home/u/.ssh', '/home/u', '/home', '/etc', '/srv/modules'].map((path) => `file://${path}`).join('|')
  expect((await proxyMounts(more, { GOPROXY })).map(({ Source }) => Source)).toEqual(['/srv/modules'])
})

test('a module of the kit is tried, where the kit is asked first', async () => {
  expect(await moduleIn(sys, `file://${KIT}`)).toEqual({ module: 'a.example/x', version: 'v1.0.0' })
  expect(await moduleIn(sys, `https://a.example,file://${KIT}`)).toBeNull()
  expect(await moduleIn(sys, 'file:///gone')).toBeNull()
})
