import { expect, test } from 'vitest'
import { CodedError } from '../core/errors.ts'
import { openOutput } from './output.ts'
import { openText } from './text.ts'

const EVIL = '\u001b]0;title\u0007\u001b[2J\u009b2J\u001b[31m\r\u202e'

async function open(json: boolean) {
  let text = ''
  const stream = { isTTY: true, write: (part: string) => (text += part) }
  const io = { ...process, stdout: Object.assign(Object.create(process.stdout), stream), environment: {} }
  io.stderr = io.stdout
  return { output: openOutput(io, { json }, await openText('en')), said: () => text }
}

test('nothing that somebody else wrote steers the terminal; our own colours do', async () => {
  const { output, said } = await open(false)
  output.line(`${output.paint('red', `a${EVIL}`)}${EVIL}`)
  output.error(new CodedError('io', { path: EVIL }, EVIL))
  const sequences = said().match(/\u001b\[\d+m/g)
  expect(sequences).toEqual(['\u001b[31m', '\u001b[0m', '\u001b[31m', '\u001b[0m'])
  expect(said().replace(/\u001b\[\d+m/g, '')).toMatch(/^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]*$/)
  expect(said()).toContain('a‹U+001B›]0;title‹U+0007›')
})

test('JSON is one line without control characters, and says the same', async () => {
  const { output, said } = await open(true)
  output.line(EVIL)
  output.document({ path: EVIL })
  output.error(new CodedError('io', { path: EVIL }, EVIL))
  const [first = '', second = '', end] = said().split('\n')
  expect(end).toBe('')
  expect(JSON.parse(first)).toEqual({ path: EVIL })
  expect(JSON.parse(second)).toMatchObject({ error: { code: 'io', values: { path: EVIL }, cause: EVIL } })
  expect(said()).toMatch(/^[\u0020-\u007e\n]*$/)
})
