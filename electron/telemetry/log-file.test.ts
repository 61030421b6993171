import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CodedError, toAppError } from '../core/errors.ts'
import { MemorySystem } from '../system/memory.ts'
import { realSystem } from '../system/real.ts'
import { openLog } from './log-file.ts'
import { Recorder } from './recorder.ts'
import { Trace } from './trace.ts'

let state: string
beforeEach(() => {
  state = join(mkdtempSync(join(tmpdir(), 'goready-log-')), 'state')
})
afterEach(() => rmSync(join(state, '..'), { recursive: true }))

const read = (name = 'goready.jsonl'): string => readFileSync(join(state, 'log', name), 'utf8')
const plain = async () => (text: string) => text

test('lines are their owner’s alone, turn over at their size, and the oldest go', async () => {
  const log = openLog(state, realSystem(), { bytes: 100, files: 3 })
  for (let at = 0; at < 12; at++) await log.append([JSON.stringify({ at, pad: 'x'.repeat(30) })], true)
  expect(readdirSync(join(state, 'log')).sort()).toEqual(['goready.jsonl', 'goready.jsonl.1', 'goready.jsonl.2'])
  expect(statSync(join(state, 'log')).mode & 0o777).toBe(0o700)
  expect(statSync(join(state, 'log', 'goready.jsonl')).mode & 0o777).toBe(0o600)
  expect((await log.tail(3)).map((line): unknown => JSON.parse(line))).toMatchObject([
    { at: 9 },
    { at: 10 },
    { at: 11 },
  ])
  await log.forget()
  expect(readdirSync(state)).toEqual([])
})

test('many writers at once lose no line and tear none', async () => {
  const writers = [0, 1, 2, 3].map(() => openLog(state, realSystem(), { bytes: 2000, files: 40 }))
  await Promise.all(
    writers.map(async (log, writer) => {
      for (let at = 0; at < 40; at++) await log.append([JSON.stringify({ writer, at })], true)
    }),
  )
  const lines = readdirSync(join(state, 'log')).flatMap((name) => read(name).split('\n').filter(Boolean))
  expect(new Set(lines).size).toBe(160)
  for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow()
})

test('a disk that is full or closed breaks nothing, and a machine without our folder gets none by a failure', async () => {
  const sys = new MemorySystem()
  sys.fault = () => {
    throw Object.assign(new Error('full'), { code: 'ENOSPC' })
  }
  await expect(openLog('/home/a/state', sys).append(['{}'], true)).resolves.toBeUndefined()
  await openLog(state, realSystem()).append(['{}'], false)
  expect(readdirSync(join(state, '..'))).toEqual([])
})

/** A run that takes these steps and ends so. */
async function run(steps: readonly ('files' | 'settings')[], error: CodedError | null, changed = false): Promise<void> {
  const recorder = new Recorder(openLog(state, realSystem()), 'run-1', plain)
  let known: Trace | undefined
  const trace = new Trace({ kind: 'apply', told: (one) => recorder.take(known, one) })
  known = trace
  for (const step of steps) {
    trace.hear({ type: 'step', step, state: 'running' })
    trace.hear({ type: 'step', step, state: 'done' })
  }
  trace.end(error === null ? 'done' : 'failed', error && toAppError(error))
  await recorder.end(trace, changed)
}

test('a run that changed nothing leaves nothing; one that changed something is told from its beginning', async () => {
  await run(['settings'], null)
  expect(readdirSync(join(state, '..'))).toEqual([])
  await run(['files', 'settings'], null, true)
  const lines = read()
    .trimEnd()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line))
  expect(lines.map(({ event, step }) => [event, step].filter((one) => typeof one === 'string').join(' '))).toEqual([
    'run.begin',
    'step.begin files',
    'step.end files',
    'step.begin settings',
    'step.end settings',
    'run.end',
  ])
  expect(
    lines.every(
      ({ run: name, trace, span }) =>
        name === 'run-1' && /^[0-9a-f]{32}$/.test(String(trace)) && /^[0-9a-f]{16}$/.test(String(span)),
    ),
  ).toBe(true)
  expect(new Set(lines.map(({ trace }) => trace)).size).toBe(1)
})

test('a failure is told where the program has a folder', async () => {
  await run(['files'], null, true)
  await run(['settings'], new CodedError('registry-denied', { image: 'golang' }, 'no entry'))
  expect(read().trimEnd().split('\n').at(-1)).toContain(
    '"values":{"kind":"apply","outcome":"failed","code":"registry-denied","error.image":"golang","cause":"no entry"}',
  )
})
