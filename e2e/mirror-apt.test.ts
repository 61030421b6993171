import { readFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { aptAdapter } from '../electron/mirrors/targets/apt.ts'
import { gpgvSignature } from '../electron/mirrors/trust/gpgv.ts'
import { exec } from '../electron/system/exec.ts'
import { type AptSigner, type AptSuite, makeAptSigner } from './lab/apt-archive.ts'
import { type AptMirror, startAptMirror } from './lab/apt-mirror.ts'
import { type Certificates, makeCertificates } from './lab/certificates.ts'
import { must } from './lab/process.ts'
import { candidate, checkAll, closeAll, openHttp } from './mirror-support.ts'

const DAY = 24 * 3600 * 1000
const now = Date.now()
const ago = (days: number): Date => new Date(now - days * DAY)
const SUITE = { archive: 'debian', suite: 'bookworm', date: ago(5), components: ['main', 'contrib'] }
const INRELEASE = 'debian/dists/bookworm/InRelease'
const LIST = 'debian/dists/bookworm/main/binary-amd64/Packages.gz'

let folder: string
let signer: AptSigner
let stranger: AptSigner
let keyring: string
let certificates: Certificates
const mirrors = new Map<string, Promise<AptMirror>>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grl-mirror-apt-'))
  certificates = await makeCertificates(join(folder, 'tls'), ['IP:127.0.0.1'])
  signer = await makeAptSigner(join(folder, 'key'))
  stranger = await makeAptSigner(join(folder, 'stranger'))
  keyring = join(folder, 'archive.gpg')
  await must(['gpg', '--batch', '--quiet', '--dearmor', '--output', keyring, signer.key])
})

afterEach(async () => {
  closeAll()
  for (const one of await Promise.all(mirrors.values())) one.faults.clear()
})

afterAll(async () => {
  await Promise.all([...mirrors.values()].map(async (one) => (await one).stop()))
  await Promise.all([signer.stop(), stranger.stop()])
  await rm(folder, { recursive: true, force: true })
})

/** A mirror of that name; it is filled when it is made. */
function mirror(name: string, fill: (folder: string) => Promise<void>): Promise<AptMirror> {
  const make = async (): Promise<AptMirror> => {
    const made = await startAptMirror(join(folder, name), '127.0.0.1', certificates)
    await fill(made.folder)
    return made
  }
  const one = mirrors.get(name) ?? make()
  mirrors.set(name, one)
  return one
}

/** The archive of five days ago; the same bytes on every mirror, as on real ones. */
async function honest(name: string, change: (folder: string) => Promise<void> = async () => {}): Promise<AptMirror> {
  const first = await mirror('first', (into) => signer.publish(into, [{ ...SUITE, entries: 400 }]))
  if (name === 'first') return first
  return mirror(name, async (into) => {
    await must(['cp', '-a', join(first.folder, 'debian'), join(into, 'debian')])
    await change(into)
  })
}
const published = (name: string, suite: Partial<AptSuite>, by = signer): Promise<AptMirror> =>
  mirror(name, (into) => by.publish(into, [{ ...SUITE, ...suite }]))

function adapter(options: { arch?: string; checked?: boolean; keyrings?: readonly string[] } = {}) {
  const { arch = 'amd64', checked = true, keyrings = [keyring] } = options
  const signature = checked ? gpgvSignature({ query: exec }, '/usr/bin/gpgv', keyrings) : null
  return aptAdapter({ folder: 'debian', codename: 'bookworm', arch, components: ['main'], signature }, () => now)
}
const reasonOf = async (one: AptMirror, options = {}) =>
  (await checkAll(adapter(options), [candidate('x', one.url)], openHttp())).reasons.x

