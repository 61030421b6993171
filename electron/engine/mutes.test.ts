import { expect, test } from 'vitest'
import { MAX_FINDING_ID } from '../contract/doctor.ts'
import { MemorySystem } from '../system/memory.ts'
import { MuteBook } from './mutes.ts'

test('a finding about a long path is muted like any other, and the others stay', async () => {
  const mutes = new MuteBook('/home/u/.local/state/goready', new MemorySystem())
  const long = `files.mode-closed@/${'x'.repeat(MAX_FINDING_ID - 19)}`
  await mutes.set('go.flags@GOFLAGS', true)
  await mutes.set(long, true)
  expect([...(await mutes.all())]).toEqual(['go.flags@GOFLAGS', long])
  await mutes.set('go.flags@GOFLAGS', false)
  expect([...(await mutes.all())]).toEqual([long])
})
