import { expect, test } from 'vitest'
import type { CheckUp, CheckView, FoundView } from '../contract/doctor.ts'
import { proved } from './proof.ts'

const found: FoundView = {
  ...{ id: 'go.flags@GOFLAGS', code: 'go.flags', category: 'go', severity: 'error', subject: 'GOFLAGS' },
  ...{ values: {}, evidence: ['x'], repairs: [], muted: true },
}
const looked = (state: CheckView['state'], findings: readonly FoundView[] = []): CheckUp => ({
  ...{ verdict: 'ready', ms: 1, at: '2026-11-30T00:00:00.000Z', findings: [...findings] },
  checks: [{ id: 'go.flags', category: 'go', state, ms: 1, found: [...findings], facts: [], offers: [] }],
})
const mended = new Set([found.id])

test('a finding that is still there is an error, also one that is muted', () => {
  expect(proved(looked('ok', [found]), mended)).toMatchObject([
    { severity: 'error', note: { key: 'doctor-go:flags.what' } },
  ])
})

test('another finding of the same check says nothing of it', () => {
  expect(proved(looked('error', [{ ...found, id: 'go.flags@OTHER' }]), mended)).toMatchObject([{ severity: 'ok' }])
})

test.each(['late', 'failed'] as const)('a check that is %s proves nothing', (state) => {
  const note = { key: 'doctor:unproved', values: { checks: 'go.flags' } }
  expect(proved(looked(state), mended)).toEqual([{ id: 'doctor', severity: 'warning', note }])
})