test('what the system has a key for is safe; a stranger, a changed list and an old archive are not', async () => {
  const [first, copy, forged, changed, old] = await Promise.all([
    honest('first'),
    honest('copy'),
    published('forged', {}, stranger),
    honest('changed', (into) => writeFile(join(into, LIST), 'something else')),
    published('old', { date: ago(30) }),
  ])
  const named = { first, copy, forged, changed, old }
  const candidates = Object.entries(named).map(([id, { url }]) => candidate(id, url))
  const { reasons, causes, judgement, checks } = await checkAll(adapter(), candidates, openHttp())
  expect(reasons).toEqual({ forged: 'wrong-content', changed: 'not-artefact', old: 'stale' })
  expect(causes.forged).toContain('NO_PUBKEY')
  expect([...judgement.safe].toSorted()).toEqual(['copy', 'first', 'old'])
  expect(Object.fromEntries(judgement.fresh)).toEqual({ first: 'fresh', copy: 'fresh', old: 'stale' })
  const signatures = judgement.conflicts.find(({ item }) => item === 'dists/bookworm/InRelease signature')
  expect(signatures?.says.filter(({ wrong }) => wrong).map(({ id }) => id)).toEqual(['forged'])
  const dates = judgement.conflicts.find(({ item }) => item === 'dists/bookworm/InRelease Date')
  expect(dates?.says.map(({ id, wrong }) => [id, wrong])).toEqual([
    ['first', false],
    ['copy', false],
    ['old', true],
  ])
  const bulk = checks.get('copy')?.bulk
  const list = await readFile(join(copy.folder, LIST))
  expect(bulk).toMatchObject({ size: list.length, url: `${copy.url}/${LIST}` })
  expect(bulk?.whole?.(list)).toBeNull()
  expect(bulk?.whole?.(list.subarray(1))).toContain('sha256:')
})

test('without gpgv the majority decides about an InRelease of the same date', async () => {
  const [first, copy, forged] = await Promise.all([honest('first'), honest('copy'), published('forged', {}, stranger)])
  const candidates = Object.entries({ first, copy, forged }).map(([id, { url }]) => candidate(id, url))
  const other = join(folder, 'stranger', 'archive-key.asc')
  const strange = join(folder, 'strange.gpg')
  await must(['gpg', '--batch', '--quiet', '--dearmor', '--output', strange, other])
  // No gpgv, no key ring, one that gpgv cannot read, one beside it.
  for (const options of [
    { checked: false },
    { keyrings: [] },
    { keyrings: [signer.key] },
    { keyrings: [signer.key, strange] },
  ]) {
    const { reasons, judgement } = await checkAll(adapter(options), candidates, openHttp())
    const text = JSON.stringify(options)
    if (options.keyrings?.includes(strange)) expect([...judgement.safe], text).toContain('forged')
    else {
      expect(reasons, text).toEqual({ forged: 'wrong-content' })
      expect([...judgement.safe].toSorted()).toEqual(['copy', 'first'])
      expect(judgement.conflicts[0]?.verdict).toMatchObject({ key: 'mirror:conflict.majority' })
    }
  }
})

test('a list that does not fit the InRelease is wrong, alone as well', async () => {
  const other = await honest('other-list', async (into) => {
    const contrib = LIST.replace('main', 'contrib')
    await must(['cp', join(into, contrib), join(into, LIST)])
  })
  expect(await reasonOf(other)).toBe('wrong-content')
})

test('a changed, an ended, a foreign and an unsigned suite', async () => {
  const changed = await honest('changed-release', async (into) => {
    const text = await readFile(join(into, INRELEASE), 'utf8')
    await writeFile(join(into, INRELEASE), text.replace('Label: Debian', 'Label: debian'))
  })
  expect(await reasonOf(changed)).toBe('wrong-content')
  const appended = await honest('appended', async (into) => {
    const text = await readFile(join(into, INRELEASE), 'utf8')
    await writeFile(join(into, INRELEASE), `${text}\nDate: ${ago(0).toUTCString()}\n`)
  })
  expect(await reasonOf(appended)).toBe('not-artefact')
  expect(await reasonOf(await published('ended', { validUntil: ago(1) }))).toBe('stale')
  expect(await reasonOf(await published('unsigned', { unsigned: true }))).toBe('not-found')
  const foreign = await mirror('foreign', async (into) => {
    await signer.publish(into, [{ ...SUITE, suite: 'trixie' }])
    await must(['mv', join(into, 'debian/dists/trixie'), join(into, 'debian/dists/bookworm')])
  })
  expect(await reasonOf(foreign)).toBe('wrong-content')
  expect(await reasonOf(await honest('first'), { arch: 'riscv64' })).toBe('not-found')
})

test.each([
  [404, /InRelease/, 'not-found'],
  [403, /InRelease/, 'denied'],
  [429, /Packages/, 'rate-limited'],
  [503, /Packages/, 'server-error'],
  [200, /InRelease/, 'not-artefact'],
  [200, /Packages/, 'not-artefact'],
] as const)('%i at %s', async (status, only, reason) => {
  const first = await honest('first')
  first.faults.status(status, status === 200 ? '<html>log in</html>' : 'no', only)
  expect(await reasonOf(first)).toBe(reason)
})

test("a mirror's own folder is asked when it names one", async () => {
  const first = await honest('first')
  const { reasons } = await checkAll(adapter(), [candidate('x', `${first.url}/debian/`)], openHttp())
  expect(reasons).toEqual({})
})
