import { createTwoFilesPatch } from 'diff'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDiff } from './diff-view-lines.ts'

const patch = (before: string, after: string) =>
  createTwoFilesPatch('a', 'a', before, after, undefined, undefined, { context: 3 }).replace(/^=+\n/, '')

test('names are left out, numbers count on both sides, signs become kinds', () => {
  expect(parseDiff(patch('one\ntwo\nthree\n', 'one\n2\nthree\n'))).toEqual({
    added: 1,
    removed: 1,
    lines: [
      { kind: 'hunk', text: '@@ -1,3 +1,3 @@' },
      { kind: 'same', before: 1, after: 1, text: 'one', cr: false },
      { kind: 'removed', before: 2, after: null, text: 'two', cr: false },
      { kind: 'added', before: null, after: 2, text: '2', cr: false },
      { kind: 'same', before: 3, after: 3, text: 'three', cr: false },
    ],
  })
})

test('a line of the file that looks like a name or a hunk stays a line', () => {
  const { lines } = parseDiff(patch('-- a\n', '++ b\n'))
  expect(lines.slice(1)).toEqual([
    { kind: 'removed', before: 1, after: null, text: '-- a', cr: false },
    { kind: 'added', before: null, after: 1, text: '++ b', cr: false },
  ])
})

test('a missing line break at the end and carriage returns are told', () => {
  const { lines } = parseDiff(patch('a\r\n', 'a'))
  expect(lines.slice(1)).toEqual([
    { kind: 'removed', before: 1, after: null, text: 'a', cr: true },
    { kind: 'added', before: null, after: 1, text: 'a', cr: false },
    { kind: 'no-newline' },
  ])
})

test('nothing is no lines', () => {
  expect(parseDiff('')).toEqual({ lines: [], added: 0, removed: 0 })
})

test('both files can be read out of the lines again', () => {
  const text = fc.array(fc.constantFrom('a', 'b', '', '--- x', '+++ y', '@@ z', '\\ q'), { maxLength: 6 })
  fc.assert(
    fc.property(text, text, (one, two) => {
      const join = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('')
      const { lines, added, removed } = parseDiff(patch(join(one), join(two)))
      const side = (skip: 'added' | 'removed') =>
        lines.flatMap((line) =>
          line.kind === 'hunk' || line.kind === 'no-newline' || line.kind === skip ? [] : [line.text],
        )
      // Six lines fit into the three lines of context around any change.
      if (added + removed > 0) {
        expect(side('added')).toEqual(one)
        expect(side('removed')).toEqual(two)
      } else expect(one).toEqual(two)
    }),
  )
})
