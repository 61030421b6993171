import { expect, test } from 'vitest'
import { awaitDocker } from '../../engine/await-docker.ts'
import type { DockerState } from '../../contract/machine.ts'
import { isOnItsWay } from './await-docker.ts'

test('Docker is waited for where a start of the machine is likely behind its silence, and nobody watches', () => {
  expect(isOnItsWay(30, false, false)).toBe(true)
  expect(isOnItsWay(86_400, true, false)).toBe(true)
  expect(isOnItsWay(86_400, false, false)).toBe(false)
  expect(isOnItsWay(null, false, false)).toBe(false)
  expect(isOnItsWay(30, true, true)).toBe(false)
})

const states = (...list: DockerState['state'][]) => {
  const left = [...list]
  return () => Promise.resolve({ state: left.length > 1 ? left.shift() : left[0] } as DockerState)
}

test('the wait ends when it runs, when it is not there, with its patience and with the command', async () => {
  const never = new AbortController().signal
  let told = 0
  const tell = () => void (told += 1)
  await awaitDocker(states('not-running', 'unreachable', 'running'), 60_000, tell, never)
  await awaitDocker(states('not-installed'), 60_000, tell, never)
  expect(told).toBe(1)
  await awaitDocker(states('not-running'), 0, tell, never)
  await expect(awaitDocker(states('not-running'), 60_000, tell, AbortSignal.abort(new Error('over')))).rejects.toThrow(
    'over',
  )
})
