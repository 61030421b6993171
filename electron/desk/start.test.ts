import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Places } from '../core/places.ts'
import { linuxPlaces } from '../platform/linux/places.ts'
import { readEarly, rootOf, startOf } from './early.ts'
import { readLicences } from './info.ts'
import { once } from './once.ts'
import { ownCommand } from './own-command.ts'
import { chooseLanguage, fill } from './words.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goready-desk-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('what is read before the first pixel is never an error', () => {
  const nothing = { language: 'auto', theme: 'auto', catalogue: null, catalogueUrl: null, place: null }
  expect(readEarly(join(folder, 'none'))).toEqual(nothing)
  for (const text of ['', '7', 'null', '{"language":7,"theme":"pink","catalogue":""}']) {
    writeFileSync(join(folder, 'preferences.json'), text)
    expect(readEarly(folder)).toEqual(nothing)
  }
  writeFileSync(join(folder, 'preferences.json'), '{"language":"en","theme":"dark","catalogue":"/c"}')
  writeFileSync(join(folder, 'window.json'), '{"x":1,"y":2,"width":600,"height":400,"maximized":true}')
  expect(readEarly(folder)).toEqual({
    language: 'en',
    theme: 'dark',
    catalogue: '/c',
    catalogueUrl: null,
    place: { x: 1, y: 2, width: 600, height: 400, maximized: true },
  })
})

test('a start is fresh without a draft and without a profile; root is told with whom stands behind it', () => {
  const places: Places = {
    ...linuxPlaces({ home: '/h', environment: { SUDO_USER: 'li' }, uid: 0, username: 'root' }),
    state: folder,
  }
  const early = readEarly(folder)
  const preferences = { language: 'auto', theme: 'auto', catalogue: null, catalogueUrl: null }
  expect(startOf(early, places, 1000, null)).toEqual({ preferences, root: null, fresh: true })
  expect(startOf(early, places, 0, '/p.yml')).toEqual({
    preferences,
    root: { home: '/h', behindSudo: 'li', offer: null },
    fresh: false,
  })
  writeFileSync(join(folder, 'draft.json'), '{}')
  expect(startOf(early, places, 1000, null).fresh).toBe(false)
})

test.each([
  ['en', 'zh-CN', ['zh-CN'], 'en'],
  [null, 'zh-CN', ['en-US'], 'zh-CN'],
  [null, 'auto', ['fr', 'zh-Hans-CN'], 'zh-CN'],
  [null, 'auto', ['fr'], 'en'],
  [null, 'auto', [], 'en'],
] as const)('--lang %s, chosen %s, system %j: %s', (given, chosen, system, wanted) => {
  expect(chooseLanguage(given, chosen, system)).toBe(wanted)
})

test('values are put into a sentence, unknown ones stay visible', () => {
  expect(fill('{{a}} {{b}}', { a: '$&' })).toBe('$& {{b}}')
})

test('the own command line: the wrapper, plain Node on the built one, else Electron itself', () => {
  const parts = { program: '/e/electron', folder: '/p', root: true, path: 'bin:/usr/bin' }
  expect(ownCommand({ ...parts, packaged: true, program: '/opt/GoReady/goready-bin', exists: () => true })).toEqual([
    '/opt/GoReady/goready',
  ])
  expect(ownCommand({ ...parts, packaged: false, exists: () => true })).toEqual(['/usr/bin/node', '/p/out/node/cli.js'])
  expect(ownCommand({ ...parts, packaged: false, exists: (path) => path !== '/usr/bin/node' })).toEqual([
    '/e/electron',
    '--no-sandbox',
    '/p',
  ])
})

test('a thing is made once, when it is first asked for', async () => {
  let made = 0
  const get = once(() => Promise.resolve(++made))
  expect(get.made).toBeNull()
  expect(await Promise.all([get(), get()])).toEqual([1, 1])
  expect(await get.made).toBe(1)
})

test('licences: the frame first, then the list of the build, where there is one', async () => {
  const path = join(folder, 'licences.json')
  expect((await readLicences(path)).map(({ name }) => name)).toEqual(['Electron', 'Chromium', 'Node.js'])
  writeFileSync(path, JSON.stringify([{ name: 'zod', version: '4.6.7', licence: 'MIT' }]))
  expect((await readLicences(path)).at(-1)).toEqual({ name: 'zod', version: '4.6.7', licence: 'MIT' })
})

test('the account behind sudo is offered where passwd knows a home that is its own', () => {
  const offer = (more: Record<string, string>, home?: string) =>
    rootOf(linuxPlaces({ environment: { HOME: '/root', ...more }, uid: 0, username: 'root', ...(home && { home }) }), 0)
      ?.offer
  const someone = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter(([, , uid, , , at = '']) => uid !== '0' && at.startsWith('/') && existsSync(at))
  const own = someone.find(([, , uid, , , at = '']) => statSync(at).uid === Number(uid))
  const others = someone.find(([, , uid, , , at = '']) => statSync(at).uid !== Number(uid))
  for (const wanted of ['0', 'ann', '99999999', '', '1 2']) expect(offer({ SUDO_UID: wanted })).toBeNull()
  // Debian's `_apt` has a home that does not exist, `daemon` one that is root's.
  expect(others?.[2]).toBeDefined()
  expect(own?.[2]).toBeDefined()
  expect(offer({ SUDO_UID: others?.[2] ?? '' })).toBeNull()
  expect(offer({ SUDO_UID: own?.[2] ?? '' })).toBe(own?.[5])
  expect(offer({ SUDO_UID: own?.[2] ?? '' }, '/somewhere')).toBeNull()
})
