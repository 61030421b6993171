import { beforeEach, expect, test, vi } from 'vitest'
import type { CheckUp } from '../../electron/contract/doctor.ts'
import type { RequestInput } from '../../electron/contract/requests.ts'
import { useDoctor } from './doctor.ts'
import { useExplain } from './explain.ts'
import { muteFound, recheckFound } from './finding.ts'
import { useLamps } from './lamps.ts'
import { useRepair } from './repair.ts'
import { useTasks } from './tasks.ts'
import { playMain } from './test-bridge.ts'
import { aCheck, aCheckUp, aFinding, aPlan, aRepair, aTask } from './test-doctor.ts'

const first = [useDoctor, useExplain, useRepair, useLamps].map((store) => [store, store.getState()] as const)
const bom = aFinding('go.env-bom', { repairs: [aRepair('bom')] })
const broken = aCheckUp(aCheck('go.env-file', [bom]), aCheck('go.proxy'))
const well = aCheckUp(aCheck('go.env-file'), aCheck('go.proxy'))
const applied = {
  run: 'run-1',
  changed: true,
  files: [],
  choices: [],
  image: null,
  receipt: null,
  verification: null,
  findings: [],
}

beforeEach(() => {
  vi.stubGlobal('requestAnimationFrame', (work: () => void) => setTimeout(work))
  vi.stubGlobal('cancelAnimationFrame', clearTimeout)
  for (const [store, state] of first) Reflect.apply(store.setState, store, [state, true])
  useTasks.setState({ tasks: new Map() })
})

/** A main whose checks find what `looks` says, one look after the other; the last one stays. */
function play(looks: readonly CheckUp[], runs: readonly { status: string }[] = [{ status: 'applied' }]) {
  const left = [...looks]
  const tasks = new Map<string, ReturnType<typeof aTask>>()
  const asked = playMain({
    'run.history': () => runs.map(({ status }) => ({ status })) as never,
    'doctor.check'({ only }: RequestInput<'doctor.check'>) {
      const look = (left.length > 1 ? left.shift() : left[0]) ?? well
      const checks = look.checks.filter(({ id }) => only === null || only.includes(id))
      const taskId = `check-${tasks.size + 1}`
      const result = aCheckUp(...checks)
      const events = checks.map((check) => ({ type: 'checked', check }) as const)
      tasks.set(taskId, aTask(taskId, ...events, { type: 'done', result }))
      return { taskId, checks: checks.map(({ id, category }) => ({ id, category })) }
    },
    'doctor.plan': ({ ids }) => ({ plan: aPlan('plan-1'), repairs: [ids[0] ?? ''], later: ids.slice(1) }),
    'doctor.mute': () => true,
    'plan.apply': () => {
      tasks.set('apply-1', aTask('apply-1', { type: 'done', result: applied }))
      return { taskId: 'apply-1' }
    },
    'run.undo': () => {
      tasks.set('undo-1', aTask('undo-1', { type: 'done', result: {} }))
      return { taskId: 'undo-1' }
    },
    'doctor.explain': () => [
      { cause: 'go-flags', tool: 'go', values: {}, line: 1, quote: 'x', checks: ['go.env-file'] },
      { cause: 'go-vendor', tool: 'go', values: {}, line: 2, quote: 'y', checks: [] },
    ],
    'task.list': () => [...tasks.values()],
    'task.cancel': () => true,
  })
  const looked = () => asked.filter(({ name }) => name === 'doctor.check').map(({ input }) => input)
  return { asked, looked }
}

const doctor = () => useDoctor.getState()
const seen = () => {
  const { doctor: state } = doctor()
  return state.step === 'seen' ? state.checkUp : null
}

test('where no run stands the page is not the doctor’s, and nothing is looked at until somebody wants it', async () => {
  const { looked } = play([well], [{ status: 'undone' }])
  await doctor().begin()
  expect([doctor().shown, looked()]).toEqual([false, []])
  await doctor().open()
  expect([doctor().shown, seen()?.verdict, looked()]).toEqual([true, 'ready', [{ only: null }]])
})

test('where a run stands everything is looked at, and not twice in a moment', async () => {
  const { looked } = play([broken])
  await doctor().begin()
  await doctor().begin()
  expect(seen()?.verdict).toBe('broken')
  expect(looked()).toHaveLength(1)
})

test('a later look leaves what is on the screen until it has ended', async () => {
  play([broken, well])
  await doctor().look()
  const looking = doctor().look()
  expect([doctor().again, seen()?.verdict]).toEqual([true, 'broken'])
  await looking
  expect([doctor().again, seen()?.verdict]).toEqual([false, 'ready'])
})

test('of two looks the newer one counts', async () => {
  const { asked } = play([broken, well])
  const older = doctor().look()
  await Promise.resolve()
  const newer = doctor().look()
  await newer
  void older
  expect(seen()?.verdict).toBe('ready')
  expect(asked.filter(({ name }) => name === 'doctor.check')).toHaveLength(2)
})

test('a look that cannot begin says so', async () => {
  playMain({})
  await doctor().look()
  expect(doctor().doctor).toEqual({ step: 'failed', error: { code: 'internal' } })
})

test('a check runs again for itself, its answer takes the place of the old one', async () => {
  const { looked } = play([broken, well])
  await doctor().look()
  await recheckFound(bom)
  expect(looked()).toEqual([{ only: null }, { only: ['go.env-file'] }])
  expect([seen()?.verdict, seen()?.checks.length, doctor().rechecking]).toEqual(['ready', 2, []])
})

test('a muted finding makes no verdict and no lamp', async () => {
  const dead = aFinding('docker.dead', { category: 'docker' })
  play([aCheckUp(aCheck('docker.state', [dead], { category: 'docker' }))])
  await doctor().look()
  expect(useLamps.getState().opinion.docker).toBe('broken')
  await muteFound(dead, true)
  expect([seen()?.verdict, useLamps.getState().opinion.docker]).toEqual(['ready', null])
})

test('a repair is shown, carried out, and what is better is told after the checks ran again', async () => {
  const { looked } = play([broken, well])
  await doctor().look()
  await useRepair.getState().plan([aRepair('bom'), aRepair('cr')])
  expect(useRepair.getState()).toMatchObject({ mend: { step: 'shown' }, later: [{ id: 'cr' }] })
  await useRepair.getState().apply()
  await vi.waitFor(() => expect(useRepair.getState().outcome).toEqual({ mended: [bom], left: 0 }))
  expect(looked()).toEqual([{ only: null }, { only: null }])
  expect(useRepair.getState().mend).toMatchObject({ step: 'done', run: 'run-1' })
  await useRepair.getState().undo()
  await vi.waitFor(() => expect(useRepair.getState().mend).toMatchObject({ undo: { step: 'done' } }))
  await vi.waitFor(() => expect(looked()).toHaveLength(3))
})

test('an error text is explained, and the checks that fit run; they renew the page as well', async () => {
  const { looked } = play([well, broken])
  await doctor().look()
  useExplain.getState().write('go: parsing $GOFLAGS')
  await useExplain.getState().explain()
  expect(useExplain.getState()).toMatchObject({ step: 'explained', checkUp: { verdict: 'broken' } })
  expect(looked().at(-1)).toEqual({ only: ['go.env-file'] })
  expect(seen()?.verdict).toBe('broken')
})

test('a text that cannot be read as one says why', async () => {
  playMain({})
  await useExplain.getState().explain()
  expect(useExplain.getState()).toMatchObject({ step: 'idle', error: { code: 'internal' } })
})
