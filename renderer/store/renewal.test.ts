import { beforeEach, expect, test } from 'vitest'
import { aMirror } from '../../electron/contract/test-mirror.ts'
import { useRenewal } from './renewal.ts'
import { useSources } from './sources.ts'
import { playMain } from './test-bridge.ts'

const old = aMirror({ id: 'old' })
const fresh = aMirror({ id: 'fresh' })
const finding = (severity: 'ok' | 'warning') => ({
  id: 'catalogue.renew',
  severity,
  note: { key: 'catalogue:renew.older' },
})

beforeEach(() => {
  useRenewal.setState({ renewal: { step: 'idle' } })
  useSources.setState({ mirrors: [old] })
})

test('a renewal that was taken shows its mirrors at once', async () => {
  playMain({ 'mirror.refresh': () => finding('ok'), 'mirror.list': () => [fresh] })
  await useRenewal.getState().renew()
  expect(useRenewal.getState().renewal).toMatchObject({ step: 'said', finding: { severity: 'ok' } })
  expect(useSources.getState().mirrors).toEqual([fresh])
  expect(useSources.getState().order.go).toContain('fresh')
})

test('a refused one is told and changes nothing', async () => {
  playMain({ 'mirror.refresh': () => finding('warning'), 'mirror.list': () => [fresh] })
  await useRenewal.getState().renew()
  expect(useRenewal.getState().renewal).toMatchObject({ step: 'said', finding: { severity: 'warning' } })
  expect(useSources.getState().mirrors).toEqual([old])
  useRenewal.getState().forget()
  expect(useRenewal.getState().renewal).toEqual({ step: 'idle' })
})

test('what cannot be done at all is an error', async () => {
  playMain({})
  await useRenewal.getState().renew()
  expect(useRenewal.getState().renewal).toMatchObject({ step: 'failed' })
})
