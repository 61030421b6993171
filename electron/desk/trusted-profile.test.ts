import { createPrivateKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { parseProfile } from '../core/profile-file.ts'
import { readPolicy } from '../core/room-policy.ts'
import { MemorySystem } from '../system/memory.ts'
import { keyId, newKeys, privateKeyOf, signProfile } from './signature.ts'
import { refuseUnsigned, trustProfile } from './trusted-profile.ts'

const FILE = '/etc/goready/policy.yml'
const PLACES = { platform: 'linux', policies: [{ file: FILE, root: '/' }] } as const
const YAML = 'version: 1\nimage: golang:1.26\nauthorities: [{ file: ca.pem, for: [go] }]\n'
const ROOM = newKeys()
const OTHER = newKeys()
const bytes = new TextEncoder().encode(YAML)

/** A machine with a signed profile, and what its administrator says. */
async function machine(policy: string | null, signedBy: typeof ROOM | null): Promise<MemorySystem> {
  const sys = new MemorySystem({ '/usb/class.yml': YAML, '/usb/ca.pem': 'the room' }, 0)
  if (policy !== null) sys.put(FILE, policy)
  if (signedBy !== null) {
    const key = createPrivateKey(signedBy.privateKey)
    sys.put('/usb/class.yml.sig', await signProfile(bytes, parseProfile(YAML), '/usb', key, sys))
  }
  return sys
}
const given = { name: 'class.yml', bytes, path: '/usb/class.yml', folder: '/usb' }
const open = async (sys: MemorySystem, more: Partial<Parameters<typeof trustProfile>[0]> = {}) =>
  trustProfile({ ...given, ...more }, sys, PLACES)

const KNOWN = `version: 1\nprofiles:\n  keys: [{ name: 计算机系, key: ${ROOM.publicKey} }]\n`
const REQUIRED = `version: 1\nprofiles: { keys: [${ROOM.publicKey}], require: true }\n`

test('without a policy a profile is taken, signed or not, and its key is unknown', async () => {
  expect((await open(await machine(null, null))).signature).toEqual({ state: 'none', by: null })
  const { signature, profile } = await open(await machine(null, ROOM))
  expect(signature).toEqual({ state: 'unknown', by: keyId(ROOM.publicKey) })
  expect(profile.authorities?.[0]?.file).toBe('/usb/ca.pem')
})

test('whose signature it is, by the name in the policy', async () => {
  expect((await open(await machine(KNOWN, ROOM))).signature).toEqual({ state: 'known', by: '计算机系' })
  expect((await open(await machine(KNOWN, OTHER))).signature.state).toBe('unknown')
  expect((await open(await machine(KNOWN, null))).signature.state).toBe('none')
})

test('where a signature is required, nothing else is read', async () => {
  expect((await open(await machine(REQUIRED, ROOM))).signature.state).toBe('known')
  await expect(open(await machine(REQUIRED, null))).rejects.toMatchObject({ code: 'profile-unsigned' })
  await expect(open(await machine(REQUIRED, OTHER))).rejects.toMatchObject({ code: 'profile-signature' })
  // A dropped text and a pipe have no place beside which a signature could lie.
  const signed = await machine(REQUIRED, ROOM)
  await expect(open(signed, { path: null })).rejects.toMatchObject({ code: 'profile-unsigned' })
  const broken = new TextEncoder().encode('version: [')
  await expect(open(signed, { bytes: broken, path: null })).rejects.toMatchObject({ code: 'profile-unsigned' })
})

test.each([KNOWN, REQUIRED])('what was changed after it was signed is refused, here and there', async (policy) => {
  const changed = new TextEncoder().encode(`${YAML}pull: direct\n`)
  await expect(open(await machine(policy, ROOM), { bytes: changed })).rejects.toMatchObject({
    code: 'profile-signature',
  })
  const swapped = await machine(policy, ROOM)
  swapped.put('/usb/ca.pem', 'another authority')
  await expect(open(swapped)).rejects.toMatchObject({ code: 'profile-signature' })
  for (const text of ['', '{}', 'x'.repeat(100_000), '\u0000']) {
    const damaged = await machine(policy, null)
    damaged.put('/usb/class.yml.sig', text)
    await expect(open(damaged)).rejects.toMatchObject({ code: 'profile-signature' })
  }
})

test('a signature counts for its own purpose alone', async () => {
  const sys = await machine(REQUIRED, ROOM)
  const text = sys.text('/usb/class.yml.sig') ?? ''
  for (const [name, value] of [
    ['algorithm', 'none'],
    ['goready', 'catalogue-signature'],
    ['version', 2],
  ] as const) {
    sys.put('/usb/class.yml.sig', JSON.stringify({ ...JSON.parse(text), [name]: value }))
    await expect(open(sys)).rejects.toMatchObject({ code: 'profile-signature' })
  }
})

test.each([
  ['version: 1\n', 'wrong-value'],
  ['version: 1\nprofiles: { require: true }\n', 'no-keys'],
  ['version: 1\nprofiles: { keys: [x] }\n', 'wrong-value'],
  ['version: 1\nprofiles: { requires: true }\n', 'unknown-key'],
  ['[[[', 'syntax'],
  ['', 'wrong-value'],
  ['x'.repeat(70_000), 'policy-file'],
])('a broken policy closes: %j', async (policy, reason) => {
  await expect(open(await machine(policy, ROOM))).rejects.toMatchObject({
    code: 'policy-damaged',
    values: { path: FILE, reason },
  })
})

test('a policy that somebody else could have written closes, and so does one that is no file', async () => {
  const damaged = { code: 'policy-damaged', values: { reason: 'policy-owner' } }
  const foreign = await machine(null, null)
  foreign.put(FILE, REQUIRED, { uid: 1000 })
  await expect(readPolicy(foreign, PLACES)).rejects.toMatchObject(damaged)
  const open777 = await machine(null, null)
  open777.put(FILE, REQUIRED, { mode: 0o666 })
  await expect(readPolicy(open777, PLACES)).rejects.toMatchObject(damaged)
  const folder = await machine(REQUIRED, null)
  folder.folder('/etc/goready', 1000)
  await expect(readPolicy(folder, PLACES)).rejects.toMatchObject(damaged)
  const link = await machine(null, null)
  link.put('/home/u/policy.yml', REQUIRED)
  link.link(FILE, '/home/u/policy.yml')
  await expect(readPolicy(link, PLACES)).rejects.toMatchObject({ values: { reason: 'policy-file' } })
})

test('another root has rules of its own, and those of the machine hold as well', async () => {
  const sys = await machine(REQUIRED, null)
  const places = {
    platform: 'linux',
    policies: [...PLACES.policies, { file: '/r/etc/goready/policy.yml', root: '/r' }],
  } as const
  expect((await readPolicy(sys, places)).require).toBe(true)
  sys.put('/r/etc/goready/policy.yml', KNOWN)
  expect(await readPolicy(sys, places)).toMatchObject({ require: true, keys: [{ name: null }, { name: '计算机系' }] })
})

test('a locked wizard plans signed profiles as they are, and nothing else', async () => {
  const sys = await machine(`${KNOWN}  wizard: locked\n`, ROOM)
  const { profile } = await open(sys)
  await expect(refuseUnsigned(profile, [], sys, PLACES)).rejects.toMatchObject({ code: 'profile-unsigned' })
  await refuseUnsigned(JSON.parse(JSON.stringify(profile)), [profile], sys, PLACES)
  await expect(refuseUnsigned({ ...profile, image: 'golang' }, [profile], sys, PLACES)).rejects.toThrow(
    'profile-unsigned',
  )
  await refuseUnsigned({ version: 1 }, [], await machine(REQUIRED, null), PLACES)
})

test('what is no Ed25519 private key is no key, and is not quoted', () => {
  for (const text of ['', ROOM.publicKey, '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n'])
    expect(() => privateKeyOf(text, '/k')).toThrow(expect.objectContaining({ message: 'profile-key' }))
})
