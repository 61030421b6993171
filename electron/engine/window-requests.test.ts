import { expect, test } from 'vitest'
import { MemorySystem } from '../system/memory.ts'
import { beginRun, record } from '../core/journal.ts'
import { openMirrorHttp } from '../mirrors/http/client.ts'
import { testAdapter } from '../mirrors/race/test-adapter.ts'
import { probeNamed } from './probe-named.ts'
import { removeRuns } from './remove-runs.ts'
import { shellArguments } from './shell-arguments.ts'

const STATE = '/home/u/.local/state/goready'

async function withRun(end: 'applied' | 'failed') {
  const sys = new MemorySystem()
  sys.folder('/home/u')
  const change = { kind: 'dir', path: '/home/u/x', mode: 0o755, uid: 1, gid: 1, admin: false } as const
  const begin = { id: '20261122T143000Z-3f9a1c', startedAt: '', pid: 1, changes: [change], choices: [] }
  const journal = await beginRun(STATE, begin, sys)
  await record(journal, { t: 'end', status: end, remaining: [] }, sys)
  let more = 0
  const remove = (evenUndo: boolean, busy = false) =>
    removeRuns({ sys, state: STATE, pid: 1 }, evenUndo, busy, () => {
      more += 1
      return Promise.resolve()
    })
  return { sys, journal, remove, more: () => more }
}

test('records stay while a run stands, unless undo is given up', async () => {
  const { sys, journal, remove, more } = await withRun('applied')
  expect(await remove(false)).toBe(false)
  expect(sys.text(journal)).not.toBeNull()
  expect(more()).toBe(0)
  expect(await remove(true)).toBe(true)
  expect(await sys.list(STATE)).toEqual([])
  expect(more()).toBe(1)
})

test('a run that was given back keeps nothing, a damaged record keeps all', async () => {
  const { sys, remove } = await withRun('failed')
  sys.put(`${STATE}/runs/bad.jsonl`, '{}\n')
  expect(await remove(false)).toBe(false)
  await sys.removeFile(`${STATE}/runs/bad.jsonl`)
  expect(await remove(false)).toBe(true)
})

test('never while something runs, here or in another process', async () => {
  const { sys, remove } = await withRun('failed')
  await expect(remove(true, true)).rejects.toMatchObject({ code: 'busy' })
  sys.put(`${STATE}/lock`, JSON.stringify({ pid: 7, started: '' }))
  sys.running.add(7)
  await expect(remove(true)).rejects.toMatchObject({ code: 'busy', values: { pid: 7 } })
})

test('what is no web address is answered without being asked', async () => {
  const results = await probeNamed(
    testAdapter('go'),
    ['file:///etc/passwd', 'https://u:p@x', 'x'],
    openMirrorHttp({ environment: {} }),
    new AbortController().signal,
  )
  expect(results.map(({ ok, cause }) => [ok, cause])).toEqual([
    [false, 'url-scheme'],
    [false, 'url-credentials'],
    [false, 'url-scheme'],
  ])
})

test("the terminal's shell sees the same machine as the window", () => {
  expect(shellArguments('golang:1.26', 'zh-CN', { home: '/h', root: null, catalogue: '/c' })).toEqual([
    'shell',
    '--image',
    'golang:1.26',
    '--lang',
    'zh-CN',
    '--home',
    '/h',
    '--catalogue',
    '/c',
  ])
  expect(shellArguments(null, 'en', { home: null, root: null, catalogue: null })).toEqual(['shell', '--lang', 'en'])
})
