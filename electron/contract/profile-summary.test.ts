import { expect, test } from 'vitest'
import type { Profile } from './profile.ts'
import { asksFirst, willDo } from './profile-summary.ts'

const keys = (profile: Omit<Profile, 'version'>) =>
  willDo({ version: 1, ...profile }).map(({ weight, note }) => `${weight} ${note.key.replace('profile:will.', '')}`)

test('an authority comes first, whatever else a profile holds', () => {
  const profile: Profile = {
    version: 1,
    image: 'evil.example/golang:1',
    sources: {
      go: 'https://a.example,direct',
      sumdb: 'lab+0123abcd+AbC/+=',
      docker: ['http://10.0.0.1:5000'],
      pip: 'auto',
    },
    private: ['corp.example'],
    authorities: [{ file: 'ca.pem', for: ['go', 'npm'] }],
    env: { scope: 'system', set: { https_proxy: 'http://x', A: '1' }, path: ['~/bin'] },
    telemetry: { otlp: 'https://collector.example:4318' },
  }
  expect(keys(profile)).toEqual([
    'strong authority',
    'strong telemetry',
    'strong sumdb',
    'care imageFrom',
    'care sourceOpen',
    'care private',
    'care system',
    'care proxy',
    'care path',
    'plain auto',
    'plain source',
    'plain variables',
  ])
  expect(willDo(profile)[1]?.note.values).toEqual({ host: 'collector.example:4318' })
  expect(asksFirst(profile)).toBe(true)
})

test('what profiles are for asks nobody', () => {
  const profile: Profile = {
    version: 1,
    image: 'golang:1.26',
    sources: {
      go: 'auto',
      docker: ['http://127.0.0.1:5000'],
      npm: { default: 'official', scopes: { '@x': 'https://n.example' } },
      sumdb: 'sum.golang.google.cn',
    },
  }
  expect(keys(profile)).toEqual(['plain image', 'plain auto', 'plain source', 'plain official', 'plain source'])
  expect(asksFirst(profile)).toBe(false)
})

test('the same said by a variable counts as much', () => {
  expect(asksFirst({ version: 1, env: { set: { GOSUMDB: 'lab+0123abcd+AbC/+=' } } })).toBe(true)
  expect(keys({ env: { set: { GOPROXY: 'http://p.example' } } })).toEqual(['care sourceOpen', 'plain variables'])
})

test('many names are counted, not listed', () => {
  const set = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`V${at}`, 'x']))
  expect(willDo({ version: 1, env: { set } })[0]?.note.values).toEqual({ names: 'V0, V1, V2, V3 … (30)' })
})
