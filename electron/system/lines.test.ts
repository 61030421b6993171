import fc from 'fast-check'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { MAX_LINE } from '../core/elevation.ts'
import { lineChannel } from './lines.ts'

function pair() {
  const input = new PassThrough()
  const output = new PassThrough()
  return { input, output, channel: lineChannel(input, output, () => output.end()) }
}

test('lines arrive whole and in order, however they are cut into pieces', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\n'))),
      fc.integer({ min: 1, max: 7 }),
      async (texts, step) => {
        const { input, channel } = pair()
        const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''))
        for (let at = 0; at < bytes.length; at += step) input.write(bytes.subarray(at, at + step))
        input.end()
        for (const text of texts) expect(await channel.receive()).toBe(text)
        expect(await channel.receive()).toBeNull()
      },
    ),
  )
})

test('half a line at the end is none', async () => {
  const { input, channel } = pair()
  input.end('{"op"')
  expect(await channel.receive()).toBeNull()
})

test('a line that is too long or no UTF-8 is refused, and nothing behind it is heard', async () => {
  const long = pair()
  for (let sent = 0; sent <= MAX_LINE; sent += 1 << 20) long.input.write(Buffer.alloc(1 << 20, 'a'))
  long.input.write('\n{}\n')
  await expect(long.channel.receive()).rejects.toMatchObject({ code: 'bad-request' })
  const broken = pair()
  broken.input.write(Buffer.from([0x7b, 0xff, 0x7d, 10, 0x7b, 0x7d, 10]))
  await expect(broken.channel.receive()).rejects.toMatchObject({ code: 'bad-request' })
  await expect(broken.channel.receive()).rejects.toMatchObject({ code: 'bad-request' })
})
