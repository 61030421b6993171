import { expect, test } from 'vitest'
import { profileSchema } from '../contract/profile.ts'
import { shownOf } from '../core/elevation.ts'
import { envTarget } from '../core/env.ts'
import { fold } from '../core/plan.ts'
import { win32Places } from '../platform/win32/places.ts'
import { MemorySystem } from '../system/memory.ts'
import { replan } from './replan.ts'

const { signal } = new AbortController()
const places = win32Places({ environment: { USERPROFILE: 'C:\\Users\\u', SystemRoot: 'C:\\Windows' }, username: 'u' })
const profile = profileSchema.parse({
  version: 1,
  env: { scope: 'system', set: { FOO: 'bar' }, path: ['D:/tools'] },
})
const choices = { profile, owners: ['shell' as const], settled: {}, texts: {} }
const presences = () => Promise.resolve([])

/** What a person was shown of the variable `name` in the key of `scope`. */
async function shown(sys: MemorySystem, name: string, key: string, after: string | true, scope: 'user' | 'system') {
  const edit = { target: envTarget(scope, name), owner: 'shell' as const, key, before: null, after }
  const [change] = await fold([edit], new Map(), sys)
  return (change && (await shownOf(change))) ?? expect.fail('nothing to show')
}

test('variables of the whole machine are planned again by the helper, as they were shown', async () => {
  const sys = new MemorySystem()
  sys.variables.system.set('Path', { type: 'REG_EXPAND_SZ', value: '%SystemRoot%' })
  const foo = await shown(sys, 'FOO', 'FOO', 'bar', 'system')
  const path = await shown(sys, 'Path', 'path:D:\\tools', true, 'system')
  expect(await replan({ choices, shown: [foo, path] }, { sys, places, presences }, signal)).toMatchObject([
    { kind: 'env', scope: 'system', name: 'FOO', after: { type: 'REG_SZ', value: 'bar' } },
    { kind: 'env', scope: 'system', name: 'Path', after: { type: 'REG_EXPAND_SZ', value: '%SystemRoot%;D:\\tools' } },
  ])
  // What was not shown is not done.
  expect(await replan({ choices, shown: [foo] }, { sys, places, presences }, signal)).toHaveLength(1)
})

test('another value, another key and a person’s own variables are refused', async () => {
  const sys = new MemorySystem()
  for (const one of [
    await shown(sys, 'FOO', 'FOO', 'other', 'system'),
    await shown(sys, 'BAR', 'BAR', 'bar', 'system'),
    await shown(sys, 'FOO', 'FOO', 'bar', 'user'),
  ])
    await expect(replan({ choices, shown: [one] }, { sys, places, presences }, signal)).rejects.toMatchObject({
      code: 'changed-since-plan',
    })
})
