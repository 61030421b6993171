import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { joinRendezvous, openRendezvous } from './rendezvous.ts'

const { signal } = new AbortController()

test('two ends that know the secret meet over a real socket, in a folder of this account alone', async () => {
  const place = await openRendezvous()
  expect(statSync(dirname(place.address)).mode & 0o777).toBe(0o700)
  const [ours, helper] = await Promise.all([place.met(signal), joinRendezvous(place.address, place.secret)])
  helper.send('{"t":"ready"}')
  expect(await ours?.receive()).toBe('{"t":"ready"}')
  ours?.send('{"op":"x"}')
  expect(await helper.receive()).toBe('{"op":"x"}')
  ours?.close()
  expect(await helper.receive()).toBeNull()
  await place.close()
  expect(() => statSync(dirname(place.address))).toThrow('ENOENT')
})

test('a stranger is hung up on, and the helper still gets through', async () => {
  const place = await openRendezvous()
  await expect(joinRendezvous(place.address, 'f'.repeat(64))).rejects.toMatchObject({ code: 'bad-request' })
  const silent = connect(place.address)
  const noisy = connect(place.address)
  noisy.on('error', () => {})
  noisy.write('{"t":"ready"}\n')
  const [ours, helper] = await Promise.all([place.met(signal), joinRendezvous(place.address, place.secret)])
  helper.send('it is me')
  expect(await ours?.receive()).toBe('it is me')
  for (const socket of [silent, noisy]) socket.destroy()
  helper.close()
  await place.close()
})

test('whoever waits can stop waiting', async () => {
  const place = await openRendezvous()
  const stop = new AbortController()
  const met = place.met(stop.signal)
  stop.abort()
  expect(await met).toBeNull()
  expect(await place.met(stop.signal)).toBeNull()
  await place.close()
})
