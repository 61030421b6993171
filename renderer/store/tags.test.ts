import { beforeEach, expect, test } from 'vitest'
import type { Tag, TagList } from '../../electron/contract/image.ts'
import { playMain } from './test-bridge.ts'
import { imageOf, pinnedTag, pinnedTags, searchTags, tagOf, useTags } from './tags.ts'
import { FIRST_PROFILE, useWizard } from './wizard.ts'

const tag = (name: string, role: Tag['role'] = 'pinned'): Tag => ({
  tag: name,
  go: name.slice(0, 4),
  variant: name.includes('alpine') ? 'alpine' : 'debian',
  base: name.includes('alpine') ? 'alpine' : 'trixie',
  support: 'supported',
  supportEnds: null,
  size: null,
  unpacked: null,
  missing: [],
  role,
})
const list: TagList = {
  from: 'catalogue',
  source: '2026-11-22',
  catalogueDate: '2026-11-22',
  tags: [tag('1.27', 'newest'), tag('1.27-alpine', 'newest-alpine'), tag('1.26'), tag('1.26-alpine'), tag('1.26.4')],
}
const image = () => useWizard.getState().profile.image

beforeEach(() => {
  useWizard.setState({ profile: FIRST_PROFILE, opened: null })
  useTags.setState({ list: null, error: null, busy: false, sizes: new Map(), advice: null })
})

test('recommended tags are named by their role, so that they move along; others by their tag', () => {
  expect(imageOf('1.27', list)).toBe('newest')
  expect(imageOf('1.27-alpine', list)).toBe('newest-alpine')
  expect(imageOf('1.26', list)).toBe('golang:1.26')
  expect(tagOf('newest', list)?.tag).toBe('1.27')
  expect(tagOf('golang:1.26.4', list)?.tag).toBe('1.26.4')
  expect(tagOf('other:1', list)).toBeNull()
})

test('the third card offers minors, and a chosen patch on top', () => {
  const names = (image: string) => pinnedTags(list, image).map(({ tag: name }) => name)
  expect(names('newest')).toEqual(['1.26', '1.26-alpine'])
  expect(names('golang:1.26.4')).toEqual(['1.26.4', '1.26', '1.26-alpine'])
})

test('the third card begins on what is supported and on no other card, unless something is chosen', () => {
  const ended = (name: string): Tag => ({ ...tag(name), support: 'ended' })
  const on = (tags: readonly Tag[], image: string) => pinnedTag({ ...list, tags: [...tags] }, image)?.tag
  const [newest, alpine] = [tag('1.27', 'newest'), tag('1.27-alpine', 'newest-alpine')]
  expect(on([newest, alpine, tag('1.26'), ended('1.19')], 'newest')).toBe('1.26')
  // A registry that has nothing else of what is supported: a patch, before an old minor.
  expect(on([newest, tag('1.27.1'), alpine, ended('1.19')], 'newest-alpine')).toBe('1.27.1')
  expect(on([newest, alpine, ended('1.19')], 'newest')).toBe('1.19')
  expect(on([newest, alpine, tag('1.26'), ended('1.19')], 'golang:1.19')).toBe('1.19')
  expect(on([newest, alpine], 'newest')).toBeUndefined()
})

test('the search takes every word, in any order', () => {
  const found = (text: string) => searchTags(list.tags, text).map(({ tag: name }) => name)
  expect(found('alpine 1.26')).toEqual(['1.26-alpine'])
  expect(found(' TRIXIE ')).toEqual(['1.27', '1.26', '1.26.4'])
  expect(found('nothing')).toEqual([])
  expect(found('')).toHaveLength(5)
})

test('a go.mod selects its tag; a closed dialog leaves everything; a locked version stays', async () => {
  playMain({
    'draft.save': () => true,
    'goMod.advise': ({ text }) => (text === null ? null : { go: '1.26', toolchain: null, tag: '1.26', findings: [] }),
  })
  await useTags.getState().advise(null)
  expect([image(), useTags.getState().advice]).toEqual(['newest', null])
  await useTags.getState().advise('go 1.26')
  expect(image()).toBe('golang:1.26')
  useWizard.setState({ profile: FIRST_PROFILE, opened: { name: 'c', locked: ['image'], remark: null } })
  await useTags.getState().advise('go 1.26')
  expect(image()).toBe('newest')
})

test('a size is asked once, and one that nobody knows is known to be unknown', async () => {
  const asked = playMain({ 'image.size': ({ image: name }) => (name.endsWith('1.26') ? 300 : null) })
  const { askSize } = useTags.getState()
  await Promise.all([askSize('golang:1.26'), askSize('golang:1.26'), askSize('golang:1.27')])
  expect(asked).toHaveLength(2)
  expect([...useTags.getState().sizes]).toEqual([
    ['golang:1.26', 300],
    ['golang:1.27', null],
  ])
})

test('a list that does not come is an error that can be tried again', async () => {
  playMain({})
  await useTags.getState().load(false)
  expect(useTags.getState()).toMatchObject({ list: null, busy: false, error: { code: 'internal' } })
  playMain({ 'image.tags': () => list })
  await useTags.getState().load(true)
  expect(useTags.getState()).toMatchObject({ list, error: null })
})
