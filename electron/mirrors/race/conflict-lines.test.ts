import { expect, test } from 'vitest'
import { conflictLines } from './conflict-lines.ts'

test('what mirrors disagree about is a line each, with who is wrong and without a password', () => {
  const says = [
    { id: 'a', url: 'https://a.example', value: 'h1:good=', wrong: false },
    { id: 'b', url: 'https://ann:hush@b.example', value: 'h1:bad=', wrong: true },
  ]
  const conflicts = [{ item: 'example.test/m@v1.0.0 zip', says, verdict: { key: 'mirror:conflict.authority' } }]
  expect(conflictLines({ target: 'go', conflicts })).toEqual([
    'go: example.test/m@v1.0.0 zip: https://a.example = h1:good= | ✕ https://••••@b.example = h1:bad=',
  ])
  expect(conflictLines({ target: 'go', conflicts: [] })).toEqual([])
})
