import { expect, test } from 'vitest'
import { profileSchema } from '../contract/profile.ts'
import { refuseNotYet } from './unsupported.ts'

test.each([['telemetry', { telemetry: { otlp: 'https://collector.example' } }]])('refuses %s by name', (key, part) => {
  const profile = profileSchema.parse({ version: 1, ...part })
  expect(() => refuseNotYet(profile)).toThrow(expect.objectContaining({ code: 'not-yet', values: { key } }))
})

test('takes everything that has its setting', () => {
  const profile = profileSchema.parse({
    version: 1,
    image: 'newest',
    pull: 'mirrors',
    sources: { go: 'auto', sumdb: 'default', docker: 'auto', apt: 'official', npm: 'auto', pip: 'auto' },
    private: ['corp.example.com'],
    authorities: [{ file: 'ca.pem', for: ['docker', 'npm', 'go', 'pip', 'apt'] }],
    env: { scope: 'system', set: { A: 'b' } },
    telemetry: {},
    policy: { timeout: '10s' },
    locked: ['sources.docker'],
    remark: 'x',
  })
  expect(() => refuseNotYet(profile)).not.toThrow()
})
