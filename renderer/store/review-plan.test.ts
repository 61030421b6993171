import { expect, test } from 'vitest'
import type { ChangeView } from '../../electron/contract/plan.ts'
import { setUpTexts } from '../i18n/setup.ts'
import { plainWords } from './plain-change.ts'
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

const tree: ChangeView = { kind: 'tree', path: '/c', bytes: 812e6, final: true, admin: false }
const rights: ChangeView = { kind: 'rights', path: '/d', before: '0:0 0600', after: '1000:1000 0600', admin: true }
const notice: ChangeView = { kind: 'notice', path: '/e', handler: 'docker-reload', admin: false }

test('what is moved away or gets other rights counts as a file, a notice reloads its service', () => {
  const changes = [tree, rights, notice]
  expect(sumPlan({ changes, findings: [] })).toMatchObject({ files: 2, admin: ['/d'], reloads: true, refreshes: false })
  expect(reviewRows([notice, tree, file('/a')]).map(rowKey)).toEqual(['file /a', 'notice /e', 'tree /c'])
})

test('a change without a diff is told in plain words', async () => {
  await setUpTexts('zh-CN')
  expect(plainWords(tree, 'will')).toContain('812 MB')
  expect(plainWords({ ...tree, final: false }, 'did')).not.toBe(plainWords(tree, 'did'))
  expect(plainWords(rights, 'will')).toBe('所有者 0:0 → 1000:1000')
  expect(plainWords({ ...rights, after: '1000:1000 0755' }, 'will')).toContain('权限 0600 → 0755')
  expect(plainWords(notice, 'will')).toContain('/e')
})
