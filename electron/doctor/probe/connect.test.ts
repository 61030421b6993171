import { createServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { tryAddresses } from './connect.ts'

const { signal } = new AbortController()
const servers: Server[] = []
afterEach(() => servers.splice(0).forEach((server) => server.close()))

function listen(host: string, port = 0): Promise<number> {
  const server = createServer((socket) => socket.destroy())
  servers.push(server)
  return new Promise((resolve) => {
    server.listen(port, host, () => {
      const bound = server.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : 0)
    })
  })
}

test('an address that takes the connection, whichever of several it is', async () => {
  const port = await listen('127.0.0.2')
  const { best, lame } = await tryAddresses(['127.0.0.3', '127.0.0.2'], port, signal)
  expect(best).toMatchObject({ address: '127.0.0.2', code: null })
  expect(lame).toBeNull()
})

test('a port at which nothing listens says so', async () => {
  const port = await listen('127.0.0.1')
  servers.splice(0).forEach((server) => server.close())
  const { best, tried } = await tryAddresses(['127.0.0.1'], port, signal)
  expect(best).toBeNull()
  expect(tried).toEqual([{ address: '127.0.0.1', ms: null, code: 'ECONNREFUSED' }])
})

test('IPv6 that refuses at once costs no time, and is no remark', async () => {
  const port = await listen('127.0.0.1')
  const { best, lame } = await tryAddresses(['::1', '127.0.0.1'], port, signal)
  expect(best?.address).toBe('127.0.0.1')
  expect(lame).toBeNull()
})

test('a call that is called off throws', async () => {
  const stop = new AbortController()
  stop.abort(new Error('over'))
  await expect(tryAddresses(['127.0.0.1'], 1, stop.signal)).rejects.toThrow('over')
})
