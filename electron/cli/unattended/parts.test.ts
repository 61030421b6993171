import { expect, test } from 'vitest'
import type { Profile } from '../../contract/profile.ts'
import { accountPart, machineKeys, machinePart } from './parts.ts'

const whole: Profile = {
  version: 1,
  image: 'golang:1.26-alpine',
  pull: 'mirrors',
  sources: { go: 'auto', sumdb: 'default', docker: 'auto', npm: 'auto', apt: 'official', pip: 'auto' },
  private: ['corp.example.com'],
  authorities: [{ file: '/ca.pem', for: ['docker', 'npm', 'go'], client: { cert: '/c.pem', key: '/k.pem' } }],
  env: { set: { GOFLAGS: '-mod=mod' }, path: ['~/go/bin'] },
  policy: { retries: 2 },
  locked: ['sources.docker'],
  remark: 'autumn',
}

test('what is the machine’s is done once, what is an account’s by each', () => {
  expect(machinePart(whole)).toEqual({
    version: 1,
    image: 'golang:1.26-alpine',
    pull: 'mirrors',
    sources: { docker: 'auto', apt: 'official' },
    authorities: [{ file: '/ca.pem', for: ['docker', 'go'], client: { cert: '/c.pem', key: '/k.pem' } }],
    policy: { retries: 2 },
  })
  expect(accountPart(whole)).toEqual({
    version: 1,
    sources: { go: 'auto', sumdb: 'default', npm: 'auto', pip: 'auto' },
    private: ['corp.example.com'],
    authorities: [{ file: '/ca.pem', for: ['npm'] }],
    env: { set: { GOFLAGS: '-mod=mod' }, path: ['~/go/bin'] },
    policy: { retries: 2 },
  })
})

test('what is set for the whole system is no account’s', () => {
  const forAll: Profile = { ...whole, env: { ...whole.env, scope: 'system' } }
  expect(machinePart(forAll)?.sources).toEqual({ docker: 'auto', apt: 'official', go: 'auto', sumdb: 'default' })
  expect(machinePart(forAll)?.env).toEqual(forAll.env)
  expect(accountPart(forAll)).toEqual({
    version: 1,
    sources: { npm: 'auto', pip: 'auto' },
    authorities: [{ file: '/ca.pem', for: ['npm'] }],
    policy: { retries: 2 },
  })
  expect(machineKeys(whole)).toEqual([
    'image',
    'sources.docker',
    'sources.apt',
    'authorities: docker',
    'authorities: go',
  ])
})

test('a profile that has nothing for one of them has no such part', () => {
  expect(machinePart({ version: 1, sources: { go: 'official' }, policy: { retries: 1 } })).toBeNull()
  expect(accountPart({ version: 1, image: 'golang:1.26' })).toBeNull()
})
