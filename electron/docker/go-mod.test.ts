import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadCatalogue } from './catalogue.ts'
import { adviseForGoMod } from './go-mod.ts'
import { buildTagList } from './tag-list.ts'

const shipped = loadCatalogue(readFileSync(new URL('../../assets/golang-tags.json', import.meta.url), 'utf8'))
const list = buildTagList(shipped, null, shipped.date)
const tag = (name: string) => list.tags.find((entry) => entry.tag === name) ?? null

test('the nearest supported version is advised', () => {
  const advice = (text: string) => adviseForGoMod(text, list)
  expect(advice('module m\n\ngo 1.27.2\n').tag?.tag).toBe('1.27')
  expect(advice('go 1.27\n').smallest?.tag).toBe('1.27-alpine')
  expect(advice('go 1.26.3 // why\r\n').tag?.tag).toBe('1.26')
  expect(advice('\uFEFFgo 1.18').tag?.tag).toBe('1.26')
})

test('the toolchain line is a wish, the go line a demand', () => {
  expect(adviseForGoMod('go 1.26\ntoolchain go1.27.1\n', list)).toMatchObject({
    go: '1.26',
    toolchain: '1.27.1',
    tag: { tag: '1.27' },
  })
  // Nobody has 1.99 yet: what the go line asks for is still there.
  expect(adviseForGoMod('go 1.26\ntoolchain go1.99.0\n', list).tag?.tag).toBe('1.26')
})

test('a chosen image that is too old gives the error that go will give', () => {
  const advice = adviseForGoMod('go 1.27.1\n', list, tag('1.26'))
  expect(advice.findings).toEqual([
    expect.objectContaining({
      id: 'go-mod.image-too-old',
      severity: 'error',
      note: { key: 'image:finding.too-old', values: { tag: '1.26', has: '1.26', needs: '1.27.1' } },
      details: ['go: go.mod requires go >= 1.27.1 (running go 1.26; GOTOOLCHAIN=local)'],
    }),
  ])
  expect(adviseForGoMod('go 1.26.9\n', list, tag('1.26')).findings).toEqual([])
  expect(adviseForGoMod('go 1.26.9\n', list, tag('latest')).findings).toEqual([])
})

test('a pinned patch does not move', () => {
  const pinned = buildTagList(shipped, ['1.26.3', '1.26.7'], 'r')
  const old = pinned.tags.find((entry) => entry.tag === '1.26.3') ?? null
  expect(adviseForGoMod('go 1.26.5', pinned, old).findings).toHaveLength(1)
  expect(adviseForGoMod('go 1.26.5', pinned).tag?.tag).toBe('1.26.7')
})

test('a version that no image has, and a file without a go line', () => {
  expect(adviseForGoMod('go 1.99', list).findings[0]).toMatchObject({ id: 'go-mod.no-image', severity: 'error' })
  const without = adviseForGoMod('module m', list)
  expect(without).toMatchObject({ go: null, tag: { tag: '1.26' } })
  expect(without.findings[0]).toMatchObject({ id: 'go-mod.no-go-line', severity: 'info' })
})
