import { expect, test } from 'vitest'
import type { ChangeView } from '../../electron/contract/plan.ts'
import { reviewRows, rowKey, sumPlan } from './review-plan.ts'

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
    refreshes: false,
    dockerMissing: false,
  })
})

test('each service is told for itself', () => {
  const sources = file('/etc/apt/sources.list', { notify: ['apt-update'] })
  expect(sumPlan({ changes: [sources], findings: [] })).toMatchObject({ reloads: false, refreshes: true })
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

test('files come first, then the image, and all folders together at the end', () => {
  const other: ChangeView = { ...dir, path: '/home/a/.config', admin: false }
  const rows = reviewRows([other, dir, image('pull', 1), file('/a'), file('/b')])
  expect(rows.map(rowKey)).toEqual(['file /a', 'file /b', 'image golang:1.27', 'folders'])
  expect(rows.at(-1)).toEqual({ kind: 'folders', paths: ['/home/a/.config', '/etc/docker'], admin: true })
  expect(reviewRows([file('/a')])).toHaveLength(1)
})
