import { expect, test } from 'vitest'
import { findAssignments } from './assignments.ts'

const names = new Set(['GOPROXY'])
const values = (text: string) => findAssignments(text, names).map(({ value }) => value)

test.each([
  ['export GOPROXY=a', 'a'],
  ['  GOPROXY="a b"; export GOPROXY', 'a b'],
  ["export A=1 GOPROXY='x'", 'x'],
  ['declare -x GOPROXY=a', 'a'],
  ['if true; then GOPROXY=a; fi', 'a'],
  ['[ -d /x ] && export GOPROXY=a|cat', 'a'],
  ['export GOPROXY=', ''],
  ['export GOPROXY=$OTHER', null],
  ['export GOPROXY="$(cat x)"', null],
  ['set -gx GOPROXY a', 'a'],
  ['set --global --export GOPROXY "a,b"', 'a,b'],
  ['set -Ux GOPROXY a', 'a'],
  ['setenv GOPROXY a', 'a'],
  ['SETUVAR --export GOPROXY:https\\x3a//a', 'https://a'],
  ['export GOPROXY=a\r', 'a'],
])('finds %j', (line, value) => {
  expect(findAssignments(`# first\n${line}\n`, names)).toEqual([{ name: 'GOPROXY', value, line: 2 }])
})

test.each([
  '# export GOPROXY=a',
  'echo x # GOPROXY=a',
  "alias b='GOPROXY=off go build'",
  'export MYGOPROXY=a',
  'export GOPROXY',
  'unset GOPROXY',
  'set -e GOPROXY',
  'set -q GOPROXY; or true',
  'echo $GOPROXY',
])('does not take %j for one', (line) => {
  expect(values(line)).toEqual([])
})

test('a file that is made to be slow is read in a moment', () => {
  const begin = performance.now()
  for (const text of [
    `set ${'--a '.repeat(60)}=`,
    'GOPROX=a '.repeat(100_000),
    `set${' '.repeat(300_000)}=`,
    '\n'.repeat(2_000_000),
    'GOPROXY="x'.repeat(100_000),
  ])
    findAssignments(text, names)
  expect(performance.now() - begin).toBeLessThan(10_000)
})
