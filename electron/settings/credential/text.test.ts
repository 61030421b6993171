import fc from 'fast-check'
import { expect, test } from 'vitest'
import { credentialStore, dockerConfigFormat } from './docker-config.ts'
import { fitsNetrc, netrcFormat } from './netrc.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (value: Uint8Array | null): string => (value === null ? '' : new TextDecoder().decode(value))
const put = (before: string, key: string, login: string, password: string): string =>
  text(netrcFormat.edit(bytes(before), [{ key, after: { login, password } }]))
const drop = (before: string, key: string): string => text(netrcFormat.edit(bytes(before), [{ key, after: null }]))

const OLD = `# mine
machine git.example login ann password one
machine two.example
\tpassword b
\tlogin a
macdef init
machine fake.example login x password y
cd /

default login anonymous password me@example
`

test('what a netrc file says, as go reads it', () => {
  expect([...netrcFormat.read(bytes(OLD))]).toEqual([
    ['git.example', { login: 'ann', password: 'one' }],
    ['two.example', { login: 'a', password: 'b' }],
  ])
})

test('a new machine stands before `default`, which ends the search', () => {
  const after = put(OLD, 'nexus.example', 'stu', 'p#w')
  expect(after).toBe(OLD.replace('default', 'machine nexus.example login stu password p#w\ndefault'))
  expect(drop(after, 'nexus.example')).toBe(OLD)
})

test('only the two words of a known machine change, in whatever order they stand', () => {
  expect(put(OLD, 'git.example', 'ann', 'two')).toBe(OLD.replace('password one', 'password two'))
  expect(put(OLD, 'two.example', 'aa', 'bb')).toBe(
    OLD.replace('password b', 'password bb').replace('login a\n', 'login aa\n'),
  )
  expect(put('machine a.example', 'a.example', 'l', 'p')).toMatch(
    /^machine a\.example (login l password p|password p login l)$/,
  )
})

const word = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter(fitsNetrc)
const host = fc.domain().map((name) => name.toLowerCase())
const foreign = fc
  .array(
    fc.oneof(
      fc
        .tuple(host, word, word)
        .map(([name, login, password]) => `machine ${name} login ${login} password ${password}`),
      fc.constantFrom(
        '',
        '# note',
        '\t',
        'default login a password b',
        'machine only.example',
        'macdef m\nmachine x login y\n',
      ),
    ),
    { maxLength: 8 },
  )
  .chain((lines) => fc.constantFrom('\n', '\r\n').map((end) => lines.join(end)))

test('generated files: what is written is read, twice is nothing, the rest stays, taking it out gives it back', () => {
  fc.assert(
    fc.property(foreign, host, word, word, (before, name, login, password) => {
      fc.pre(!netrcFormat.read(bytes(before)).has(name) && !before.startsWith('macdef'))
      const after = put(before, name, login, password)
      expect(netrcFormat.read(bytes(after)).get(name)).toEqual({ login, password })
      expect(put(after, name, login, password)).toBe(after)
      for (const [other, pair] of netrcFormat.read(bytes(before)))
        expect(netrcFormat.read(bytes(after)).get(other)).toEqual(pair)
      // The one thing that stays is the end of line that an unfinished last line was given.
      expect(drop(after, name).replace(/\r?\n$/, '')).toBe(before.replace(/\r?\n$/, ''))
    }),
  )
})

test.each(['a b', '', '"q"', 'a\nb', '#x', 'a\u0000'])('%j can not be a word there', (bad) => {
  expect(fitsNetrc(bad)).toBe(false)
  expect(() => put('', 'h.example', 'l', bad)).toThrow(TypeError)
})

const json = (value: unknown, space?: string): string => `${JSON.stringify(value, null, space)}\n`
const login = (before: string, key: string, after: string | null): string =>
  text(dockerConfigFormat.edit(bytes(before), [{ key, after }]))

test.each([undefined, '\t', '  '])('Docker’s config.json with indent %j: one value changes', (space) => {
  const before = json(
    { credHelpers: { 'gcr.io': 'gcloud' }, auths: { 'a.example': { auth: 'x', email: 'm' } }, z: 1 },
    space,
  )
  expect(login(before, 'a.example', 'y')).toBe(before.replace('"x"', '"y"'))
  const added = login(before, 'b.example:5000', 'bmV3')
  expect(JSON.parse(added).auths).toEqual({
    'a.example': { auth: 'x', email: 'm' },
    'b.example:5000': { auth: 'bmV3' },
  })
  expect([...dockerConfigFormat.read(bytes(added))]).toEqual([
    ['a.example', 'x'],
    ['b.example:5000', 'bmV3'],
  ])
  expect(login(added, 'b.example:5000', null)).toBe(before)
  expect(login(added, 'b.example:5000', 'bmV3')).toBe(added)
})

test('a file that is not there, one without logins, one that is broken', () => {
  expect(JSON.parse(text(dockerConfigFormat.edit(null, [{ key: 'h.example', after: 'YTpi' }])))).toEqual({
    auths: { 'h.example': { auth: 'YTpi' } },
  })
  expect(JSON.parse(login('{"psFormat": "x"}', 'h.example', 'YTpi'))).toEqual({
    psFormat: 'x',
    auths: { 'h.example': { auth: 'YTpi' } },
  })
  expect(() => login('{"auths": {', 'h', 'x')).toThrow(expect.objectContaining({ code: 'unparsable-file' }))
  expect(() => login('{"auths": 3}', 'h', 'x')).toThrow(expect.objectContaining({ code: 'unparsable-file' }))
})

test('who keeps the passwords: a helper for one host, one for all, the file', () => {
  const file = bytes(json({ credsStore: 'desktop', credHelpers: { 'r.example': 'own' } }))
  expect(credentialStore(file, 'r.example')).toBe('own')
  expect(credentialStore(file, 'x.example')).toBe('desktop')
  expect(credentialStore(bytes('{"auths":{}}'), 'x.example')).toBeNull()
  expect(credentialStore(null, 'x.example')).toBeNull()
})

test('a file with thousands of entries is read and cleaned in one go', () => {
  const hosts = Array.from({ length: 20_000 }, (_, at) => `"h${at}":{"auth":"YTpi"}`).join(',')
  expect(dockerConfigFormat.read(bytes(`{"auths":{${hosts}}}`)).size).toBe(20_000)
  const machines = 'machine h login a password b\n'.repeat(20_000)
  const other = 'machine i login a password b\n'
  expect(drop(machines + other, 'h')).toBe(other)
})
