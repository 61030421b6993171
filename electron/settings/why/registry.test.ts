import { expect, test } from 'vitest'
import type { EnvValue } from '../../contract/plan.ts'
import { ENV_KEYS } from '../../core/env.ts'
import { fold } from '../../core/plan.ts'
import { win32Places } from '../../platform/win32/places.ts'
import { MemorySystem } from '../../system/memory.ts'
import { gatherFacts } from './facts.ts'
import { explain } from './why.ts'

const environment = { USERPROFILE: 'C:\\Users\\陈杰', SystemRoot: 'C:\\Windows' }
const places = win32Places({ environment, username: '陈杰' })
const text = (value: string, type: EnvValue['type'] = 'REG_SZ'): EnvValue => ({ type, value })

async function why(name: string, user: Record<string, EnvValue>, system: Record<string, EnvValue> = {}) {
  const sys = new MemorySystem()
  for (const [key, value] of Object.entries(user)) sys.variables.user.set(key, value)
  for (const [key, value] of Object.entries(system)) sys.variables.system.set(key, value)
  const facts = await gatherFacts(sys, places)
  const question = { name, facts, image: null, below: () => [], emptyHides: false, findings: [], programs: [] }
  const answer = explain(question)
  const context = answer.why.contexts.find(({ kind }) => kind === 'new')
  const rows = context?.rows.map(({ layer, state }) => {
    const one = answer.why.layers.find(({ id }) => id === layer)
    return [one?.from, one?.value, state]
  })
  return { sys, answer, context, rows }
}

test("the user's value hides the machine's, whatever the case; both can be taken away", async () => {
  const { sys, answer, context, rows } = await why(
    'GOPROXY',
    { goproxy: text('https://a,direct') },
    { GOPROXY: text('off') },
  )
  expect(context).toMatchObject({ id: 'new', value: 'https://a,direct', how: 'text' })
  expect(rows).toEqual([
    [`${ENV_KEYS.user}\\goproxy`, 'https://a,direct', 'wins'],
    [`${ENV_KEYS.system}\\GOPROXY`, 'off', 'hidden'],
  ])
  const [removal] = answer.removals.values()
  expect(await fold(removal?.edits ?? [], new Map(), sys)).toMatchObject([
    { kind: 'env', scope: 'user', name: 'goproxy', before: text('https://a,direct'), after: null },
  ])
})

test('an empty value lets the next one speak; one that Windows builds is not told', async () => {
  expect(
    (await why('GOFLAGS', { GOFLAGS: text('') }, { GOFLAGS: text('-v') })).rows?.map(([, , state]) => state),
  ).toEqual(['empty', 'wins'])
  const built = await why('GOPATH', { GOPATH: text('%USERPROFILE%\\go', 'REG_EXPAND_SZ') })
  expect(built.context?.value).toBeNull()
  expect(built.rows).toEqual([[`${ENV_KEYS.user}\\GOPATH`, '%USERPROFILE%\\go', 'wins']])
})

test('PATH is both lists, and no line of it is taken away', async () => {
  const { answer, rows } = await why('PATH', { Path: text('C:\\b') }, { Path: text('C:\\a') })
  expect(rows).toEqual([
    [`${ENV_KEYS.system}\\Path`, 'C:\\a', 'wins'],
    [`${ENV_KEYS.user}\\Path`, 'C:\\b', 'hidden'],
  ])
  expect(answer.removals.size).toBe(0)
})

test('nothing is read of a registry that is not this home’s', async () => {
  const sys = new MemorySystem()
  sys.variables.user.set('GOPROXY', text('off'))
  expect((await gatherFacts(sys, win32Places({ environment, username: 'x', home: 'D:\\other' }))).windows).toBeNull()
})
