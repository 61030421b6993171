import { expect, test } from 'vitest'
import { beginRun, record } from '../../../core/journal.ts'
import type { Edit } from '../../../contract/plan.ts'
import { fold } from '../../../core/plan.ts'
import { formats } from '../../../settings/index.ts'
import { sourceLine } from '../../../settings/shell/families.ts'
import type { MemorySystem } from '../../../system/memory.ts'
import { recordsCheck } from './records.ts'
import { shellsCheck } from './shells.ts'
import { found, HOME, homeOf, mended, placesOf } from './test-home.ts'

const RC = `${HOME}/.bashrc`
const ENV = `${HOME}/.config/goready/env.sh`
const LINE = sourceLine('sh', '~/.config/goready/env.sh')
const BLOCK = `# >>> goready >>>\n${LINE}\n# <<< goready <<<\n`
const { state } = placesOf()

/** Lets a run of ours make edits, and writes it down as applied; without `end` it was cut off behind its first file. */
async function run(sys: MemorySystem, edits: readonly Edit[], end = true): Promise<void> {
  const changes = await fold(edits, formats, sys)
  const begin = { id: '20261101T080000000Z-3f9a1c', startedAt: '2026-11-01T08:00:00.000Z', pid: 4_000_001 }
  const path = await beginRun(state, { ...begin, changes, choices: [] }, sys)
  for (const [i, change] of changes.entries()) {
    if (change.kind === 'dir') sys.folder(change.path)
    if (change.kind !== 'file' || change.after === null) continue
    await record(path, { t: 'intent', i, temporary: null, interim: null }, sys)
    sys.put(change.real, change.after.bytes, { mode: change.after.mode })
    if (!end) break
    await record(path, { t: 'done', i }, sys)
  }
  if (end) await record(path, { t: 'end', status: 'applied', remaining: [], error: null, findings: [] }, sys)
  sys.writes.length = 0
}

const edit = (path: string, format: 'fence' | 'env-sh', key: string, after: string): Edit => ({
  target: { kind: 'file', path, format, mode: 0o644, notify: [] },
  owner: 'shell',
  key,
  before: null,
  after,
})
const SET_UP: readonly Edit[] = [
  edit(ENV, 'env-sh', 'var:EDITOR', 'vi'),
  edit(RC, 'fence', 'source', LINE),
  edit(`${HOME}/.profile`, 'fence', 'source', LINE),
]

test('no dotfiles, a block in order, a block without a record, ZDOTDIR and links are well', async () => {
  expect(await found(shellsCheck, homeOf())).toEqual([])
  expect(await found(shellsCheck, homeOf({ [RC]: `a\n${BLOCK}` }))).toEqual([])
  const set = homeOf({ [RC]: 'alias a=b\n' })
  await run(set, SET_UP)
  expect(await found(shellsCheck, set)).toEqual([])
  expect(await found(recordsCheck, set)).toEqual([])
  const linked = homeOf({ [`${HOME}/dotfiles/bashrc`]: `a\n${BLOCK}`, [`${HOME}/z/.zshrc`]: 'a\n' })
  linked.link(RC, `${HOME}/dotfiles/bashrc`)
  expect(await found(shellsCheck, linked, { places: placesOf({ ZDOTDIR: `${HOME}/z` }) })).toEqual([])
})

test('a damaged block is named with its line and mended where nothing is guessed', async () => {
  const sys = homeOf({ [RC]: `a\n# >>> goready >>>\n${LINE}\nb\n` })
  const [one] = await found(shellsCheck, sys)
  expect(one).toMatchObject({ code: 'files.fence-damaged', severity: 'warning', values: { path: RC, line: 2 } })
  expect(await mended(one, sys)).toBe(`a\n${BLOCK}b\n`)
  const [other] = await found(shellsCheck, homeOf({ [RC]: '# >>> goready >>>\nexport A=1\n' }))
  expect(other?.code).toBe('files.fence-damaged')
  expect(other?.repairs).toBeUndefined()
  const latin = homeOf({ [RC]: Buffer.from(`# \xe9\n# >>> goready >>>\n${LINE}\n`, 'latin1') })
  expect((await found(shellsCheck, latin))[0]?.repairs).toBeUndefined()
})

