import { chmod, readdir } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TARGET_IDS } from '../../contract/mirror.ts'
import { linuxPlaces } from '../../platform/linux/places.ts'
import { MemorySystem } from '../../system/memory.ts'
import { realSystem } from '../../system/real.ts'
import { makeHome, removeHome } from '../test-home.ts'
import { toolDefault } from './tool-default.ts'

const { signal } = new AbortController()
const ELSEWHERE = 'https://elsewhere.example'
const homes: string[] = []

/** A home in which everything points elsewhere: the files, and the variables of the environment. */
let pointed = ''
let plain = ''
beforeAll(async () => {
  pointed = await makeHome({
    '.npmrc': `registry=${ELSEWHERE}/\n`,
    '.config/pip/pip.conf': `[global]\nindex-url = ${ELSEWHERE}/simple\n`,
    '.config/go/env': `GOPROXY=${ELSEWHERE}\n`,
  })
  plain = await makeHome()
  homes.push(pointed, plain)
})
afterAll(() => Promise.all(homes.map(removeHome)))

const variables = {
  npm_config_registry: ELSEWHERE,
  NPM_CONFIG_REGISTRY: ELSEWHERE,
  PIP_INDEX_URL: ELSEWHERE,
  GOPROXY: ELSEWHERE,
}
const ask = (target: (typeof TARGET_IDS)[number], home: string, environment: Record<string, string> = {}) =>
  toolDefault(
    target,
    realSystem(),
    linuxPlaces({ home, environment: { PATH: process.env['PATH'], ...environment }, uid: 1000, username: 'u' }),
    signal,
  )

test.each(['npm', 'pip', 'go'] as const)('%s names its own default, whatever the user has set', async (target) => {
  const untouched = await ask(target, plain)
  expect(untouched).toMatch(/^https:\/\//)
  expect(await ask(target, pointed, variables)).toBe(untouched)
})

test('asking leaves nothing behind', async () => {
  const home = await makeHome()
  homes.push(home)
  await Promise.all((['npm', 'pip', 'go'] as const).map((target) => ask(target, home)))
  expect(await readdir(home)).toEqual([])
})

test('a folder of the user comes before the system in the search, and what fails there is passed over', async () => {
  const home = await makeHome({ 'bin/npm': '#!/bin/sh\nexit 1\n', 'bin/pip3': '#!/bin/sh\necho no help\n' })
  homes.push(home)
  for (const name of ['npm', 'pip3']) await chmod(path.join(home, 'bin', name), 0o755)
  const environment = { PATH: `${home}/bin:${process.env['PATH'] ?? ''}` }
  for (const target of ['npm', 'pip'] as const) expect(await ask(target, home, environment)).toMatch(/^https:\/\//)
})

test.each(TARGET_IDS)('where no tool is, %s has no default of its own', async (target) => {
  const places = linuxPlaces({ environment: { HOME: '/home/u', PATH: '/usr/bin' }, uid: 1000, username: 'u' })
  expect(await toolDefault(target, new MemorySystem(), places, signal)).toBeNull()
})

test('apt: the archive that the system’s templates name, whatever the sources say now', async () => {
  const files = {
    '/etc/os-release': 'ID=debian\nVERSION_CODENAME=bookworm\n',
    '/etc/apt/sources.list': 'deb https://mirror.example/debian bookworm main\n',
  }
  const template =
    'Suite: bookworm\nRepositoryType: deb\nBaseURI: http://archive.example/debian/\nMatchURI: archive.example\n'
  const places = linuxPlaces({ environment: { HOME: '/home/u', PATH: '/usr/bin' }, uid: 1000, username: 'u' })
  const known = new MemorySystem({ ...files, '/usr/share/python-apt/templates/Debian.info': template })
  expect(await toolDefault('apt', known, places, signal)).toBe('http://archive.example/debian')
  expect(await toolDefault('apt', new MemorySystem(files), places, signal)).toBeNull()
})
