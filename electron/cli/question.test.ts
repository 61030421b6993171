import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { CodedError } from '../core/errors.ts'
import { EXIT, statusOf } from './command.ts'
import type { Io } from './io.ts'
import { askLine } from './question.ts'

const signal = new AbortController().signal
const terminal = () => {
  const stdin = new PassThrough()
  // A pipe stands for the terminal: only reading and writing count here.
  return { stdin, io: { stdin, stdout: new PassThrough() } as unknown as Pick<Io, 'stdin' | 'stdout'> }
}

test('a line is asked for, and an input that ends is a cancel', async () => {
  const { stdin, io } = terminal()
  const asked = askLine(io, '? ', signal)
  stdin.write(' yes \n')
  expect(await asked).toBe('yes')
  const ended = terminal()
  setTimeout(() => ended.stdin.end(), 10)
  await expect(askLine(ended.io, '? ', signal)).rejects.toMatchObject({ code: 'cancelled' })
})

test('a cancel that could not give everything back is a failure', () => {
  const cancelled = new CodedError('cancelled')
  expect(statusOf(cancelled)).toBe(EXIT.cancelled)
  cancelled.remaining.push('/etc/docker/daemon.json: no')
  expect(statusOf(cancelled)).toBe(EXIT.failed)
})

test('a time limit that ends a question is told as such', async () => {
  const stopped = new AbortController()
  const asked = askLine(terminal().io, '? ', stopped.signal)
  stopped.abort(new CodedError('timeout'))
  await expect(asked).rejects.toMatchObject({ code: 'timeout' })
})
