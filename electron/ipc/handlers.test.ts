import { expect, test, vi } from 'vitest'
import type { Desk } from '../desk/desk.ts'
import type { Engine } from '../engine.ts'
import { answerer } from './serve.ts'
import { createHandlers } from './handlers.ts'

/** Handlers over the named parts; whatever else is called fails the test. */
function asking(engine: Partial<Engine>, desk: Partial<Desk> = {}) {
  const strict = <T extends object>(parts: T): never =>
    new Proxy(parts, {
      // A promise looks for `then` in what it is resolved with.
      get: (target, name) =>
        Reflect.get(target, name) ?? (name === 'then' ? undefined : expect.fail(`${String(name)} was called`)),
    }) as never
  const call = answerer(
    createHandlers(() => Promise.resolve(strict(engine)), strict(desk), new AbortController().signal),
  )
  return (name: string, input?: unknown) => call(name, input, [])
}
const refused = { ok: false, error: expect.objectContaining({ code: 'bad-request' }) }

test('a guide lets its address be opened, and only then', async () => {
  const allow = vi.fn<(url: string) => void>()
  const guide = { kind: 'guide' as const, url: 'https://docs.docker.com/x', steps: [], reboot: false }
  const ask = asking({ dockerHelp: () => Promise.resolve(guide) }, { allow })
  expect(await ask('docker.help')).toEqual({ ok: true, value: guide })
  expect(allow.mock.calls).toEqual([[guide.url]])
})

test('the first program speaks the language of the person', async () => {
  const startProgram = vi.fn<Engine['startProgram']>(() => 'task')
  const ask = asking({ startProgram }, { words: () => Promise.resolve({ language: 'zh-CN' }) })
  expect(await ask('program.first', { image: 'golang:1.26' })).toEqual({ ok: true, value: { taskId: 'task' } })
  expect(startProgram).toHaveBeenCalledWith('golang:1.26', expect.objectContaining({ hello: '你好，Go' }))
})

test('a go.mod is judged when there is one; the tag stands without its repository', async () => {
  const advise = vi.fn<Engine['advise']>(() =>
    Promise.resolve({ go: '1.26', toolchain: null, tag: null, smallest: null, findings: [] }),
  )
  const ask = asking({ advise }, { goMod: (text) => Promise.resolve(text) })
  expect(await ask('goMod.advise', { text: null })).toEqual({ ok: true, value: null })
  expect(await ask('goMod.advise', { text: 'go 1.26' })).toEqual({
    ok: true,
    value: { go: '1.26', toolchain: null, tag: null, findings: [] },
  })
  expect(advise).toHaveBeenCalledTimes(1)
})

test('records are removed together with what the window keeps', async () => {
  const forget = vi.fn<() => Promise<void>>(() => Promise.resolve())
  const ask = asking(
    {
      async removeRuns(evenUndo, more) {
        if (evenUndo) await more()
        return evenUndo
      },
    },
    { forget },
  )
  expect(await ask('app.removeState', { evenUndo: false })).toEqual({ ok: true, value: false })
  expect(forget).not.toHaveBeenCalled()
  expect(await ask('app.removeState', { evenUndo: true })).toEqual({ ok: true, value: true })
  expect(forget).toHaveBeenCalledTimes(1)
})

test.each([
  ['app.savePreferences', { language: 'fr', theme: 'auto', catalogue: null }],
  ['app.savePreferences', { language: 'en', theme: 'auto', catalogue: 'x'.repeat(5000) }],
  ['app.removeState', {}],
  ['draft.save', { page: 'nowhere', profile: { version: 1 }, opened: null, taskId: null, runId: null }],
  ['draft.save', { page: 'run', profile: { version: 1, evil: 1 }, opened: null, taskId: null, runId: null }],
  ['profile.open', { name: 'x', text: 7 }],
  ['profile.open', { name: 'x', text: 'x'.repeat(200_001) }],
  ['profile.export', { profile: { version: 2 } }],
  ['goMod.advise', { text: undefined }],
  ['mirror.probe', { target: 'brew', urls: [] }],
  ['mirror.probe', { target: 'go', urls: Array(33).fill('https://x') }],
  ['image.size', { image: 'golang:1; id' }],
  ['terminal.open', { image: '--privileged' }],
  ['program.first', { image: '$(id)' }],
  ['clipboard.write', { text: 'x'.repeat(200_001) }],
  ['link.open', { url: 7 }],
  ['docker.help', { install: 'x' }],
])('%s with %j is refused before anything is called', async (name, input) => {
  expect(await asking({})(name, input)).toEqual(refused)
})

test('a plan for a project names the folder that stands behind its id', async () => {
  const view = {
    id: 'p',
    changed: false,
    image: null,
    changes: [],
    choices: [],
    findings: [],
    rights: 'not-needed' as const,
  }
  const makePlan = vi.fn<Engine['makePlan']>(() => Promise.resolve(view))
  const ask = asking({ makePlan }, { project: (id) => `/d/${id}`, mayPlan: () => Promise.resolve() })
  const profile = { version: 1 as const }
  expect(await ask('plan.make', { profile, project: 'x' })).toEqual({ ok: true, value: view })
  expect(await ask('plan.make', { profile })).toEqual({ ok: true, value: view })
  expect(makePlan.mock.calls.map((call) => call[2])).toEqual([{ folder: '/d/x', chosen: true }, null])
})
