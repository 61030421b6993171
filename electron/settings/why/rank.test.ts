import { expect, test } from 'vitest'
import { type Entry, rank } from './rank.ts'

const entry = (layer: string, value: string | null, read: Entry['read'] = 'counts'): Entry => ({
  layer,
  where: `file of ${layer}`,
  value,
  read,
})
const states = (entries: readonly Entry[], emptyHides = false) => {
  const { rows, winner, value, open } = rank(entries, emptyHides)
  return { states: rows.map(({ layer, state }) => `${layer} ${state}`), winner, value, open }
}

// FACTS.md: non-empty OS environment > file > $GOROOT/go.env > built in.
test.each<[string, readonly Entry[], string | null, readonly string[]]>([
  ['the first wins', [entry('env', 'a'), entry('file', 'b')], 'env', ['env wins', 'file hidden']],
  ['an empty variable lets the file speak', [entry('env', ''), entry('file', 'b')], 'file', ['env empty', 'file wins']],
  [
    'what is not read does not count',
    [entry('rc', 'a', 'unread'), entry('file', 'b')],
    'file',
    ['rc unread', 'file wins'],
  ],
  [
    'behind a byte order mark',
    [entry('line 1', 'a', 'broken'), entry('own', 'd')],
    'own',
    ['line 1 broken', 'own wins'],
  ],
  [
    'what was overwritten stays hidden, also by nothing',
    [entry('rc:2', ''), entry('rc:1', 'a', 'hidden'), entry('own', 'd')],
    'own',
    ['rc:2 empty', 'rc:1 hidden', 'own wins'],
  ],
  ['nobody', [], null, []],
])('%s', (_, entries, winner, rows) => {
  expect(states(entries)).toMatchObject({ winner, states: rows, open: false })
})

test('a variable of no tool counts also when it is empty', () => {
  expect(states([entry('env', ''), entry('rc', 'a')], true)).toMatchObject({ winner: 'env', value: '' })
})

test('what may count leaves it open, but only in front of a winner', () => {
  expect(states([entry('rc', 'a', 'unsure'), entry('file', 'b')]).open).toBe(true)
  const behind = states([entry('env', 'a'), entry('rc', 'b', 'unsure')])
  expect(behind).toMatchObject({ open: false, states: ['env wins', 'rc hidden'] })
})

test('what hides says where it stands; one alone says that it is', () => {
  const [alone] = rank([entry('env', 'a')], false).rows
  expect(alone?.reason).toEqual({ key: 'why:reason.only' })
  const [, hidden] = rank([entry('env', 'a'), entry('file', 'b')], false).rows
  expect(hidden?.reason).toEqual({ key: 'why:reason.hidden', values: { where: 'file of env' } })
})
