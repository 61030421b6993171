import { expect, test } from 'vitest'
import type { Change, Edit, Value } from '../contract/plan.ts'
import type { Repair } from '../doctor/check.ts'
import type { Proposal } from '../core/setting.ts'
import { testPlaces } from '../docker/test-places.ts'
import { MemorySystem } from '../system/memory.ts'
import { testPlanBook } from './test-plan-book.ts'

const { signal } = new AbortController()
const GOENV = '/home/u/.config/go/env'
const places = { ...testPlaces(), goenv: GOENV }

const edit = (key: string, before: Value, after: Value): Edit => ({
  target: { kind: 'file', path: GOENV, format: 'goenv', mode: 0o644, notify: [] },
  owner: 'go',
  key,
  before,
  after,
})
const repair = (...edits: readonly Edit[]): Repair => ({
  kind: 'edits',
  edits,
  note: { key: 'doctor:mended' },
  safe: true,
})

async function book(text: string) {
  const sys = new MemorySystem({ [GOENV]: text })
  const { plans } = await testPlanBook(sys, places)
  return { sys, plans }
}

test('several repairs become one plan, each shown with its note, and nothing is written', async () => {
  const { sys, plans } = await book('GOSUMDB=off\nGOFLAGS=-bad\nX=1\n')
  const removed = {
    kind: 'tree',
    path: '/home/u/go/pkg/mod/x@v1',
    bytes: 3,
    mtimeMs: 1,
    final: false,
    admin: false,
  } as const
  const tree: Repair = { kind: 'changes', changes: [removed], note: { key: 'doctor:cli.offer' }, safe: true }
  const { plan, taken } = await plans.makeRepair(
    [repair(edit('GOSUMDB', 'off', null)), repair(edit('GOFLAGS', '-bad', null)), tree, tree],
    () => [],
    signal,
  )
  expect(taken).toEqual([0, 1, 2, 3])
  expect(plan.changed).toBe(true)
  expect(plan.changes.map((change) => change.kind)).toEqual(['file', 'tree'])
  expect(plan.changes[0]).toMatchObject({ path: GOENV, diff: expect.stringContaining('-GOSUMDB=off') })
  expect(sys.writes).toEqual([])
  expect(plans.take(plan.id)).toMatchObject({ why: { by: 'repair' }, image: null })
})

test('what contradicts an earlier repair is left for later', async () => {
  const { plans } = await book('GOPROXY=a.example\n')
  const asked: (readonly number[])[] = []
  const proofs = (indices: readonly number[]): readonly Proposal[] => {
    asked.push(indices)
    return []
  }
  const { taken } = await plans.makeRepair(
    [
      repair(edit('GOPROXY', 'a.example', 'https://a.example')),
      repair(edit('GOPROXY', 'a.example', null)),
      repair(edit('GOFLAGS', null, '-mod=mod')),
    ],
    proofs,
    signal,
  )
  expect(taken).toEqual([0, 2])
  expect(asked).toEqual([[0, 2]])
})

test('changes that cannot both be made are not in one plan', async () => {
  const { plans } = await book('GOSUMDB=off\n')
  const change = (one: Change): Repair => ({
    kind: 'changes',
    changes: [one],
    note: { key: 'doctor:mended' },
    safe: true,
  })
  const tree = (path: string): Repair =>
    change({ kind: 'tree', path, bytes: 0, mtimeMs: 1, final: false, admin: false })
  const rights = (path: string, mode: number): Repair => {
    const before = { mode: 0o400, uid: 1000, gid: 1000 }
    return change({ kind: 'rights', path, before, after: { ...before, mode }, admin: false })
  }
  const taken = async (...repairs: readonly Repair[]) => (await plans.makeRepair(repairs, () => [], signal)).taken
  const line = repair(edit('GOSUMDB', 'off', null))
  expect(await taken(rights('/a', 0o600), rights('/a', 0o600), rights('/a', 0o644), rights('/b', 0o644))).toEqual([
    0, 1, 3,
  ])
  expect(await taken(line, tree('/home/u/.config/go'), tree('/home/u/.config/g'))).toEqual([0, 2])
  expect(await taken(tree('/home/u/.config/go'), line)).toEqual([0])
  // What only gets other rights goes away with the tree around it.
  expect(await taken(tree('/home/u/go'), rights('/home/u/go/x', 0o600), line)).toEqual([0, 1, 2])
})

test('where no repair at all can be planned the reason is thrown', async () => {
  const { sys, plans } = await book('GOSUMDB=off\n')
  sys.put(GOENV, 'GOSUMDB=off\n', { mode: 0o444 })
  await expect(plans.makeRepair([repair(edit('GOSUMDB', 'off', null))], () => [], signal)).rejects.toMatchObject({
    code: 'read-only',
  })
})
