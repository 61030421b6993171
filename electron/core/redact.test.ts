import { expect, test } from 'vitest'
import type { Change, FileState } from '../contract/plan.ts'
import { CodedError, toAppError } from './errors.ts'
import { redact } from './redact.ts'
import { diffText } from './diff.ts'
import { edit } from './test-format.ts'
import { viewChange } from './view.ts'

test.each([
  'https://user:hush@corp.example/x|direct',
  'https://user:p@hush@corp.example',
  'https://a.example,https://user:hush@corp.example,direct',
  "export API_TOKEN='hush'",
  "export DB_PASSWORD='two words of hush'",
  "export DB_PASSWORD='it'\\''s hush'",
  "set -gx GITHUB_TOKEN 'hush'",
  'set -gx GITHUB_TOKEN hush',
  '{"identitytoken":"hush","x":1}',
  '//registry.example/:_authToken=hush',
  'Authorization: Bearer hushhushhush',
  "index-url = https://ann:it'shush@corp.example/simple",
  'proxy = ann:hush@proxy.example:3128',
  'GOPROXY=https://a.example|ann:hush@corp.example,direct',
  ' machine h.example login ann account corp password hush',
  ' npmRegistries: {"//h.example": {npmAuthIdent: "ann:hush"}}',
  "  'npmAuthIdent': ann:hush",
  '  npmAuthToken: >-\n    hush',
  ' key="-----BEGIN PRIVATE KEY-----\\nhush\\n-----END PRIVATE KEY-----"',
  '+-----BEGIN EC PRIVATE KEY-----\n+hush\n+hush\n+-----END EC PRIVATE KEY-----',
])('nothing of the secret in %s is shown', (text) => expect(redact(text)).not.toContain('hush'))

test.each([
  'https://goproxy.cn,direct',
  'golang:1.26@sha256:0123',
  'GOPROXY=https://a.example|https://b.example,direct',
  'GOFLAGS=-mod=mod',
  'a@b.example',
  'Unexpected token < in JSON',
])('%s is shown as it is', (text) => expect(redact(text)).toBe(text))

test('an error leaves without secrets: values, cause, what remains', () => {
  const error = new CodedError('module-download-failed', { proxy: 'https://u:hush@x' }, 'get https://u:hush@x: no')
  error.remaining.push('/f: token=hush')
  expect(JSON.stringify(toAppError(error))).not.toContain('hush')
  expect(JSON.stringify(toAppError(new Error('https://u:hush@x')))).not.toContain('hush')
})

test('the value of a variable with a telling name is not shown, in the keys and in the diff', () => {
  const state = (text: string): FileState => ({ bytes: new TextEncoder().encode(text), mode: 0o644, uid: 0, gid: 0 })
  const change: Change = {
    kind: 'file',
    path: '/f',
    real: '/f',
    before: state("export MY_TOKEN='hush 1'\n"),
    after: state("export MY_TOKEN='hush 2'\n"),
    edits: [edit('/f', 'var:MY_TOKEN', 'hush 2')],
    notify: [],
    admin: false,
  }
  expect(JSON.stringify(viewChange(change))).not.toContain('hush')
})

test('nothing of an .npmrc or .yarnrc.yml that lets somebody in is shown, in a diff either', () => {
  const lines = [
    '//h.example/:_authToken=hush,1;"x',
    '-//h.example/npm/:_password = hush==',
    '+//h.example/:username=hush',
    ' _auth=hush hush',
    '"//h.example/:_authToken" "hush"',
    '    npmAuthIdent: "hush:hush"',
    '//h.example/:key="-----BEGIN hush"',
  ]
  expect(redact(lines.join('\n'))).not.toContain('hush')
  const plain = 'registry=https://h.example/\n@s:registry=https://h.example/\nkey=value\nalways-auth=true'
  expect(redact(plain)).toBe(plain)
})

test('what a netrc file and Docker’s config.json hold stays out of a diff', () => {
  const diff =
    '+machine a.example login ann password s3cret\n machine b.example password p4ss\n\tpassword x9\n+  "auth": "YW5uOng="\n'
  const shown = redact(diff)
  for (const secret of ['s3cret', 'p4ss', 'x9', 'YW5uOng=']) expect(shown).not.toContain(secret)
  expect(shown).toContain('machine a.example login ann password ')
})

test('a secret stays out of a diff that shows but a few lines out of its middle', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const block = ['hush1', 'hush2', 'hush3', 'hush4'].join('\n')
  const key = `-----BEGIN PRIVATE KEY-----\n${block}\n-----END PRIVATE KEY-----\n`
  const shown = diffText('/f', bytes(`${key}a=1\n`), bytes(`${key}a=2\n`))
  expect(shown).not.toContain('hush')
  expect(shown).toContain('-a=1\n+a=2\n')
  const machine = 'machine h.example\n  login ann\n  password\n  hush\n'
  const netrc = diffText('/f', bytes(machine), bytes(`${machine}machine b.example login b password hush2`), 'netrc')
  expect(netrc).not.toContain('hush')
  expect(netrc).toContain('+machine b.example login b password ••••\n\\ No newline at end of file')
})

test.each([
  ...['a-', 'a.a', 'tokentoken', 'set -a ', '\n', '//a:', 'password ', 'proxy=a:', '://', 'token: >\n', '"', ' '],
  '-----BEGIN PRIVATE KEY-----\n',
])('a megabyte of %j is looked through in a moment', { timeout: 20_000 }, (part) => {
  expect(redact(part.repeat(2 ** 20 / part.length)).length).toBeGreaterThan(0)
})
