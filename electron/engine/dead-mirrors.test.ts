import { expect, test } from 'vitest'
import type { Override } from '../contract/machine.ts'
import { aMirror } from '../contract/test-mirror.ts'
import { deadInProfile, deadInUse, namedTargets } from './dead-mirrors.ts'

const dead = (
  id: string,
  target: 'go' | 'docker' | 'npm' | 'apt' | 'pip',
  url: string,
  since: string | null = '2024-06',
) => aMirror({ id, target, url, status: 'dead', since })
const mirrors = [
  dead('go', 'go', 'https://dead.example/goproxy/'),
  dead('docker', 'docker', 'https://dead.example', null),
  dead('npm', 'npm', 'https://npm.dead.example'),
  dead('apt', 'apt', 'https://dead.example'),
  aMirror({ id: 'alive', url: 'https://alive.example' }),
]
const set = (target: Override['target'], value: string, wins = true): Override => ({
  target,
  name: 'x',
  layers: [{ value, from: '/f:3', shell: null, wins }],
})
const ids = (overrides: readonly Override[], named = {}) =>
  deadInUse(mirrors, overrides, namedTargets({ version: 1, sources: named })).map(({ id }) => id)

test('a dead mirror is found in the grammar of its tool, with since when and where', () => {
  const [finding, ...others] = deadInUse(mirrors, [set('go', 'https://alive.example,dead.example/goproxy|direct')])
  expect(finding).toEqual({
    id: 'mirror.dead.go',
    severity: 'warning',
    note: {
      key: 'catalogue:dead.placeSince',
      values: { url: 'https://dead.example/goproxy/', since: '2024-06', from: '/f:3', target: 'go' },
    },
  })
  expect(others).toEqual([])
  expect(deadInUse(mirrors, [set('docker', 'https://other.example/ https://DEAD.example/')])).toMatchObject([
    { id: 'mirror.dead.docker', note: { key: 'catalogue:dead.place' } },
  ])
  expect(ids([set('npm', 'https://npm.dead.example/')])).toEqual(['mirror.dead.npm'])
  expect(ids([set('apt', 'https://dead.example/debian')])).toEqual(['mirror.dead.apt'])
})

test('another path, another tool, a living one and a proxy are not it', () => {
  expect(ids([set('go', 'https://dead.example/repository/goproxy/')])).toEqual([])
  expect(ids([set('pip', 'https://dead.example')])).toEqual([])
  expect(ids([set('go', 'https://alive.example')])).toEqual([])
  expect(ids([set('proxy', 'https://dead.example')])).toEqual([])
  expect(ids([set('apt', 'https://dead.example.org/debian')])).toEqual([])
})

test('what something stronger hides is a remark; what the profile replaces is nothing', () => {
  expect(deadInUse(mirrors, [set('go', 'https://dead.example/goproxy', false)])).toMatchObject([{ severity: 'info' }])
  expect(ids([set('go', 'https://dead.example/goproxy')], { go: 'auto' })).toEqual([])
  expect(ids([set('go', 'https://dead.example/goproxy')], { docker: 'auto' })).toEqual(['mirror.dead.go'])
  // Scopes alone leave the default registry as it is.
  expect(ids([set('npm', 'https://npm.dead.example')], { npm: { scopes: {} } })).toEqual(['mirror.dead.npm'])
})

test('a profile that names one is warned about', () => {
  const said = (sources: object) => deadInProfile(mirrors, { version: 1, sources }).map(({ note }) => note.key)
  expect(said({ go: 'https://dead.example/goproxy|direct' })).toEqual(['catalogue:dead.profileSince'])
  expect(said({ docker: ['https://dead.example'] })).toEqual(['catalogue:dead.profile'])
  expect(said({ npm: 'https://npm.dead.example' })).toEqual(['catalogue:dead.profileSince'])
  expect(said({ npm: { default: 'auto', scopes: { '@a': 'https://npm.dead.example/' } } })).toHaveLength(1)
  expect(said({ apt: 'https://dead.example' })).toHaveLength(1)
  expect(said({ go: 'auto', docker: 'official', apt: 'official' })).toEqual([])
  expect(deadInProfile(mirrors, { version: 1 })).toEqual([])
})
