import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadCatalogue } from './catalogue.ts'
import { resolveImage, golangTag } from './reference.ts'
import { buildTagList } from './tag-list.ts'

const shipped = loadCatalogue(readFileSync(new URL('../../assets/golang-tags.json', import.meta.url), 'utf8'))
const offline = buildTagList(shipped, null, shipped.date)
const of = (list: typeof offline, tag: string) => list.tags.find((entry) => entry.tag === tag)

test('the catalogue alone gives newest, newest on Alpine and pinned', () => {
  expect(offline).toMatchObject({ from: 'catalogue', source: '2026-11-22', catalogueDate: '2026-11-22' })
  expect(of(offline, '1.27')).toMatchObject({ role: 'newest', support: 'supported', go: '1.27', missing: [] })
  expect(of(offline, '1.27-alpine')).toMatchObject({ role: 'newest-alpine', variant: 'alpine', base: 'alpine' })
  expect(of(offline, '1.26')).toMatchObject({ role: 'pinned', support: 'supported', size: 298_000_000 })
  expect(of(offline, '1.25')).toMatchObject({ role: 'pinned', support: 'ended', supportEnds: null })
  expect(of(offline, '1.21')).toMatchObject({ support: 'ended', supportEnds: '2024-08-13' })
  expect(of(offline, 'latest')).toMatchObject({ role: null, go: '1.27' })
  expect(resolveImage('newest', offline)).toBe('golang:1.27')
  expect(resolveImage('newest-alpine', offline)).toBe('golang:1.27-alpine')
})

test('a release that only the registry knows moves the support on, a prerelease does not', () => {
  const names = ['1.28', '1.28.0', '1.28-alpine', '1.29rc1', '1.27', '1.26', 'latest', '1.26', 'alpine']
  const list = buildTagList(shipped, names, 'https://hub')
  expect(list).toMatchObject({ from: 'registry', source: 'https://hub', catalogueDate: '2026-11-22' })
  expect(list.tags.filter(({ tag }) => tag === '1.26')).toHaveLength(1)
  expect(of(list, '1.28')).toMatchObject({ role: 'newest', support: 'supported' })
  expect(of(list, '1.28.0')).toMatchObject({ role: 'pinned' })
  expect(of(list, '1.28-alpine')).toMatchObject({ role: 'newest-alpine' })
  expect(of(list, '1.29rc1')).toMatchObject({ role: null, support: 'prerelease' })
  expect(of(list, '1.27')).toMatchObject({ support: 'supported' })
  expect(of(list, '1.26')).toMatchObject({ support: 'ended', size: 298_000_000 })
  expect(list.tags[0]?.tag).toBe('1.29rc1')
})

test('without the short name the highest patch is recommended; a list without Alpine has none', () => {
  const list = buildTagList(shipped, ['1.27.3-trixie', '1.27.4', '1.27.3', '1.26'], 'r')
  expect(of(list, '1.27.4')?.role).toBe('newest')
  expect(() => resolveImage('newest-alpine', list)).toThrow('image-not-found')
})

test('what the catalogue says about a tag beats its name', () => {
  const tags = [{ tag: 'course', go: '1.26.7', size: 5, unpacked: 9 }]
  const list = buildTagList({ ...shipped, tags }, null, 'x')
  expect(list.tags[0]).toMatchObject({ go: '1.26.7', support: 'supported', variant: 'other', size: 5, role: null })
})

test('references are spelled out and foreign text is refused', () => {
  expect(resolveImage('golang', offline)).toBe('golang:latest')
  expect(resolveImage('docker.io/library/golang:1.26', offline)).toBe('golang:1.26')
  expect(resolveImage('docker.m.daocloud.io/library/golang:1.26', offline)).toBe(
    'docker.m.daocloud.io/library/golang:1.26',
  )
  expect(() => resolveImage('golang:1.26; rm', offline)).toThrow('image-bad-reference')
  expect(golangTag('localhost:5000/library/golang:1.26')).toBe('1.26')
  expect(golangTag('alpine:3')).toBeNull()
})
