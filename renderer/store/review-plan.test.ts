import { expect, test } from 'vitest'
import type { ChangeView } from '../../electron/contract/plan.ts'
import { changeKey, sumPlan } from './review-plan.ts'

const file = (path: string, more: Partial<Extract<ChangeView, { kind: 'file' }>> = {}): ChangeView => ({
  kind: 'file',
  path,
  real: null,
  action: 'modify',
  keys: [],
  diff: '',
  notify: [],
  admin: false,
  ...more,
})
const dir: ChangeView = { kind: 'dir', path: '/etc/docker', action: 'create', admin: true }
const image = (action: 'pull' | 'keep', size: number | null): ChangeView => ({
  kind: 'image',
  name: 'golang:1.27',
  action,
  size,
})

test('files are counted, folders and images are not', () => {
  const changes = [file('/a'), dir, file('/b', { notify: ['docker-reload'], admin: true }), image('pull', 298)]
  expect(sumPlan({ changes, findings: [] })).toEqual({
    files: 2,
    download: 298,
    admin: ['/etc/docker', '/b'],
    reloads: true,
    dockerMissing: false,
  })
})

test('an image of unknown size is a download all the same, one that is there is none', () => {
  expect(sumPlan({ changes: [image('pull', null)], findings: [] }).download).toBeNull()
  expect(sumPlan({ changes: [image('keep', 298)], findings: [] }).download).toBeUndefined()
})

test('an engine that does not answer is told apart from lesser findings', () => {
  const note = { key: 'x' }
  const missing = { id: 'docker.state', severity: 'error' as const, note }
  const proxy = { id: 'loopback', severity: 'warning' as const, note }
  expect(sumPlan({ changes: [], findings: [proxy] }).dockerMissing).toBe(false)
  expect(sumPlan({ changes: [], findings: [proxy, missing] }).dockerMissing).toBe(true)
})

test('rows have names of their own', () => {
  const keys = [file('/a'), { ...dir, path: '/a' }, image('pull', 1)].map(changeKey)
  expect(new Set(keys).size).toBe(3)
})
