import { expect, test } from 'vitest'
import { decodeText } from './decode.ts'
import { explain } from './recognise.ts'

const said = "'go' 不是内部或外部命令"
// 不是内部或外部命令 in code page 936.
const GBK = [0xb2, 0xbb, 0xca, 0xc7, 0xc4, 0xda, 0xb2, 0xbf, 0xbb, 0xf2, 0xcd, 0xe2, 0xb2, 0xbf, 0xc3, 0xfc, 0xc1, 0xee]

test.each([
  ['UTF-8', Buffer.from(said)],
  ['UTF-8 with its mark', Buffer.from(`\uFEFF${said}`)],
  ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(said, 'utf16le')])],
  ['code page 936', Buffer.concat([Buffer.from("'go' "), Buffer.from(GBK)])],
])('%s', (_, bytes) => {
  expect(decodeText(bytes)).toBe(said)
  expect(explain(decodeText(bytes))[0]?.cause).toBe('command-missing')
})
