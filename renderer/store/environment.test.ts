import { beforeEach, expect, test } from 'vitest'
import { goSettings, newPath, newRow, rowProblem, useEnvironment } from './environment.ts'
import { playMain } from './test-bridge.ts'
import { aMachine } from './test-machine.ts'
import { FIRST_PROFILE, useWizard } from './wizard.ts'

const { changeRows, changePaths, chooseScope, toggleShell, start } = useEnvironment.getState()
const env = () => useWizard.getState().profile.env

beforeEach(() => {
  playMain({ 'draft.save': () => true })
  useWizard.setState({ profile: FIRST_PROFILE, opened: null })
  start(FIRST_PROFILE)
})

test('usable rows go into the choices, unusable ones wait in their fields', () => {
  changeRows([newRow('GOFLAGS', '-mod=mod'), newRow('1BAD', 'x'), newRow('LD_PRELOAD', '/x.so'), newRow()])
  expect(env()).toEqual({ set: { GOFLAGS: '-mod=mod' } })
  expect(useEnvironment.getState().rows).toHaveLength(4)
})

test.each([
  ['1BAD', '', { field: 'name', reason: 'bad-name' }],
  ['LD_PRELOAD', 'x', { field: 'name', reason: 'runs-program' }],
  ['GOPROXY', 'https://a.example', { field: 'name', reason: 'in-sources' }],
  ['GOSUMDB', 'off', { field: 'value', reason: 'verification-off' }],
  ['GOFLAGS', '-toolexec=x', { field: 'value', reason: 'runs-program' }],
  ['', 'x', { field: 'name', reason: 'empty' }],
  ['', '', null],
  ['MINE', '', null],
])('%s=%s is judged while typed', (name, value, problem) => {
  const row = newRow(name, value)
  expect(rowProblem(row, [row], FIRST_PROFILE)).toEqual(problem)
})

test('the second row of one name is the wrong one', () => {
  const rows = [newRow('A', '1'), newRow('A', '2')]
  expect(rows.map((row) => rowProblem(row, rows, FIRST_PROFILE)?.reason)).toEqual([undefined, 'given-twice'])
  changeRows(rows)
  expect(env()?.set).toEqual({ A: '1' })
})

test('the last row that goes takes the whole part with it', () => {
  changeRows([newRow('A', '1')])
  changeRows([])
  expect(useWizard.getState().profile).toEqual(FIRST_PROFILE)
})

test('folders for PATH: once each, absolute or below the home', () => {
  changePaths([newPath('~/go/bin'), newPath('bin'), newPath('~/go/bin'), newPath('/opt/x')])
  expect(env()?.path).toEqual(['~/go/bin', '/opt/x'])
})

test('a shell that is taken off leaves the others, in their usual order', () => {
  toggleShell('bash', ['bash', 'zsh'])
  expect(env()?.shells).toEqual(['zsh'])
  toggleShell('bash', ['bash', 'zsh'])
  expect(env()?.shells).toEqual(['bash', 'zsh'])
})

test('locked parts stay', () => {
  useWizard.setState({ opened: { name: 'class.yaml', locked: ['env'], remark: null } })
  changeRows([newRow('A', '1')])
  changePaths([newPath('/opt/x')])
  toggleShell('bash', ['bash'])
  expect(env()).toBeUndefined()
})

test('every place that sets a variable is shown, and the one that counts: environment, shell, own file', () => {
  const machine = aMachine()
  const at = (value: string, from: string) => ({ name: 'GOPROXY', value, from, hidden: false })
  const settings = [at('c', machine.go.envFile), at('b', '/home/chen/.bashrc:3'), at('', 'environment')]
  const [proxy] = goSettings(FIRST_PROFILE, { ...machine, go: { ...machine.go, settings } })
  expect(proxy?.wanted).toEqual({ kind: 'auto' })
  expect(proxy?.layers).toEqual([
    { value: '', from: 'environment', wins: false },
    { value: 'b', from: '/home/chen/.bashrc:3', wins: true },
    { value: 'c', from: machine.go.envFile, wins: false },
  ])
})

test('what is set now and not chosen stays; what is chosen and not set yet is there', () => {
  const machine = aMachine()
  const settings = [{ name: 'GOFLAGS', value: '-v', from: machine.go.envFile, hidden: false }]
  const profile = {
    ...FIRST_PROFILE,
    private: ['corp.example'],
    sources: { go: 'official', sumdb: 'default' },
  } as const
  const rows = goSettings(
    { ...profile, private: [...profile.private] },
    { ...machine, go: { ...machine.go, settings } },
  )
  expect(rows.map(({ name, wanted }) => [name, wanted.kind])).toEqual([
    ['GOPROXY', 'default'],
    ['GOSUMDB', 'default'],
    ['GOPRIVATE', 'value'],
    ['GOFLAGS', 'keep'],
  ])
})

test('for everybody is said, for oneself is not; the rest stays', () => {
  changeRows([newRow('A', '1')])
  chooseScope('system')
  expect(env()).toEqual({ scope: 'system', set: { A: '1' } })
  chooseScope('user')
  expect(env()).toEqual({ set: { A: '1' } })
  useWizard.setState({ opened: { name: 'x', locked: ['env.scope'], remark: null } })
  chooseScope('system')
  expect(env()).toEqual({ set: { A: '1' } })
})
