import i18next from 'i18next'
import { beforeAll, expect, test } from 'vitest'
import type { AppError } from '../../electron/contract/note.ts'
import { setUpTexts } from '../i18n/setup.ts'
import { type DoneState, doneState, type RunState, runState } from './outcome.ts'
import { beginTimeline, type TimelineEnd } from './run-timeline.ts'

const run = (end: TimelineEnd | null, cancelling = false): RunState =>
  runState({ timeline: { ...beginTimeline([]), end }, truth: null, cancelling })
const error = (code: AppError['code'], remaining: string[] = []): AppError => ({ code, remaining })

test('a run is told as it stands', () => {
  expect(runState({ timeline: null, truth: null, cancelling: false })).toBe('running')
  expect(run(null)).toBe('running')
  expect(run(null, true)).toBe('stopping')
  expect(run({ type: 'done', result: null })).toBe('done')
  expect(run({ type: 'cancelled', error: error('cancelled') })).toBe('cancelled')
  expect(run({ type: 'failed', error: error('pull-failed') })).toBe('failed')
  expect(run({ type: 'cancelled', error: error('cancelled', ['/etc/x']) })).toBe('partly')
  expect(runState({ timeline: null, truth: { step: 'looking' }, cancelling: false })).toBe('lost')
})

const idle = { step: 'idle' } as const
const done = (change: Partial<Parameters<typeof doneState>[0]>, imageWanted = true): DoneState =>
  doneState(
    { result: null, summary: null, latest: null, looked: true, undone: null, undo: idle, problem: null, ...change },
    imageWanted,
  )
const summary = {
  id: 'r1',
  startedAt: '2026-11-20T08:00:00.000Z',
  status: 'applied' as const,
  changed: true,
  files: [],
  image: 'golang:1.27',
  choices: [],
  why: null,
  squashed: null,
  receipt: null,
  module: null,
}
const undone = { run: 'r1', restored: ['/x'], kept: [], handed: [], gone: [], removedFolders: [], removedImages: [] }

test('the last page says that Go is ready only when it is', () => {
  expect(done({ looked: false })).toBe('reading')
  expect(done({ summary })).toBe('ready')
  expect(done({ summary: { ...summary, image: null } }, false)).toBe('set')
  expect(done({})).toBe('nothing')
  expect(done({ latest: 'undone' })).toBe('undone')
  expect(done({ undone })).toBe('undone')
  expect(done({ undone: { ...undone, kept: ['/y'] } })).toBe('kept')
  expect(done({ summary, undo: { step: 'running', taskId: 't', timeline: beginTimeline([]) } })).toBe('undoing')
})

beforeAll(() => setUpTexts('en'))

test.each(['en', 'zh-CN'])('%s: each outcome has a heading of its own', async (language) => {
  await i18next.changeLanguage(language)
  const runs: RunState[] = ['stopping', 'done', 'cancelled', 'failed', 'partly', 'lost']
  const dones: DoneState[] = ['reading', 'set', 'undoing', 'undone', 'kept', 'nothing']
  const keys = [...runs.map((state) => `run:heading.${state}`), ...dones.map((state) => `done:heading.${state}`)]
  for (const key of keys) {
    const sentence = i18next.t(`${key}.sentence`)
    expect(sentence).not.toBe(`${key}.sentence`)
    expect(sentence).not.toBe(i18next.t('wizard:page.done.sentence'))
  }
})
