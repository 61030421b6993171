import { beforeEach, expect, test, vi } from 'vitest'
import type { CredentialTrial } from '../../electron/contract/credential.ts'
import type { PlanView } from '../../electron/contract/plan.ts'
import { credentialReason, useCredential } from './credential.ts'
import { useTasks } from './tasks.ts'
import { playMain } from './test-bridge.ts'

const plan: PlanView = {
  id: 'p',
  changed: true,
  image: null,
  changes: [],
  choices: [],
  findings: [],
  rights: 'not-needed',
}
const fields = { target: 'docker', url: ' https://harbor.example ', login: 'chen', secret: 'Geheim-1' } as const

beforeEach(() => {
  vi.stubGlobal('requestAnimationFrame', (work: () => void) => setTimeout(work, 0))
  vi.stubGlobal('cancelAnimationFrame', (timer: ReturnType<typeof setTimeout>) => clearTimeout(timer))
  useTasks.setState({ tasks: new Map() })
  useCredential.getState().forget()
  useCredential.getState().change(fields)
})

test('a try says what the address said and writes nothing', async () => {
  const asked = playMain({ 'credential.try': () => ({ state: 'refused', cause: 'HTTP 401' }) })
  await useCredential.getState().tryIt()
  expect(useCredential.getState().state).toMatchObject({ step: 'form', busy: null, trial: { state: 'refused' } })
  expect(asked).toEqual([{ name: 'credential.try', input: { ...fields, url: 'https://harbor.example' } }])
})

test('an answer about fields that were changed meanwhile counts no more', async () => {
  let answer: (trial: CredentialTrial) => void = () => {}
  playMain({ 'credential.try': () => new Promise((resolve) => (answer = resolve)) })
  const tried = useCredential.getState().tryIt()
  await Promise.resolve()
  useCredential.getState().change({ secret: 'Geheim-2' })
  answer({ state: 'accepted', cause: null })
  await tried
  expect(useCredential.getState().state).toEqual({ step: 'form', busy: null, trial: null, error: null })
})

test('plan, look, write: the password is forgotten then, and the run can be given back', async () => {
  const done = (id: string, result: unknown) => ({
    id,
    kind: 'apply',
    state: 'done' as const,
    events: [{ taskId: id, seq: 1, type: 'done' as const, result }],
  })
  const result = {
    run: 'r1',
    changed: true,
    files: [],
    choices: [],
    findings: [],
    image: null,
    receipt: null,
    verification: null,
  }
  const asked = playMain({
    'credential.plan': () => plan,
    'plan.apply': () => ({ taskId: 't' }),
    'run.undo': () => ({ taskId: 'u' }),
    'task.list': () => [done('t', result), done('u', {})],
  })
  await useCredential.getState().plan()
  expect(useCredential.getState().state).toMatchObject({ step: 'shown', plan: { id: 'p' } })
  await useCredential.getState().apply()
  await expect.poll(() => useCredential.getState().state).toMatchObject({ step: 'done', run: 'r1' })
  expect(useCredential.getState().fields.secret).toBe('')
  await useCredential.getState().undo()
  await expect.poll(() => useCredential.getState().state).toMatchObject({ step: 'done', undo: { step: 'done' } })
  expect(asked.find(({ name }) => name === 'run.undo')?.input).toEqual({ runId: 'r1', onConflict: 'keep' })
})

test('what stands there already is said, and nothing is applied', async () => {
  playMain({ 'credential.plan': () => ({ ...plan, changed: false }) })
  await useCredential.getState().plan()
  expect(useCredential.getState().state).toMatchObject({ step: 'done', run: null })
})

test('a plan that main refuses is shown as its error', async () => {
  playMain({})
  await useCredential.getState().plan()
  expect(useCredential.getState().state).toMatchObject({ step: 'form', error: { code: 'internal' } })
})

test('npm asks for a token alone; the others for a name as well', async () => {
  expect(credentialReason({ ...fields, login: '' })).toEqual({ url: null, ready: false })
  expect(credentialReason({ ...fields, url: 'https://a:b@harbor.example' })).toEqual({
    url: 'url-credentials',
    ready: false,
  })
  expect(credentialReason({ ...fields, target: 'npm', login: '' })).toEqual({ url: null, ready: true })
  const asked = playMain({ 'credential.plan': () => plan })
  useCredential.getState().change({ target: 'npm', login: '' })
  await useCredential.getState().plan()
  expect(asked[0]?.input).toMatchObject({ target: 'npm', login: 'token', secret: 'Geheim-1' })
  useCredential.getState().forget()
  expect(JSON.stringify(useCredential.getState())).not.toContain('Geheim')
})
