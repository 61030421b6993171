import { beforeEach, expect, test } from 'vitest'
import type { Profile } from '../../electron/contract/profile.ts'
import type { MirrorView } from '../../electron/contract/mirror.ts'
import { aMirror } from '../../electron/contract/test-mirror.ts'
import { privateReason, useSourcesEdit } from './sources-edit.ts'
import { listText, newScope, scopeReason, sourceOf, valueOf } from './sources-value.ts'
import { useSources } from './sources.ts'
import { playMain } from './test-bridge.ts'
import { FIRST_PROFILE, useWizard } from './wizard.ts'

const mirrors: MirrorView[] = [
  ['cn', 'go', 'https://goproxy.example'],
  ['hub', 'docker', 'https://hub.example'],
].map(([id = '', target, url = '']) => aMirror({ id, target: target === 'go' ? 'go' : 'docker', url }))
const { start, change, changePrivate, changeScopes, changePull } = useSourcesEdit.getState()
const profile = () => useWizard.getState().profile
const open = (sources: Profile['sources']) => {
  const opened: Profile = { version: 1, ...(sources === undefined ? {} : { sources }) }
  useWizard.setState({ profile: opened, opened: null })
  start(opened)
}

beforeEach(() => {
  playMain({ 'draft.save': () => true })
  useSources.setState({ mirrors })
  useWizard.setState(({ turn }) => ({ profile: FIRST_PROFILE, opened: null, turn: turn + 1 }))
  start(FIRST_PROFILE)
})

test('a mirror of the catalogue goes on to direct after any error', () => {
  change('go', { kind: 'mirror:cn' })
  expect(profile().sources?.go).toBe('https://goproxy.example|direct')
  change('docker', { kind: 'mirror:hub' })
  expect(profile().sources).toEqual({ go: 'https://goproxy.example|direct', docker: ['https://hub.example'] })
})

test('what is typed and unusable yet leaves the choices at their last good value', () => {
  change('go', { kind: 'own', own: 'ftp://x' })
  expect(profile().sources?.go).toBe('auto')
  expect(valueOf('go', useSourcesEdit.getState().go, mirrors)).toEqual({ reason: 'url-scheme' })
  change('go', { own: ' https://nexus.example/go/ ' })
  expect(profile().sources?.go).toBe('https://nexus.example/go/')
})

test('what is half typed is still there after a look at another page, and gone with the next profile', () => {
  const own = () => useSourcesEdit.getState().go.own
  change('go', { kind: 'own', own: 'https:/' })
  change('docker', { kind: 'list', draft: 'mirror.exam' })
  changePrivate('corp.example.com, ')
  start(profile())
  expect(own()).toBe('https:/')
  expect(useSourcesEdit.getState().docker).toMatchObject({ kind: 'list', draft: 'mirror.exam' })
  expect(useSourcesEdit.getState().private).toBe('corp.example.com, ')
  useWizard.getState().open({ name: 'class.yaml', profile: FIRST_PROFILE, locked: [], remark: null })
  start(profile())
  expect(own()).toBe('')
  change('go', { kind: 'own', own: 'ftp:' })
  useWizard.getState().reset()
  start(profile())
  expect([own(), useSourcesEdit.getState().private]).toEqual(['', ''])
})

test('a list keeps its order and its separators', () => {
  const list = [
    { value: 'https://a.example', separator: ',' },
    { value: 'https://b.example', separator: '|' },
    { value: 'direct', separator: '|' },
  ] as const
  change('go', { kind: 'list', list })
  expect(profile().sources?.go).toBe('https://a.example,https://b.example|direct')
  change('docker', { kind: 'list', list: list.slice(0, 2) })
  expect(profile().sources?.docker).toEqual(['https://a.example', 'https://b.example'])
  expect(listText([])).toBe('')
  expect(valueOf('docker', { kind: 'list', own: '', list: [], draft: '' }, mirrors)).toEqual({ reason: 'empty' })
})

test.each([
  ['auto', 'auto'],
  ['official', 'official'],
  ['direct', 'direct'],
  ['https://goproxy.example|direct', 'mirror:cn'],
  ['https://goproxy.example,direct', 'list'],
  ['https://nexus.example/go', 'own'],
  ['https://a.example|https://b.example', 'list'],
])('a profile with GOPROXY %s opens as %s and means the same', (go, kind) => {
  open({ go })
  const edit = useSourcesEdit.getState().go
  expect(edit.kind).toBe(kind)
  expect(valueOf('go', edit, mirrors)).toEqual({ sources: { go } })
})

