import { expect, test } from 'vitest'
import type { Profile } from '../../electron/contract/profile.ts'
import { keepLocked } from './keep-locked.ts'

const before: Profile = {
  version: 1,
  image: 'golang:1.26',
  sources: {
    go: 'auto',
    docker: ['https://a.example'],
    npm: { default: 'auto', scopes: { '@x': 'https://x.example' } },
  },
  env: { set: { A: '1', B: '2' }, path: ['~/go/bin'] },
  policy: { timeout: '10s' },
  telemetry: { otlp: 'https://c.example' },
}

test('what is not locked changes, what is locked stays, each at its place', () => {
  const after: Profile = {
    version: 1,
    image: 'golang',
    sources: { go: 'official' },
    env: { set: { A: 'x', B: 'y', C: 'z' } },
  }
  expect(keepLocked(before, after, [])).toBe(after)
  expect(keepLocked(before, after, ['image', 'sources.docker', 'env.set.A', 'policy', 'telemetry.otlp'])).toEqual({
    version: 1,
    image: 'golang:1.26',
    sources: { go: 'official', docker: ['https://a.example'] },
    env: { set: { A: '1', B: 'y', C: 'z' } },
    policy: { timeout: '10s' },
    telemetry: { otlp: 'https://c.example' },
  })
  expect(keepLocked(before, after, ['sources', 'env'])).toEqual({
    ...before,
    image: 'golang',
    policy: undefined,
    telemetry: undefined,
  })
})

test('what the profile left open and locked stays open', () => {
  expect(
    keepLocked({ version: 1 }, { version: 1, pull: 'direct', sources: { pip: 'auto', go: 'auto' } }, [
      'pull',
      'sources.pip',
    ]),
  ).toEqual({ version: 1, sources: { go: 'auto' } })
  expect(keepLocked({ version: 1 }, { version: 1, sources: { pip: 'auto' } }, ['sources.pip', 'authorities'])).toEqual({
    version: 1,
  })
})

test('a lock on a part of what is one value holds the whole of it', () => {
  const auto: Profile = { version: 1, sources: { npm: 'auto' } }
  const after: Profile = { version: 1, sources: { npm: { default: 'official' } } }
  expect(keepLocked(auto, after, ['sources.npm.default'])).toEqual(auto)
  expect(keepLocked(before, { version: 1, sources: { npm: 'official' } }, ['sources.npm.scopes'])).toMatchObject({
    sources: { npm: { scopes: { '@x': 'https://x.example' } } },
  })
})

test('a name of every object is a name like any other', () => {
  const after: Profile = { ...before, image: 'golang' }
  expect(keepLocked(before, after, ['constructor', '__proto__', 'toString.x'])).toEqual(after)
})