test('a block that says something else than our record is put back, but not as something safe', async () => {
  const sys = homeOf({ [RC]: 'alias a=b\n' })
  await run(sys, SET_UP)
  sys.put(RC, `alias a=b\n${BLOCK.replace(LINE, `# ${LINE}`)}`)
  const [one] = await found(shellsCheck, sys)
  expect(one).toMatchObject({ code: 'files.fence-edited', repairs: [{ safe: false }] })
  expect(await mended(one, sys)).toBe(`alias a=b\n${BLOCK}`)
  // Somebody who took it out knows what he wanted.
  sys.put(RC, 'alias a=b\n')
  expect(await found(shellsCheck, sys)).toEqual([])
})

test('our own file comes back out of our record, gone or damaged', async () => {
  const sys = homeOf()
  await run(sys, SET_UP)
  const whole = sys.text(ENV) ?? ''
  sys.put(ENV, `${whole}export X='a`)
  const [damaged] = await found(shellsCheck, sys)
  expect(damaged).toMatchObject({ code: 'files.env-file-damaged', severity: 'warning', values: { line: 3 } })
  expect(await mended(damaged, sys)).toBe(whole)
  sys.programs.set('/bin/sh', () => ({ code: 2 }))
  expect((await found(shellsCheck, sys))[0]?.severity).toBe('error')
  await sys.removeFile(ENV)
  sys.writes.length = 0
  const [gone] = await found(shellsCheck, sys)
  expect(gone).toMatchObject({ code: 'files.env-file-missing', severity: 'error', repairs: [{ safe: true }] })
  expect(await mended(gone, sys)).toBe(whole)
})

test('carriage returns: each line by itself, safe only where all lines have one', async () => {
  const all = homeOf({ [RC]: 'export A=1\r\n\r\n# c\r\nexport A=1\r\n' })
  const [one] = await found(shellsCheck, all)
  expect(one).toMatchObject({ code: 'files.shell-crlf', values: { line: 1, count: 4 }, repairs: [{ safe: true }] })
  expect(await mended(one, all)).toBe('export A=1\n\n# c\nexport A=1\n')
  const some = homeOf({ [`${HOME}/.zshrc`]: 'a\nb\r\n' })
  expect((await found(shellsCheck, some))[0]).toMatchObject({ subject: `${HOME}/.zshrc`, repairs: [{ safe: false }] })
  const block = homeOf({ [RC]: `a\r\n${BLOCK}` })
  expect((await found(shellsCheck, block))[0]).toMatchObject({ repairs: [{ safe: true }] })
  expect(await found(shellsCheck, homeOf({ [RC]: '# c\r\na\n' }))).toEqual([])
})

test('.bash_profile hides our block only where it reads nothing of the other files', async () => {
  const profile = `${HOME}/.bash_profile`
  const at = async (text: string, files: Record<string, string> = {}) => {
    const sys = homeOf({ [RC]: BLOCK, [`${HOME}/.profile`]: BLOCK, [profile]: text, ...files })
    return { sys, all: await found(shellsCheck, sys) }
  }
  const { sys, all } = await at('export A=1')
  expect(all).toMatchObject([{ code: 'files.profile-shadowed', values: { path: profile, hidden: `${HOME}/.profile` } }])
  expect(await mended(all[0], sys)).toContain(LINE)
  for (const text of ['. ~/.profile\n', '[ -f ~/.bashrc ] && . ~/.bashrc\n', BLOCK])
    expect((await at(text)).all).toEqual([])
  expect((await at('# . ~/.bashrc\n')).all).toHaveLength(1)
  // zsh and sh were set up, bash was not.
  expect((await at('export A=1\n', { [RC]: 'a\n' })).all).toEqual([])
})

test('a record that nobody can read, a run that was cut off, and one that still works', async () => {
  const broken = homeOf({ [`${state}/runs/20261101T080000000Z-3f9a1c.jsonl`]: '{"t":"be\n{}\n' })
  expect(await found(recordsCheck, broken)).toMatchObject([
    { code: 'files.state-damaged', severity: 'warning', values: { date: '2026-11-01' } },
  ])
  const cut = homeOf()
  await run(cut, SET_UP, false)
  expect(await found(recordsCheck, cut)).toMatchObject([
    {
      code: 'files.run-cut-off',
      severity: 'error',
      values: { command: 'goready undo --run 20261101T080000000Z-3f9a1c' },
    },
  ])
  cut.put(`${state}/lock`, JSON.stringify({ pid: 7, started: '42' }))
  // Where nobody can say who still runs, the lock counts.
  expect(await found(recordsCheck, cut)).toEqual([])
  const fields = Array.from({ length: 30 }, (_, at) => (at === 19 ? '42' : '0')).join(' ')
  cut.put('/proc/self/stat', '1 (a) S')
  cut.put('/proc/7/stat', `7 (node) ${fields}`)
  expect(await found(recordsCheck, cut)).toEqual([])
  cut.put('/proc/7/stat', `7 (node) ${fields.replace('42', '43')}`)
  expect(await found(recordsCheck, cut)).toHaveLength(1)
})
