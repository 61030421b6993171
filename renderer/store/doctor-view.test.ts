import { expect, test } from 'vitest'
import { checkOf, linesOf, outcomeOf, partsOf, sentencesOf, withChecks, withMuted } from './doctor-view.ts'
import { aCheck, aCheckUp, aFinding, aRepair } from './test-doctor.ts'

const bom = aFinding('go.env-bom', { repairs: [aRepair('bom')] })
const warning = (code: string) => aFinding(code, { severity: 'warning' })

test('at most three problems stand in the open, the gravest first; remarks never do', () => {
  const info = aFinding('go.info', { severity: 'info' })
  const checks = [aCheck('a', [info, warning('go.w1'), warning('go.w2')]), aCheck('b', [warning('go.w3'), bom])]
  const { open, rest, gravest, problems, verdict } = partsOf(aCheckUp(...checks))
  expect(open.map(({ code }) => code)).toEqual(['go.env-bom', 'go.w1', 'go.w2'])
  expect(rest.map(({ code }) => code)).toEqual(['go.w3', 'go.info'])
  expect([gravest, problems, verdict]).toEqual([bom, 4, 'broken'])
})

test('what is muted counts nowhere', () => {
  const muted = { ...bom, muted: true }
  const { verdict, open, rest, safe, muted: kept } = partsOf(aCheckUp(aCheck('a', [muted])))
  expect([verdict, open, rest, safe, kept]).toEqual(['ready', [], [], [], [muted]])
})

test('of each finding the first safe repair is part of all that is safe; help with Docker never', () => {
  const repairs = [aRepair('no', { safe: false }), aRepair('docker', { dockerHelp: true }), aRepair('1'), aRepair('2')]
  const { safe } = partsOf(aCheckUp(aCheck('a', [aFinding('go.x', { repairs }), bom])))
  expect(safe.map(({ id }) => id)).toEqual(['1', 'bom'])
})

test('checks are told apart: well, not of this machine, without a conclusion', () => {
  const [late, failed] = [aCheck('l', [], { state: 'late' }), aCheck('f', [], { state: 'failed' })]
  const absent = aCheck('a', [], { state: 'absent' })
  const parts = partsOf(aCheckUp(aCheck('ok'), absent, late, failed))
  expect(parts.fine.map(({ id }) => id)).toEqual(['ok'])
  expect(parts.absent).toEqual([absent])
  expect(parts.unsure).toEqual([late, failed])
})

test('the lines keep the order of the categories, however the checks end', () => {
  const names = [
    { id: 'g1', category: 'go' as const },
    { id: 'g2', category: 'go' as const },
    { id: 'n', category: 'network' as const },
  ]
  const [g1, g2] = [aCheck('g1', [bom]), aCheck('g2')]
  expect(linesOf(names, [g2])).toEqual([
    { category: 'network', state: 'waiting', fine: 0, problems: 0 },
    { category: 'go', state: 'waiting', fine: 1, problems: 0 },
  ])
  const network = aCheck('n', [], { category: 'network' })
  expect(linesOf(names, [g2, network, g1])).toEqual([
    { category: 'network', state: 'ok', fine: 1, problems: 0 },
    { category: 'go', state: 'error', fine: 1, problems: 1 },
  ])
})

test('a check that ran again takes its old place, and the verdict follows', () => {
  const before = aCheckUp(aCheck('a', [bom]), aCheck('b', [warning('go.w')]))
  const after = withChecks(before, [aCheck('a'), aCheck('unknown', [bom])])
  expect(after.checks.map(({ id, state }) => `${id} ${state}`)).toEqual(['a ok', 'b warning'])
  expect([after.verdict, after.findings.length]).toEqual(['remark', 1])
})

test('muting changes finding, check and verdict, and back again', () => {
  const before = aCheckUp(aCheck('a', [bom]))
  const muted = withMuted(before, bom.id, true)
  expect([muted.verdict, muted.checks[0]?.state, muted.findings[0]?.muted]).toEqual(['ready', 'ok', true])
  expect(withMuted(muted, bom.id, false)).toEqual(before)
})

test('what is better is what was heard of before and is gone', () => {
  const quiet = aFinding('go.quiet', { muted: true })
  const before = aCheckUp(aCheck('a', [bom, quiet]), aCheck('b', [warning('go.w')]))
  const after = aCheckUp(aCheck('a'), aCheck('b', [warning('go.w'), aFinding('go.i', { severity: 'info' })]))
  expect(outcomeOf(before, after, ['bom'])).toEqual({ mended: [bom], left: 1 })
})

test('what is found under another name by the same check is mended only where that was asked for', () => {
  const official = warning('network.official-unreachable')
  const before = aCheckUp(aCheck('a', [bom]), aCheck('ways', [official]))
  const after = aCheckUp(aCheck('a', [warning('go.other')]), aCheck('ways', [warning('network.nxdomain')]))
  expect(outcomeOf(before, after, ['bom']).mended).toEqual([bom])
  expect(outcomeOf(before, after, []).mended).toEqual([])
  expect(outcomeOf(before, aCheckUp(aCheck('a'), aCheck('ways')), ['bom']).mended).toEqual([bom, official])
})

test('a finding is known by its check and its sentences', () => {
  expect(checkOf(aCheckUp(aCheck('a'), aCheck('b', [bom])), bom)).toBe('b')
  expect(checkOf(aCheckUp(aCheck('a')), bom)).toBeNull()
  expect(sentencesOf(bom)).toBe('doctor-go:env-bom')
})
