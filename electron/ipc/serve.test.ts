import { expect, test } from 'vitest'
import { CodedError } from '../core/errors.ts'
import type { Handlers } from './handlers.ts'
import { answerer } from './serve.ts'

/** Serves one set of handlers (the others fail the test) and answers what a page would call. */
function served(handlers: Partial<Handlers>) {
  const none = () => Promise.reject(new Error('a handler was called that should not be'))
  const all = new Proxy(handlers, { get: (target, name) => Reflect.get(target, name) ?? none })
  const answer = answerer(all as Handlers)
  return (name?: unknown, input?: unknown, ...rest: unknown[]) => answer(name, input, rest)
}

const refusal = (code: string) => ({ ok: false, error: expect.objectContaining({ code }) })

test('a request that fits is handled and answered in an envelope', async () => {
  const call = served({ 'task.cancel': async ({ taskId }) => taskId === 'a' })
  expect(await call('task.cancel', { taskId: 'a' })).toEqual({ ok: true, value: true })
  expect(await call('task.cancel', { taskId: 'b' })).toEqual({ ok: true, value: false })
})

test.each([
  ['files.write'],
  ['__proto__'],
  ['constructor'],
  ['toString'],
  [42],
  [null],
  [undefined],
  [{}],
  [['task.list']],
])('the request name %j is refused', async (name) => {
  expect(await served({})(name, undefined)).toEqual(refusal('bad-request'))
})

test.each([
  ['machine.detect', { surprise: 1 }],
  ['task.cancel', undefined],
  ['task.cancel', { taskId: 7 }],
  ['task.cancel', { taskId: 'x'.repeat(65) }],
  ['run.undo', { runId: null, onConflict: 'destroy' }],
  ['image.pull', { image: '--privileged' }],
  ['image.pull', { image: 'golang:1.26; rm -rf /' }],
  ['image.verify', { image: '$(touch /tmp/canary)' }],
  ['plan.make', { profile: { version: 1, surprise: true } }],
  ['plan.make', { profile: { version: 1, sources: { go: 'javascript:alert(1)' } } }],
  ['plan.make', { profile: { version: 1, sources: { docker: ['https://user:secret@mirror.example'] } } }],
  ['plan.make', { profile: { version: 1, env: { set: { LD_PRELOAD: '/tmp/evil.so' } } } }],
  ['plan.make', { profile: { version: 1, env: { set: { 'A=B': 'x' } } } }],
  ['plan.make', { profile: { version: 1, env: { set: { GOSUMDB: 'off' } } } }],
])('%s with %j does not fit the schema and is refused', async (name, input) => {
  const answer = await served({})(name, input)
  expect(answer).toEqual(refusal('bad-request'))
})

test('too much, too deep, circular, or one argument more is refused', async () => {
  const circle: { self?: unknown } = {}
  circle.self = circle
  const profile = { version: 1, remark: 'x'.repeat(300_000) }
  expect(await served({})('plan.make', { profile })).toEqual(refusal('bad-request'))
  expect(await served({})('plan.make', circle)).toEqual(refusal('bad-request'))
  expect(await served({})('task.list', undefined, 'more')).toEqual(refusal('bad-request'))
})

test('a coded error keeps its code and values, another becomes `internal` with its cause', async () => {
  const coded = served({ 'run.history': () => Promise.reject(new CodedError('busy', { pid: 7 })) })
  expect(await coded('run.history', undefined)).toEqual({ ok: false, error: { code: 'busy', values: { pid: 7 } } })
  const odd = served({ 'run.history': () => Promise.reject(new Error('odd')) })
  const answer = await odd('run.history', undefined)
  expect(answer).toEqual(refusal('internal'))
  expect(JSON.stringify(answer)).toContain('odd')
})

test('what a handler answers is cut to the contract, and a wrong answer does not leave', async () => {
  const more = { id: 'a', kind: 'pull', state: 'running' as const, events: [], secret: 'token' }
  expect(await served({ 'task.list': async () => [more] })('task.list', undefined)).toEqual({
    ok: true,
    value: [{ id: 'a', kind: 'pull', state: 'running', events: [] }],
  })
  const wrong = served({ 'task.cancel': (async () => 'yes') as never })
  expect(await wrong('task.cancel', { taskId: 'a' })).toEqual(refusal('internal'))
})
