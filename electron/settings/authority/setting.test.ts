import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { realSystem } from '../../system/real.ts'
import { readAuthority, readClient } from './pem.ts'
import { wholeFormat } from './text.ts'

const folder = mkdtempSync(join(tmpdir(), 'goready-authority-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
const sys = realSystem()
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

function certificate(name: string, extra: readonly string[]): void {
  const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`), '-days', '30']
  execFileSync('openssl', ['req', '-x509', ...KEY, ...files, '-subj', `/O=Room/CN=${name}`, ...extra], {
    stdio: 'pipe',
  })
}
certificate('ca', [])
certificate('leaf', ['-addext', 'basicConstraints=critical,CA:FALSE'])
certificate('other', [])
const put = (name: string, text: string | Uint8Array): string => {
  writeFileSync(at(name), text)
  return at(name)
}
const pem = readFileSync(at('ca.pem'), 'utf8')
const reason = (name: string) => ({ code: 'bad-authority', values: { reason: `setting:authority.reason.${name}` } })

test('an authority says who it is; a missing end of line is added, a byte order mark goes', async () => {
  const { text, facts } = await readAuthority(put('bom.pem', `\uFEFF${pem.trimEnd()}`), sys)
  expect(text).toBe(pem)
  expect(facts.subject).toBe('O=Room, CN=ca')
  expect(facts.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  expect(Date.parse(facts.ends)).toBeGreaterThan(Date.now())
})

test.each([
  ['missing', at('nowhere.pem')],
  ['missing', folder],
  ['relative', 'ca.pem'],
  ['not-pem', put('text.pem', 'hello')],
  ['not-pem', put('bytes.pem', new Uint8Array([0xff, 0xfe, 0x00]))],
  ['not-pem', put('cut.pem', pem.replace(/\n[^\n]{64}\n/, '\n'))],
  ['not-authority', at('leaf.pem')],
  ['holds-key', put('both.pem', pem + readFileSync(at('ca.key'), 'utf8'))],
])('%s: %s is refused', async (why, path) => {
  await expect(readAuthority(path, sys)).rejects.toMatchObject(reason(why))
})

test('one that has ended is refused, with the day', async () => {
  const later = Date.now() + 31 * 24 * 3_600_000
  await expect(readAuthority(at('ca.pem'), sys, later)).rejects.toMatchObject(reason('expired'))
})

test('a client’s certificate and key have to be a pair, and the key stays out of every message', async () => {
  const pair = await readClient({ cert: at('leaf.pem'), key: at('leaf.key') }, sys)
  expect(pair.key).toContain('PRIVATE KEY')
  await expect(readClient({ cert: at('leaf.pem'), key: at('other.key') }, sys)).rejects.toMatchObject(
    reason('key-differs'),
  )
  const broken = put('broken.key', readFileSync(at('leaf.key'), 'utf8').replace('M', '?'))
  const error: unknown = await readClient({ cert: at('leaf.pem'), key: broken }, sys).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject(reason('not-pem'))
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(
    readFileSync(broken, 'utf8').slice(40, 60),
  )
})

test('a whole file: its text in, its text out, and gone with null', () => {
  const bytes = new TextEncoder().encode('x\r\n你好')
  expect(wholeFormat.read(bytes).get('content')).toBe('x\r\n你好')
  expect(wholeFormat.edit(bytes, [{ key: 'content', after: 'x\r\n你好' }])).toEqual(bytes)
  expect(wholeFormat.edit(bytes, [{ key: 'content', after: null }])).toBeNull()
  expect(wholeFormat.read(null).size).toBe(0)
})
