import type { Readable, Writable } from 'node:stream'
import { CodedError, causeText } from '../core/errors.ts'
import { type LineChannel, MAX_LINE } from '../core/elevation.ts'

const NEWLINE = 10

/** Lines over two streams. What comes behind a line that was refused is not looked at. */
export function lineChannel(input: Readable, output: Writable, close: () => void): LineChannel {
  const lines: string[] = []
  let rest: Buffer[] = []
  let size = 0
  let ended = false
  let failure: CodedError | null = null
  let wake: (() => void) | null = null
  const settle = () => {
    wake?.()
    wake = null
  }
  const refuse = (error: CodedError) => {
    failure ??= error
    rest = []
    input.pause()
    settle()
  }
  const take = (piece: Buffer) => {
    rest.push(piece)
    size += piece.length
    if (size > MAX_LINE) refuse(new CodedError('bad-request', {}, 'the line is too long'))
  }
  const finish = () => {
    const bytes = Buffer.concat(rest)
    rest = []
    size = 0
    try {
      lines.push(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    } catch (error) {
      refuse(new CodedError('bad-request', {}, causeText(error)))
    }
  }
  input.on('data', (chunk: Buffer) => {
    let from = 0
    for (let at = chunk.indexOf(NEWLINE); at >= 0 && failure === null; at = chunk.indexOf(NEWLINE, from)) {
      take(chunk.subarray(from, at))
      from = at + 1
      if (failure === null) finish()
    }
    if (failure === null && from < chunk.length) take(chunk.subarray(from))
    settle()
  })
  const end = () => {
    ended = true
    settle()
  }
  for (const event of ['end', 'close', 'error']) input.on(event, end)
  // Whoever no longer listens closes its end; what that means is decided by what was received.
  output.on('error', () => {})
  return {
    send(text) {
      if (!output.destroyed && output.writable) output.write(`${text}\n`)
    },
    async receive() {
      for (;;) {
        const line = lines.shift()
        if (line !== undefined) return line
        if (failure !== null) throw failure
        if (ended) return null
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    close,
  }
}
