import { expect, test } from 'vitest'
import type { DoctorCheck, DoctorContext, Found } from './check.ts'
import { runChecks } from './run.ts'

/** The checks of these tests ask for nothing of the machine. */
const context = { now: () => 0 } as DoctorContext
const { signal } = new AbortController()

const checkOf = (id: string, found: readonly Found[], extra: Partial<DoctorCheck> = {}): DoctorCheck => ({
  id,
  category: 'go',
  deadline: 200,
  codes: found.map(({ code }) => code),
  explains: [],
  check: () => Promise.resolve({ found }),
  ...extra,
})
const look = (checks: readonly DoctorCheck[], muted: readonly string[] = [], seen: string[] = []) =>
  runChecks(checks, { context, muted: new Set(muted), report: ({ id }) => void seen.push(id) }, signal)

const edits = { kind: 'edits', edits: [], note: { key: 'x' }, safe: true } as const

test('the gravest finding comes first and makes the verdict', async () => {
  const { checkUp } = await look([
    checkOf('go.a', [{ code: 'go.note', severity: 'info', subject: 'x' }]),
    checkOf('go.b', [{ code: 'go.bad', severity: 'error', subject: 'y' }]),
  ])
  expect(checkUp.verdict).toBe('broken')
  expect(checkUp.findings.map(({ code }) => code)).toEqual(['go.bad', 'go.note'])
  expect(checkUp.checks.map(({ id, state }) => [id, state])).toEqual([
    ['go.a', 'info'],
    ['go.b', 'error'],
  ])
})

test('what cannot be given back is never among what is safe', async () => {
  const tree = { kind: 'tree', path: '/x', bytes: 1, mtimeMs: 1, admin: false } as const
  const repairs = [true, false].map(
    (final) => ({ kind: 'changes', changes: [{ ...tree, final }], note: { key: 'x' }, safe: true }) as const,
  )
  const { checkUp } = await look([checkOf('go.b', [{ code: 'go.bad', severity: 'error', subject: 'y', repairs }])])
  expect(checkUp.findings[0]?.repairs.map(({ safe, final }) => [safe, final])).toEqual([
    [false, true],
    [true, false],
  ])
})

test('what is muted is told and does not count', async () => {
  const checks = [checkOf('go.b', [{ code: 'go.bad', severity: 'error', subject: 'y' }])]
  const { checkUp } = await look(checks, ['go.bad@y'])
  expect(checkUp.verdict).toBe('ready')
  expect(checkUp.findings).toMatchObject([{ id: 'go.bad@y', muted: true }])
  expect(checkUp.checks).toMatchObject([{ state: 'ok' }])
})

test('a check that does not end is late, one that breaks has failed, and neither says anything of the machine', async () => {
  const seen: string[] = []
  let aborted = false
  const deaf = checkOf('go.deaf', [], {
    deadline: 20,
    check: (_, at) =>
      new Promise(() => {
        at.addEventListener('abort', () => (aborted = true))
      }),
  })
  const obedient = checkOf('go.obedient', [], {
    deadline: 20,
    check: (_, at) => new Promise((__, reject) => at.addEventListener('abort', () => reject(new Error('aborted')))),
  })
  const broken = checkOf('go.broken', [], { check: () => Promise.reject(new Error('token=s3cret')) })
  const elsewhere = checkOf('go.elsewhere', [], { applies: () => Promise.resolve(false) })
  const { checkUp } = await look([deaf, obedient, broken, elsewhere], [], seen)
  expect(checkUp.checks.map(({ state }) => state)).toEqual(['late', 'late', 'failed', 'absent'])
  expect(checkUp.verdict).toBe('ready')
  expect(aborted).toBe(true)
  expect(JSON.stringify(checkUp)).not.toContain('s3cret')
  expect(seen.toSorted()).toEqual(['go.broken', 'go.deaf', 'go.elsewhere', 'go.obedient'])
})

test('a repair has the same short id at every look, and another finding has another one', async () => {
  const checks = [
    checkOf('go.a', [
      { code: 'go.bad', severity: 'error', subject: '/a', repairs: [edits, { ...edits, safe: false }] },
      { code: 'go.bad', severity: 'error', subject: '/b', repairs: [edits] },
    ]),
  ]
  const [first, again] = [await look(checks), await look(checks)]
  const ids = first.checkUp.findings.flatMap(({ repairs }) => repairs.map(({ id }) => id))
  expect(new Set(ids).size).toBe(3)
  for (const id of ids) expect(id).toMatch(/^go\.bad-[0-9a-f]{8}(-2)?$/)
  expect(again.checkUp.findings.flatMap(({ repairs }) => repairs.map(({ id }) => id))).toEqual(ids)
  expect([...first.repairs.keys()]).toEqual(ids)
  expect(first.repairs.get(ids[0] ?? '')).toMatchObject({ check: 'go.a', finding: 'go.bad@/a' })
})

test('secrets leave subject, values and evidence', async () => {
  const found: Found = {
    code: 'go.bad',
    severity: 'error',
    subject: 'https://me:s3cret@host/',
    values: { url: 'https://me:s3cret@host/', bytes: 3 },
    evidence: ['_authToken=s3cret'],
    ladder: [{ rung: 'dns', state: 'broken', detail: 'https://me:s3cret@host' }],
  }
  const { checkUp } = await look([checkOf('go.a', [found])])
  expect(JSON.stringify(checkUp)).not.toContain('s3cret')
  expect(checkUp.findings[0]?.values).toMatchObject({ bytes: 3 })
})

test('the same finding twice is one', async () => {
  const one: Found = { code: 'go.bad', severity: 'error', subject: 'x' }
  const { checkUp } = await look([checkOf('go.a', [one, one])])
  expect(checkUp.findings).toHaveLength(1)
})

test('an abort from outside ends the look', async () => {
  const stop = new AbortController()
  const slow = checkOf('go.slow', [], { deadline: 60_000, check: () => new Promise(() => {}) })
  const looking = runChecks([slow], { context, muted: new Set(), report: () => {} }, stop.signal)
  stop.abort(new Error('enough'))
  await expect(looking).rejects.toThrow('enough')
})
