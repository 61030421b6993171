import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareGo, lacks, minorOf, parseTag } from './tag-grammar.ts'

test.each([
  ['latest', '', 'debian', '', false],
  ['1', '1', 'debian', '', false],
  ['1.26', '1.26', 'debian', '', false],
  ['1.26.7', '1.26.7', 'debian', '', false],
  ['1-trixie', '1', 'debian', 'trixie', false],
  ['bookworm', '', 'debian', 'bookworm', false],
  ['alpine', '', 'alpine', 'alpine', false],
  ['alpine3.23', '', 'alpine', 'alpine3.23', false],
  ['1.26.7-alpine3.23', '1.26.7', 'alpine', 'alpine3.23', false],
  ['1.26-alpine', '1.26', 'alpine', 'alpine', false],
  ['1.27rc1-alpine3.23', '1.27rc1', 'alpine', 'alpine3.23', true],
  ['1.27-rc-bookworm', '1.27', 'debian', 'bookworm', true],
  ['rc', '', 'debian', '', true],
  ['1.21beta1', '1.21beta1', 'debian', '', true],
  ['1.26-windowsservercore-ltsc2025', '1.26', 'windows', 'windowsservercore-ltsc2025', false],
  ['nanoserver', '', 'windows', 'nanoserver', false],
  ['1.4-onbuild', '1.4', 'other', 'onbuild', false],
  ['tip-alpine3.23', '', 'other', 'tip-alpine3.23', true],
  ['1.26foo', '', 'other', '1.26foo', false],
])('%s', (tag, go, variant, base, prerelease) => {
  expect(parseTag(tag)).toEqual({ go, variant, base, prerelease })
})

test('versions are ordered as releases follow each other', () => {
  const order = ['1', '1.9', '1.21beta1', '1.21rc1', '1.21rc2', '1.21', '1.21.1', '1.21.10', '1.26', '1.27rc1', '1.27']
  expect([...order].reverse().sort(compareGo)).toEqual(order)
  expect(compareGo('1.21', '1.21.0')).toBe(0)
})

test('the order is a total one for whatever a registry names', () => {
  const version = fc.stringMatching(/^1\.\d{1,2}(\.\d{1,2})?((rc|beta)\d)?$/)
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(Math.sign(compareGo(a, b))).toBe(-Math.sign(compareGo(b, a)) + 0)
      if (compareGo(a, b) <= 0 && compareGo(b, c) <= 0) expect(compareGo(a, c)).toBeLessThanOrEqual(0)
    }),
  )
})

test('any text parses', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(['debian', 'alpine', 'windows', 'other']).toContain(parseTag(text).variant)
    }),
  )
})

test('Alpine lacks git, gcc and bash, Debian nothing', () => {
  expect(lacks('alpine')).toEqual(expect.arrayContaining(['image:lacks.git', 'image:lacks.gcc', 'image:lacks.bash']))
  expect(lacks('debian')).toEqual([])
  expect(lacks('windows', 'nanoserver-ltsc2025')).toContain('image:lacks.git')
})

test('minorOf', () => {
  expect([minorOf('1.26.7'), minorOf('1.26rc1'), minorOf('1'), minorOf('')]).toEqual(['1.26', '1.26', null, null])
})
