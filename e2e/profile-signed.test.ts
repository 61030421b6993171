import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Desk, goready, tree } from './harness.ts'
import { projectRoot } from './lab/cache.ts'

// A room's own key: profiles are signed with it, and a computer of the room takes no others.
const dir = mkdtempSync(join(tmpdir(), 'goready-signed-'))
const lab: Desk = {
  dir,
  home: join(dir, 'home'),
  root: join(dir, 'root'),
  catalogue: join(projectRoot(), 'assets/mirrors.json'),
}
const PROFILE = join(dir, 'class.goready.yml')
const POLICY = join(lab.root, 'etc/goready/policy.yml')
const KEYS = join(dir, 'keys')
const TEXT = 'version: 1\nenv: { set: { GREETING: 你好 }, shells: [bash] }\n'
let key = ''

const policy = (text: string) => {
  mkdirSync(join(lab.root, 'etc/goready'), { recursive: true })
  writeFileSync(POLICY, text, { mode: 0o644 })
}
const apply = (path = PROFILE) => goready(lab, ['apply', '--profile', path, '--yes', '--json'])

beforeAll(async () => {
  for (const folder of [lab.home, lab.root]) mkdirSync(folder)
  writeFileSync(join(lab.home, '.bashrc'), '# mine\n')
  writeFileSync(PROFILE, TEXT)
  const made = await goready(lab, ['profile', 'keys', '--out', KEYS, '--json'])
  expect(made.code).toBe(0)
  key = String(made.last.key)
})
afterAll(() => rmSync(dir, { recursive: true }))

test('a pair of keys: the private half for its owner alone, and never written over', async () => {
  const secret = join(KEYS, 'goready-profile.key')
  expect(statSync(secret).mode & 0o777).toBe(0o600)
  const text = readFileSync(secret, 'utf8')
  expect(execFileSync('openssl', ['pkey', '-in', secret, '-pubout', '-outform', 'DER']).toString('base64')).toBe(key)
  const again = await goready(lab, ['profile', 'keys', '--out', KEYS])
  expect([again.code, readFileSync(secret, 'utf8')]).toEqual([2, text])
})

test('check says line, entry and reason; sign and verify belong together', async () => {
  const bad = join(dir, 'bad.yml')
  writeFileSync(bad, 'version: 1\nenv:\n  set: { LD_PRELOAD: /x.so }\n')
  expect(await goready(lab, ['profile', 'check', bad, '--json'])).toMatchObject({
    code: 2,
    last: { ok: false, line: 3, key: 'env.set.LD_PRELOAD', reason: 'runs-program' },
  })
  expect((await goready(lab, ['profile', 'check', PROFILE])).code).toBe(0)
  expect((await goready(lab, ['profile', 'verify', PROFILE])).code).toBe(2)
  const sign = ['profile', 'sign', PROFILE, '--key', join(KEYS, 'goready-profile.key'), '--json']
  expect(await goready(lab, sign)).toMatchObject({ code: 0, last: { signature: `${PROFILE}.sig` } })
  const verify = ['profile', 'verify', PROFILE, '--key', join(KEYS, 'goready-profile.pub')]
  expect((await goready(lab, verify)).code).toBe(0)
  expect((await goready(lab, ['profile', 'verify', PROFILE])).code).toBe(2)
})

test('a computer that requires signatures takes the signed file alone, and not through a pipe', async () => {
  policy(`version: 1\nprofiles: { require: true, keys: [{ name: 三号机房, key: ${key} }] }\n`)
  expect(await goready(lab, ['profile', 'verify', PROFILE, '--json'])).toMatchObject({ last: { by: '三号机房' } })
  const before = tree(lab.home)
  const other = join(dir, 'other.yml')
  writeFileSync(other, TEXT)
  expect(await apply(other)).toMatchObject({ code: 2, last: { error: { code: 'profile-unsigned' } } })
  const pipe = join(dir, 'class.pipe')
  execFileSync('mkfifo', [pipe])
  writeFileSync(`${pipe}.sig`, readFileSync(`${PROFILE}.sig`))
  const piped = apply(pipe)
  await writeFile(pipe, TEXT)
  expect(await piped).toMatchObject({ code: 2, last: { error: { code: 'profile-unsigned' } } })
  writeFileSync(`${other}.sig`, readFileSync(`${PROFILE}.sig`))
  writeFileSync(other, TEXT.replace('你好', '再见'))
  expect(await apply(other)).toMatchObject({ code: 2, last: { error: { code: 'profile-signature' } } })
  expect(await goready(lab, ['plan', '--profile', other])).toMatchObject({ code: 2 })
  expect(tree(lab.home)).toEqual(before)
  const done = await apply()
  expect([done.code, done.stderr]).toEqual([0, ''])
  expect(tree(lab.home)).not.toEqual(before)
  expect((await goready(lab, ['undo'])).code).toBe(0)
  expect(readFileSync(join(lab.home, '.bashrc'), 'utf8')).toBe('# mine\n')
})

test('a policy that is broken or not its administrator’s alone closes, for every profile', async () => {
  const before = tree(lab.home)
  policy('version: 1\nprofiles: { require: yes please }\n')
  expect(await apply()).toMatchObject({
    code: 2,
    last: { error: { code: 'policy-damaged', values: { path: POLICY } } },
  })
  policy(`version: 1\nprofiles: { keys: [${key}] }\n`)
  chmodSync(POLICY, 0o666)
  expect(await apply()).toMatchObject({ code: 2, last: { error: { code: 'policy-damaged' } } })
  expect(tree(lab.home)).toEqual(before)
  rmSync(POLICY)
  expect(existsSync(POLICY)).toBe(false)
  expect((await goready(lab, ['plan', '--profile', PROFILE])).code).toBe(3)
})

test('the schema that is printed is the one that is published', async () => {
  const { stdout, code } = await goready(lab, ['profile', 'schema', '--json'])
  const published: unknown = JSON.parse(readFileSync(join(projectRoot(), 'assets/profile.schema.json'), 'utf8'))
  expect([code, JSON.parse(stdout)]).toEqual([0, published])
})
