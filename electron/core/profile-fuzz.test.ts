import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { checkName, checkPathEntry, checkPrivate, checkSumdb } from '../contract/grammar.ts'
import type { Profile } from '../contract/profile.ts'
import { CodedError } from './errors.ts'
import { parseProfile, readProfileBytes } from './profile-file.ts'

/** Milliseconds that one text may take at most. */
const LONGEST = 2000

/** The profile, or its refusal by a line; anything else that is thrown fails, and so does what takes its time. */
function read(text: string | Uint8Array): Profile | null {
  const began = performance.now()
  try {
    return typeof text === 'string' ? parseProfile(text) : readProfileBytes(text)
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    expect(error.code).toBe('bad-profile')
    expect(Number(error.values.line)).toBeGreaterThanOrEqual(1)
    return null
  } finally {
    expect(performance.now() - began).toBeLessThan(LONGEST)
  }
}

/** What no profile may hold, however it was written. */
function harmless({ sources, env, private: patterns = [], authorities = [] }: Profile): void {
  for (const [name, value] of Object.entries(env?.set ?? {})) {
    expect(checkName(name)).toBeNull()
    expect(value).not.toMatch(/[\u0000\n\r]/)
  }
  for (const path of env?.path ?? []) expect(checkPathEntry(path)).toBeNull()
  for (const pattern of patterns) expect(checkPrivate(pattern)).toBeNull()
  for (const { file } of authorities) expect(file).not.toMatch(/(^|[/\\])\.\.([/\\]|$)|^[/\\]{2}/)
  if (sources?.sumdb !== undefined) expect(checkSumdb(sources.sumdb)).toBeNull()
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
}

const scalar = fc.oneof(
  fc.constantFrom(
    'auto',
    'official',
    'newest',
    'off',
    'direct',
    '*',
    '*.com',
    '../ca.pem',
    '/tmp/bin',
    '~/go/bin',
    '1',
  ),
  fc.constantFrom(
    'golang:1.26',
    'https://a.example',
    'http://u:p@a',
    'file:///etc',
    '-toolexec=x',
    '$(id)',
    '\u202e',
    '',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.webUrl(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
)
const name = fc.oneof(
  fc.constantFrom(
    'LD_PRELOAD',
    'GOFLAGS',
    'NODE_OPTIONS',
    'GOSUMDB',
    'PATH',
    'A',
    'https_proxy',
    'GOPRIVATE',
    'npm_config_ca',
  ),
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', '<<', 'polluted'),
  fc.string({ maxLength: 12 }),
)
const anything = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(name, tie('node'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).node
/** Mostly what may stand there, at times what may not. */
const mostly = (good: readonly unknown[], bad: fc.Arbitrary<unknown> = scalar) =>
  fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: bad })
const some = (good: readonly unknown[]) => fc.array(mostly(good), { maxLength: 2 })
const parts = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>) => fc.record(fields, { requiredKeys: [] })
const near = fc
  .tuple(
    mostly([1], fc.constantFrom(2, '1', null)),
    parts({
      image: mostly(['golang:1.26', 'newest']),
      pull: mostly(['auto', 'mirrors']),
      sources: parts({
        go: mostly(['auto', 'https://a.example,direct']),
        sumdb: mostly(['default', 'sum.golang.google.cn']),
        docker: mostly(['auto', ['https://a.example']], anything),
        npm: mostly(['auto', { scopes: { '@x': 'https://n.example' } }], anything),
        pip: mostly(['official']),
      }),
      private: some(['corp.example', '*.lab.example.com']),
      authorities: fc.array(parts({ file: mostly(['ca.pem', '/etc/ca.pem']), for: mostly([['go']], anything) }), {
        maxLength: 1,
      }),
      env: parts({
        scope: mostly(['user']),
        set: fc.dictionary(fc.oneof(fc.constantFrom('A', 'HTTPS_PROXY', 'GOPATH'), name), mostly(['x', '1 2']), {
          maxKeys: 2,
        }),
        path: some(['~/go/bin']),
      }),
      locked: some(['image', 'env.set.A']),
      remark: mostly(['计算机系\n2026']),
      telemetry: mostly([{ otlp: 'https://c.example' }], anything),
    }),
  )
  .map(([version, rest]) => ({ version, ...rest }))

test('what is nearly a profile is one that does no harm, or is refused by its line', () => {
  let taken = 0
  fc.assert(
    fc.property(
      fc.oneof({ weight: 4, arbitrary: near }, { weight: 1, arbitrary: anything }),
      fc.boolean(),
      (value, json) => {
        const profile = read(json ? JSON.stringify(value) : stringify(value))
        if (profile === null) return
        taken++
        harmless(profile)
        expect(parseProfile(stringify(profile))).toEqual(profile)
      },
    ),
    { numRuns: 600 },
  )
  expect(taken).toBeGreaterThan(30)
})

const PIECES = [
  'version: 1',
  '\n',
  '\r',
  '  ',
  '[',
  ']',
  '{',
  '}',
  '- ',
  '? ',
  ': ',
  '&a ',
  '*a',
  '!!str ',
  '!x ',
  '<<: ',
  '|',
  '>',
  '"',
  "'",
  '#',
  '---',
  '...',
  '%YAML 1.1',
  '\t',
  '\u001f',
  '\u0002',
  '\u0018',
  '\u0000',
  '\ufeff',
  'a',
  '1',
  ',',
]

test('pieces of YAML in any order and number', () => {
  const piece = fc
    .tuple(fc.constantFrom(...PIECES), fc.constantFrom(1, 1, 1, 2, 50, 2000))
    .map(([text, times]) => text.repeat(times))
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (texts) => {
      const profile = read(texts.join(''))
      if (profile !== null) harmless(profile)
    }),
    { numRuns: 300 },
  )
})

test('a nest of levels is refused before it is parsed, whatever they are made of', () => {
  const opening = fc.constantFrom(
    '[',
    '{',
    '- ',
    '? ',
    ': ',
    '{a: ',
    '[a, ',
    '- - ',
    '{? ',
    '&a [',
    '!x [',
    '\u001f[',
    '"a": {',
    "['x', ",
  )
  fc.assert(
    fc.property(
      fc.array(opening, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 2000, max: 20_000 }),
      (parts, times) => {
        expect(read(parts.join('').repeat(times).slice(0, 250_000))).toBeNull()
      },
    ),
    { numRuns: 200 },
  )
})

test('bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      read(bytes)
    }),
    { numRuns: 1000 },
  )
})
