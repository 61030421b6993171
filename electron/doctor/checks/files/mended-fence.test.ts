import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromBinary, toBinary } from '../../../settings/binary.ts'
import { sourceLine } from '../../../settings/shell/families.ts'
import { fenceFormat } from '../../../settings/shell/fence-text.ts'
import { mendedFence } from './mended-fence.ts'

const LINE = sourceLine('sh', '~/.config/goready/env.sh')
const [OPEN, BODY, CLOSE] = ['# >>> goready >>>\n', `${LINE}\n`, '# <<< goready <<<\n']
const JOINED = '# >>> goready >>> (the line before had no line end)\n'
const WHOLE = OPEN + BODY + CLOSE

test('a fence that is missing comes back, of blocks that stand there twice the last one stays', () => {
  const cases: readonly (readonly [broken: string, whole: string])[] = [
    [`a\n${OPEN}${BODY}b\n`, `a\n${WHOLE}b\n`],
    [`a\n${OPEN}${LINE}`, `a\n${WHOLE}`],
    [`a\n${BODY}${CLOSE}b\n`, `a\n${WHOLE}b\n`],
    [`${WHOLE}a\n${WHOLE}b\n`, `a\n${WHOLE}b\n`],
    [`${OPEN}${BODY}a\n${WHOLE}`, `a\n${WHOLE}`],
    [`a\n${JOINED}${BODY}`, `a\n${JOINED}${BODY}${CLOSE}`],
  ]
  for (const [broken, whole] of cases) expect(mendedFence(broken, LINE)).toBe(whole)
})

test('where anything else stands in the block nothing is guessed', () => {
  for (const broken of [`${OPEN}export A=1\n`, `export A=1\n${CLOSE}`, OPEN, CLOSE, `${OPEN}${OPEN}${BODY}${CLOSE}`])
    expect(mendedFence(broken, LINE)).toBeNull()
})

test('whatever comes out holds one whole block, and every line of the user’s', () => {
  const piece = fc.constantFrom(OPEN, BODY, CLOSE, WHOLE, 'export A=1\n', '# mine\n', '\n')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
      const text = pieces.join('')
      const mended = mendedFence(text, LINE)
      if (mended === null) return
      expect(fenceFormat.read(fromBinary(mended)).get('source')).toBe(LINE)
      const own = (of: string): readonly string[] => of.split('\n').filter((line) => /^(export|# mine)/.test(line))
      expect(own(mended)).toEqual(own(text))
      expect(toBinary(fromBinary(mended))).toBe(mended)
    }),
  )
})

test('a long run of spaces is read in a moment', () => {
  const begin = performance.now()
  expect(mendedFence(`${' '.repeat(500_000)}x\n`, 'x')).toBeNull()
  expect(performance.now() - begin).toBeLessThan(3000)
})
