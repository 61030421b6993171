import { expect, test } from 'vitest'
import { toAppError } from './errors.ts'
import { parseProfile, readProfileBytes } from './profile-file.ts'

const whole = `version: 1
image: golang:1.26-alpine
pull: mirrors
sources:
  go: https://goproxy.cn|direct
  sumdb: default
  docker: [https://docker.m.daocloud.io]
  npm: { default: auto, scopes: { "@mycompany": https://nexus.example.com/repository/npm-private/ } }
  apt: official
  pip: auto
private: [corp.example.com]
authorities: [{ file: room-ca.pem, for: [docker, npm, go] }]
env:
  scope: user
  shells: [bash, zsh, fish]
  set: { GOFLAGS: -mod=mod }
  path: [~/go/bin]
policy: { timeout: 10s, retries: 2 }
telemetry: { otlp: https://collector.example.com:4318 }
locked: [sources.docker]
remark: 计算机系 2026 秋
`

const refusal = (text: string) => {
  try {
    parseProfile(text)
  } catch (error) {
    const { code, values } = toAppError(error)
    return { code, ...values }
  }
  throw new Error('it was accepted')
}

test('a profile with every key', () => {
  expect(parseProfile(whole)).toMatchObject({
    image: 'golang:1.26-alpine',
    sources: { docker: ['https://docker.m.daocloud.io'] },
    remark: '计算机系 2026 秋',
  })
  expect(parseProfile('\uFEFFversion: 1\r\n')).toEqual({ version: 1 })
})

test.each([
  ['version: 1\nimgae: golang\n', { line: 2, key: 'imgae', reason: 'unknown-key' }],
  ['version: 1\nsources:\n  go: auto\n  gopher: x\n', { line: 4, key: 'sources.gopher', reason: 'unknown-key' }],
  ['version: 2\n', { line: 1, key: 'version', reason: 'wrong-value' }],
  ['version: 1\nimage: "$(id)"\n', { line: 2, key: 'image', reason: 'bad-image' }],
  ['version: 1\nsources:\n  go: https://u:p@x\n', { line: 3, key: 'sources.go', reason: 'url-credentials' }],
  [
    'version: 1\nsources:\n  docker:\n    - https://a\n    - b\n',
    { line: 5, key: 'sources.docker.1', reason: 'url-scheme' },
  ],
  [
    'version: 1\nenv:\n  set:\n    OK: a\n    LD_PRELOAD: /x\n',
    { line: 5, key: 'env.set.LD_PRELOAD', reason: 'runs-program' },
  ],
  ['version: 1\nenv:\n  set: { GOSUMDB: "off" }\n', { line: 3, key: 'env.set.GOSUMDB', reason: 'verification-off' }],
  ['version: 1\nversion: 1\n', { line: 2, reason: 'syntax' }],
  ['version: [1\n', { reason: 'syntax' }],
  ['version: 1\na: &x [1]\nb: *x\n', { line: 3, reason: 'alias' }],
  ['', { line: 1, reason: 'wrong-value' }],
])('%j is refused with its line', (text, expected) => {
  expect(refusal(text)).toMatchObject({ code: 'bad-profile', ...expected })
})

test("__proto__ as a variable's name changes no object", () => {
  expect(refusal('version: 1\nenv:\n  set: { "__proto__": x }\n').code).toBe('bad-profile')
  expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
})

test('a profile that is not UTF-8 is refused with its line, a byte order mark is not', () => {
  const gbk = new Uint8Array([...new TextEncoder().encode('version: 1\nremark: '), 0xb9, 0xfa, 10])
  expect(() => readProfileBytes(gbk)).toThrow(
    expect.objectContaining({ code: 'bad-profile', values: { line: 2, key: '', reason: 'encoding' } }),
  )
  expect(readProfileBytes(new TextEncoder().encode('\uFEFFversion: 1\nremark: 国\n'))).toMatchObject({ remark: '国' })
})
