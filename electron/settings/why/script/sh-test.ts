import { type FileTest, type Statement, type Test, type Word } from './statement.ts'

/** `[ … ]`, `test …` or `[[ … ]]`; what is not followed is a command whose status is not known. */
export function testOf(name: string, words: readonly Word[], line: number): Statement {
  const close = name === '[' ? ']' : name === '[[' ? ']]' : null
  const last = words.at(-1)?.raw
  if (close !== null && last !== close) return { kind: 'run', line, name, text: '' }
  const inner = close === null ? words : words.slice(0, -1)
  if (inner[0]?.raw === '!' && inner.length > 1) {
    const test = simple(inner.slice(1), name)
    return test === null
      ? { kind: 'run', line, name, text: '' }
      : { kind: 'not', line, of: { kind: 'test', line, test } }
  }
  const test = simple(inner, name)
  return test === null ? { kind: 'run', line, name, text: '' } : { kind: 'test', line, test }
}

const FILE_TESTS: Readonly<Record<string, FileTest>> = {
  '-e': 'e',
  '-f': 'f',
  '-d': 'd',
  '-r': 'r',
  '-s': 's',
  '-x': 'x',
}

function simple(words: readonly Word[], name: string): Test | null {
  const [a, b, c] = words
  // Where a value may fall apart into words, the question is another one.
  const whole = (word: Word): boolean =>
    name === '[[' || (word.parts ?? []).every((part) => part.kind === 'text' || part.quoted)
  if (a === undefined) return null
  if (words.length === 1) return whole(a) ? { kind: 'empty', word: a, not: true } : null
  if (words.length === 2 && b !== undefined) {
    const of = FILE_TESTS[a.raw]
    if (of !== undefined) return { kind: 'file', of, word: b }
    if (a.raw === '-n' || a.raw === '-z')
      return whole(b) || a.raw === '-z' ? { kind: 'empty', word: b, not: a.raw === '-n' } : null
    return null
  }
  if (words.length !== 3 || b === undefined || c === undefined || !whole(a) || !whole(c)) return null
  const plain = c.parts?.every((part) => part.quoted || (part.kind === 'text' && !/[*?[\]()|~\\]/.test(part.text)))
  if (['=', '==', '!='].includes(b.raw) && plain === true) return { kind: 'same', a, b: c, not: b.raw === '!=' }
  const numeric = b.raw === '-eq' || b.raw === '-ne'
  return numeric ? { kind: 'same', a, b: c, not: b.raw === '-ne' } : null
}
