import { expect, test } from 'vitest'
import { profileSchema } from '../../contract/profile.ts'
import type { Prober } from '../../core/setting.ts'
import { linuxPlaces } from '../../platform/linux/places.ts'
import { MemorySystem } from '../../system/memory.ts'
import { pipSetting } from './setting.ts'

const { signal } = new AbortController()
const never: Prober = () => Promise.reject(new Error('no probe'))
const A = 'https://a.example/simple'
const NEW = '/home/u/.config/pip/pip.conf'
const OLD = '/home/u/.pip/pip.conf'
const holding = (url: string, section = 'global') => `[${section}]\nindex-url = ${url}\n`

async function propose(files: Record<string, string>, pip: unknown, environment = {}, probe = never) {
  const sys = new MemorySystem({ '/home/u/.keep': '', ...files })
  const places = linuxPlaces({ environment: { HOME: '/home/u', ...environment }, uid: 1000, username: 'u' })
  const state = await pipSetting.detect(sys, places, signal)
  const profile = profileSchema.parse({ version: 1, sources: pip === undefined ? {} : { pip } })
  const chosen = await pipSetting.choose(profile, state, probe, signal)
  if (!chosen) return null
  const edits = pipSetting.plan(state, chosen.choice, places)
  return {
    notes: chosen.notes.map(({ key, values }) => [key, values?.['file'] ?? values?.['from']]),
    edits: edits.map(({ target, key, after }) => [target.path, key, after]),
  }
}

test('the index goes to the user’s file that wins, and never a trusted host', async () => {
  expect(await propose({}, undefined)).toBeNull()
  const wanted = [[NEW, 'global.index-url', A]]
  expect((await propose({}, A))?.edits).toEqual(wanted)
  expect((await propose({ [OLD]: holding('https://b.example') }, A))?.edits).toEqual(wanted)
  expect((await propose({ [NEW]: holding(`${A}/`) }, A))?.edits).toEqual([])
  expect((await propose({ [OLD]: holding(A) }, A))?.edits).toEqual([])
})

test('official takes it out of both files of the user', async () => {
  const files = { [OLD]: holding('https://b.example'), [NEW]: holding(A) }
  expect((await propose(files, 'official'))?.edits).toEqual([
    [OLD, 'global.index-url', null],
    [NEW, 'global.index-url', null],
  ])
  expect(await propose({}, 'official')).toEqual({ notes: [], edits: [] })
})

test('PIP_CONFIG_FILE is the user’s file; the null device means that there is none', async () => {
  const at = (file: string) => propose({}, A, { PIP_CONFIG_FILE: file })
  expect((await at('/home/u/my.conf'))?.edits).toEqual([['/home/u/my.conf', 'global.index-url', A]])
  await expect(at('/dev/null')).rejects.toMatchObject({ code: 'setting-not-effective' })
})

test('auto is settled by what stands there now', async () => {
  const asked: unknown[] = []
  const probe: Prober = (target, current) => {
    asked.push([target, current])
    return Promise.resolve({ chosen: [A], note: { key: 'plan:auto.fastest' } })
  }
  expect((await propose({ [OLD]: holding('https://b.example') }, 'auto', {}, probe))?.edits).toHaveLength(1)
  expect(asked).toEqual([['pip', ['https://b.example']]])
})

test('what hides it is told: a variable, a virtual environment, a command’s own section, and for the default all users’ file', async () => {
  const files = {
    '/venv/pip.conf': holding('https://v.example'),
    [NEW]: holding('https://i.example', 'install'),
    '/etc/pip.conf': holding('https://e.example'),
    '/home/u/.bashrc': 'export PIP_INDEX_URL=https://s.example\n',
  }
  const environment = { VIRTUAL_ENV: '/venv', PIP_INDEX_URL: 'https://user:hush@x.example' }
  const hidden = await propose(files, A, environment)
  expect(hidden?.notes).toEqual([
    ['setting:pip.hiddenByVariable', '/home/u/.bashrc:1'],
    ['setting:pip.hiddenByVariable', 'environment'],
    ['setting:pip.hiddenByFile', '/venv/pip.conf'],
    ['setting:pip.hiddenByFile', NEW],
  ])
  expect((await propose({ '/etc/pip.conf': files['/etc/pip.conf'] }, 'official'))?.notes).toEqual([
    ['setting:pip.hiddenByFile', '/etc/pip.conf'],
  ])
})

test('a file that pip cannot read is refused with its path and line', async () => {
  await expect(propose({ [NEW]: '[global]\nx\n' }, A)).rejects.toMatchObject({
    code: 'unparsable-file',
    values: { path: NEW, line: 2 },
  })
})
