import { expect, test } from 'vitest'
import type { Edit, FormatId } from '../contract/plan.ts'
import { formats } from '../settings/index.ts'
import { MemorySystem } from '../system/memory.ts'
import { applyChanges, nothingTouched } from './apply.ts'
import { CodedError, toAppError } from './errors.ts'
import { beginRun, readRuns, record } from './journal.ts'
import { fold } from './plan.ts'
import { viewRun } from './run-view.ts'
import { undoRun } from './undo.ts'

const STATE = '/home/u/.local/state/goready'
const { signal } = new AbortController()
const SECRET = 'hunter2SECRETzz'
const CASES: readonly { format: FormatId; path: string; start: string; key: string; after: string; edited: string }[] =
  [
    {
      format: 'npmrc',
      path: '/home/u/.npmrc',
      start: `//registry.example.com/:_authToken=${SECRET}0\nfund=false\n`,
      key: 'registry',
      after: 'https://npm.example.com/',
      edited: `//other.example.com/:_authToken=${SECRET}1\n`,
    },
    {
      format: 'goenv',
      path: '/home/u/.config/go/env',
      start: `GONOPROXY=x\n`,
      key: 'GOPROXY',
      after: `https://user:${SECRET}2@proxy.example.com`,
      edited: `HTTPS_PROXY=http://user:${SECRET}3@p.example.com\n`,
    },
    {
      format: 'netrc',
      path: '/home/u/.netrc',
      start: `machine a.example.com login me password ${SECRET}4\n`,
      key: 'b.example.com',
      after: '',
      edited: `machine c.example.com\nlogin me\npassword ${SECRET}5\n`,
    },
    {
      format: 'docker-config',
      path: '/home/u/.docker/config.json',
      start: `{\n  "auths": { "a.example.com": { "auth": "${SECRET}6" } }\n}\n`,
      key: 'b.example.com',
      after: '',
      edited: '\n\n',
    },
  ]

/** What a setting would write for a case; a password is an object of its own there. */
function editOf({ format, path, key, after }: (typeof CASES)[number]): Edit {
  const target = { kind: 'file', path, format, mode: 0o600, notify: [] } as const
  if (after !== '') return { target, owner: 'go', key, before: null, after }
  const value = format === 'netrc' ? { login: 'me', password: `${SECRET}7` } : `${SECRET}8`
  return { target, owner: 'credential', key, before: null, after: value, secret: true }
}

test.each(CASES)('$format: no token in what history, a question or a failure shows', async (one) => {
  const sys = new MemorySystem({ [one.path]: one.start })
  const changes = await fold([editOf(one)], formats, sys)
  const begin = { id: 'run1', startedAt: '', pid: 1, changes, choices: [] }
  const journal = await beginRun(STATE, begin, sys)
  const context = { sys, handlers: new Map(), runId: 'run1', journal, signal, reloading: () => {} }
  await applyChanges(changes, nothingTouched(), context)
  const error = toAppError(new CodedError('io', { path: one.path }, `https://me:${SECRET}9@h/ _authToken=${SECRET}a`))
  await record(journal, { t: 'end', status: 'applied', remaining: [], error }, sys)
  expect(sys.text(journal)).toContain(Buffer.from(one.start).toString('base64').slice(0, 20))
  sys.put(one.path, (sys.text(one.path) ?? '') + one.edited, { mode: 0o600 })
  const { runs } = await readRuns(STATE, sys)
  const [run] = runs
  if (!run) throw new Error('no run')
  const shown: unknown[] = [await viewRun('run1', runs, null, sys)]
  const ask = (question: unknown) => {
    shown.push(question)
    return Promise.resolve('keep' as const)
  }
  await undoRun(run, runs, 'ask', { ...context, formats, ask })
  expect(shown).toHaveLength(2)
  expect(JSON.stringify(shown)).not.toContain('SECRET')
})
