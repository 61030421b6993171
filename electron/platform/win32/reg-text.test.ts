import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseReg, writeReg } from './reg-text.ts'

const KEY = 'HKEY_CURRENT_USER\\Environment'
const file = (...lines: readonly string[]): Uint8Array =>
  Buffer.from(['\uFEFFWindows Registry Editor Version 5.00', '', `[${KEY}]`, ...lines, ''].join('\r\n'), 'utf16le')
const only = (line: string) => parseReg(file(line), KEY)

test('every kind of value, as regedit and reg.exe write them', () => {
  expect(
    parseReg(
      file(
        '@="own value of the key"',
        '"A"="C:\\\\Users\\\\陈杰\\\\\\"q\\""',
        '"B"=hex(2):25,00,58,\\',
        '  00,25,00,00,00',
        '"C"=dword:0000002a',
        '"D"=hex:',
        '"E"=hex(7):61,00,00,00,00,00',
        '"F"=hex(b):01,00,00,00,00,00,00,00',
        '"G"=hex(2f):',
        '',
        `[${KEY}\\Below]`,
        '"A"="another key’s"',
      ),
      KEY,
    ),
  ).toEqual([
    { name: 'A', type: 'REG_SZ', value: { type: 'REG_SZ', value: 'C:\\Users\\陈杰\\"q"' } },
    { name: 'B', type: 'REG_EXPAND_SZ', value: { type: 'REG_EXPAND_SZ', value: '%X%' } },
    { name: 'C', type: 'REG_DWORD', value: null },
    { name: 'D', type: 'REG_BINARY', value: null },
    { name: 'E', type: 'REG_MULTI_SZ', value: null },
    { name: 'F', type: 'REG_QWORD', value: null },
    { name: 'G', type: 'REG_TYPE_2f', value: null },
  ])
})

test('a line break within a text stands as it is with Windows and is escaped with Wine', () => {
  const value = { type: 'REG_SZ', value: 'one\r\ntwo' }
  expect(only('"A"="one\r\ntwo"')).toMatchObject([{ value }])
  expect(only('"A"="one\\r\\ntwo"')).toMatchObject([{ value }])
})

test('missing and doubled final NULs are no part of the text; one within it is no text', () => {
  expect(only('"A"=hex(2):61,00')).toMatchObject([{ value: { value: 'a' } }])
  expect(only('"A"=hex(2):61,00,00,00,00,00')).toMatchObject([{ value: { value: 'a' } }])
  expect(only('"A"=hex(1):')).toMatchObject([{ value: { value: '' } }])
  expect(only('"A"=hex(2):61,00,00,00,62,00')).toMatchObject([{ type: 'REG_EXPAND_SZ', value: null }])
  expect(only('"A"=hex(2):61,00,00')).toMatchObject([{ value: null }])
})

test.each([
  ['another code', Buffer.from('Windows Registry Editor Version 5.00')],
  ['another file', Buffer.from('\uFEFFREGEDIT4\r\n', 'utf16le')],
  ['a line that is none', file('"A"=what')],
  ['another key', Buffer.from('\uFEFFWindows Registry Editor Version 5.00\r\n\r\n[HKEY_X]\r\n', 'utf16le')],
])('%s is refused, never guessed at', (_, bytes) => {
  expect(() => parseReg(bytes, KEY)).toThrow(SyntaxError)
})

test('what is written reads back, whatever it holds', () => {
  const unit = fc.integer({ min: 1, max: 0xffff }).map((code) => String.fromCharCode(code))
  const text = fc.array(unit, { maxLength: 30 }).map((units) => units.join(''))
  fc.assert(
    fc.property(text, fc.constantFrom('REG_SZ' as const, 'REG_EXPAND_SZ' as const), (value, type) => {
      expect(parseReg(writeReg(KEY, 'na"me\\', { type, value }), KEY)).toEqual([
        { name: 'na"me\\', type, value: { type, value } },
      ])
    }),
  )
})