test('a profile with mirrors of Docker opens as what it is', () => {
  open({ docker: ['https://hub.example/'] })
  expect(useSourcesEdit.getState().docker.kind).toBe('mirror:hub')
  open({ docker: ['https://own.example'] })
  expect(useSourcesEdit.getState().docker).toMatchObject({ kind: 'own', own: 'https://own.example' })
  open({ docker: ['https://hub.example', 'https://own.example'] })
  expect(useSourcesEdit.getState().docker.kind).toBe('list')
})

test('leaving a target as it is takes it out of the choices', () => {
  change('go', { kind: 'keep' })
  expect(profile().sources).toEqual({ docker: 'auto' })
  change('docker', { kind: 'keep' })
  expect(profile()).not.toHaveProperty('sources')
  open(undefined)
  expect(useSourcesEdit.getState().go.kind).toBe('keep')
})

test('private modules: commas of either width, nothing that would switch off every check', () => {
  changePrivate('corp.example.com，git.example/*')
  expect(profile().private).toEqual(['corp.example.com', 'git.example/*'])
  changePrivate('*')
  expect(privateReason('*')).toBe('verification-off')
  expect(profile().private).toEqual(['corp.example.com', 'git.example/*'])
  changePrivate('')
  expect(profile()).not.toHaveProperty('private')
})

test('a locked field stays as the teacher set it', () => {
  useWizard.setState({ opened: { name: 'class.yaml', locked: ['sources', 'private'], remark: null } })
  change('go', { kind: 'official' })
  changePrivate('corp.example.com')
  expect(profile()).toEqual(FIRST_PROFILE)
})

test('npm: a registry for all, registries for scopes, and what is half typed stays out of the choices', () => {
  change('npm', { kind: 'own', own: 'https://nexus.example/npm/' })
  expect(profile().sources?.npm).toBe('https://nexus.example/npm/')
  const row = newScope('@mycompany', 'https:/')
  changeScopes([row])
  expect(profile().sources?.npm).toBe('https://nexus.example/npm/')
  changeScopes([{ ...row, url: 'https://nexus.example/private/' }])
  expect(profile().sources?.npm).toEqual({
    default: 'https://nexus.example/npm/',
    scopes: { '@mycompany': 'https://nexus.example/private/' },
  })
  change('npm', { kind: 'keep' })
  expect(profile().sources?.npm).toEqual({ scopes: { '@mycompany': 'https://nexus.example/private/' } })
  const again = profile()
  useSourcesEdit.setState({ scopes: [] })
  useWizard.getState().open({ name: 'class.yaml', profile: again, locked: [], remark: null })
  start(again)
  const { npm, scopes } = useSourcesEdit.getState()
  expect([npm.kind, scopes.map(({ scope, url }) => [scope, url])]).toEqual([
    'keep',
    [['@mycompany', 'https://nexus.example/private/']],
  ])
  changeScopes([])
  expect(profile().sources).not.toHaveProperty('npm')
})

test.each([
  ['mycompany', 'https://a.example', { field: 'scope', reason: 'bad-pattern' }],
  ['@My', 'https://a.example', { field: 'scope', reason: 'bad-pattern' }],
  ['@a', 'ftp://a.example', { field: 'url', reason: 'url-scheme' }],
  ['@a', '', { field: 'url', reason: 'empty' }],
  ['', '', null],
])('a scope %s at %s', (scope, url, wrong) => {
  const row = newScope(scope, url)
  expect(scopeReason(row, [row])).toEqual(wrong)
})

test('a scope is named once', () => {
  const rows = [newScope('@a', 'https://a.example'), newScope('@a', 'https://b.example')]
  expect(rows.map((row) => scopeReason(row, rows))).toEqual([null, { field: 'scope', reason: 'given-twice' }])
})

test('nothing but Go and Docker is set for somebody who never asked; one click takes a tool in', () => {
  expect(FIRST_PROFILE.sources).toEqual({ go: 'auto', docker: 'auto' })
  expect((['npm', 'pip', 'apt'] as const).map((target) => sourceOf(FIRST_PROFILE.sources, target))).toEqual([
    'keep',
    'keep',
    'keep',
  ])
  change('pip', { kind: 'auto' })
  change('apt', { kind: 'official' })
  expect(profile().sources).toEqual({ go: 'auto', docker: 'auto', pip: 'auto', apt: 'official' })
})

test('the way of pulling is said only where it is not the usual one, and not where a teacher closed it', () => {
  changePull('direct')
  expect(profile().pull).toBe('direct')
  changePull('auto')
  expect(profile()).not.toHaveProperty('pull')
  useWizard.setState({ opened: { name: 'class.yaml', locked: ['pull'], remark: null } })
  changePull('mirrors')
  expect(profile()).not.toHaveProperty('pull')
})
