import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Override } from '../../../contract/machine.ts'
import { shellProxiesCheck } from './shell-proxies.ts'
import { contextWith } from './test-context.ts'

const { signal } = new AbortController()
const server = createServer((socket) => socket.destroy())
let open = ''
let closed = ''
beforeAll(async () => {
  const port = (): number => (server.address() as AddressInfo).port
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closed = `http://127.0.0.1:${port()}`
  await new Promise((resolve) => server.close(resolve))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open = `http://127.0.0.1:${port()}`
})
afterAll(() => void server.close())

async function found(line: string, value: string, environment: Record<string, string> = {}) {
  const from = '/home/u/.bashrc:1'
  const overrides: readonly Override[] = [
    { target: 'proxy', name: 'https_proxy', layers: [{ value, from, shell: 'bash', wins: true }] },
  ]
  const files = { '/home/u/.bashrc': `${line}\n`, '/bin/bash': '' }
  const context = contextWith({ files, overrides, environment: { PATH: '/bin', ...environment } })
  return (await shellProxiesCheck.check(context, signal)).found
}

test('a proxy that each new terminal is told of and that is not there', async () => {
  const [one] = await found(`export https_proxy=${closed}`, closed)
  expect(one).toMatchObject({
    code: 'network.shell-proxy-dead',
    severity: 'error',
    values: { proxy: closed, from: '/home/u/.bashrc:1', name: 'https_proxy' },
    repairs: [{ kind: 'edits', safe: false, edits: [{ target: { path: '/home/u/.bashrc' } }] }],
  })
})

test('one that runs, one that only a function would set, and one that we have ourselves are well here', async () => {
  expect(await found(`export https_proxy=${open}`, open)).toEqual([])
  expect(await found(`  export https_proxy=${closed}`, closed)).toEqual([])
  expect(await found(`export https_proxy=${closed}`, closed, { https_proxy: closed })).toEqual([])
  expect(await found('export https_proxy=proxy', 'proxy')).toEqual([])
})
