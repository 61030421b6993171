import { expect, test } from 'vitest'
import type { TaskEvent, TaskReport } from '../contract/task.ts'
import { openOutput } from './output.ts'
import { layerLine, showProgress } from './progress.ts'
import { bar } from './table.ts'
import { openText } from './text.ts'

async function show(terminal: boolean, json: boolean, ...reports: TaskReport[]): Promise<string> {
  let text = ''
  const stdout = { isTTY: terminal, rows: 24, columns: 80, write: (part: string) => (text += part) }
  const io = { ...process, stdout: Object.assign(Object.create(process.stdout), stdout), environment: {} }
  const output = openOutput(io, { json }, await openText('zh-CN'))
  const progress = showProgress(io, output)
  for (const [seq, report] of reports.entries()) {
    const event: TaskEvent = { taskId: 't', seq, ...report }
    progress.listen(event)
  }
  progress.end()
  return text
}

const pull = (fraction: number, bytes: number): TaskReport => ({
  type: 'progress',
  step: 'pull',
  fraction,
  note: { key: 'image:pull.progress' },
  bytes,
  totalBytes: 100_000_000,
  speed: 2_000_000,
  left: 12.2,
  layers: [{ id: 'abcdef', state: 'downloading', current: bytes, total: 100_000_000 }],
})

test('bars', () => {
  expect(bar(0.5)).toBe(`[${'#'.repeat(12)}${'.'.repeat(12)}]`)
  expect(bar(null)).toBe(`[${'.'.repeat(24)}]`)
  expect(layerLine({ id: 'abc', state: 'extracting', current: null, total: null }, '解压中')).toContain('解压中')
})

test('a pipe gets a line every tenth, in the language of the person', async () => {
  const text = await show(
    false,
    false,
    { type: 'step', step: 'pull', state: 'running' },
    pull(0.01, 1_000_000),
    pull(0.05, 5_000_000),
    pull(0.11, 11_000_000),
  )
  expect(text.split('\n').filter((line) => line.includes('%'))).toHaveLength(2)
  expect(text).toContain('剩余 13 秒')
  expect(text).not.toContain('\u001b')
})

test('a terminal gets the layers, redrawn in place', async () => {
  const text = await show(true, false, { type: 'step', step: 'pull', state: 'running' }, pull(0.5, 50_000_000), {
    type: 'step',
    step: 'pull',
    state: 'done',
  })
  expect(text).toContain('abcdef')
  expect(text).toContain('下载中')
  expect(text).toContain('\u001b[3A\u001b[0J')
})

test('a program gets one JSON event a line', async () => {
  const text = await show(true, true, pull(0.5, 50_000_000), { type: 'log', line: 'x' })
  expect(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type),
  ).toEqual(['progress', 'log'])
})
