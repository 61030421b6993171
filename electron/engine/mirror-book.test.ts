import { generateKeyPairSync } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { signCatalogue, spki } from '../../scripts/sign-catalogue.mjs'
import { MAX_OWN } from '../contract/mirror.ts'
import { aMirror } from '../contract/test-mirror.ts'
import { toAppError } from '../core/errors.ts'
import { archiveUrl } from '../mirrors/catalogue.ts'
import { openMirrorHttp } from '../mirrors/http/client.ts'
import { realSystem } from '../system/real.ts'
import { MirrorBook } from './mirror-book.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const keys = [spki(privateKey).toString('base64')]
const { own: _, ...entry } = aMirror({ id: 'new', url: 'https://new.example' })
const builtIn = { date: '2026-11-22', mirrors: [aMirror({ id: 'old' })] }
const renewal = (date: string, mirrors: object[] = [entry]) =>
  signCatalogue(Buffer.from(JSON.stringify({ version: 1, date, mirrors })), privateKey)

let folder = ''
let state = ''
let server: Server
let url = ''
let served: Buffer
const signal = new AbortController().signal
const open = (origin: 'built-in' | 'file' = 'built-in', date = builtIn.date) =>
  new MirrorBook({
    sys: realSystem(),
    state,
    given: { catalogue: { ...builtIn, date }, origin },
    http: () => Promise.resolve(openMirrorHttp({ environment: {} })),
    keys,
    today: () => '2026-11-30',
  })
const ids = async (book: MirrorBook) => (await book.list()).mirrors.map(({ id }) => id)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'goready-book-'))
  state = join(folder, 'state')
  server = createServer((_request, response) => response.end(served))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`
})
afterEach(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

test('a renewal is kept and counts from then on, until the program brings a newer one', async () => {
  served = renewal('2026-12-01')
  expect(await open().refresh(url, signal)).toMatchObject({ severity: 'ok', note: { key: 'catalogue:renew.renewed' } })
  expect(await open().list()).toMatchObject({
    origin: 'renewed',
    date: '2026-12-01',
    mirrors: [{ id: 'new' }],
    findings: [],
  })
  expect((await stat(join(state, 'mirrors.signed'))).mode & 0o777).toBe(0o600)
  expect((await open().refresh(url, signal)).note.key).toBe('catalogue:renew.same')
  expect(await open('built-in', '2026-12-02').list()).toMatchObject({ origin: 'built-in', findings: [] })
  expect(await open('file').list()).toMatchObject({ origin: 'file', mirrors: [{ id: 'old' }] })
})

test('what is refused changes nothing, and the last good one stays', async () => {
  served = renewal('2026-12-05')
  await open().refresh(url, signal)
  const kept = await readFile(join(state, 'mirrors.signed'))
  // Newer than what came with the program, older than what is in use.
  served = renewal('2026-12-01', [])
  expect(await open().refresh(url, signal)).toMatchObject({
    severity: 'warning',
    note: { key: 'catalogue:renew.older' },
  })
  served = Buffer.from('<html>log in first</html>')
  expect((await open().refresh(url, signal)).note.key).toBe('catalogue:renew.not-signed')
  expect(await readFile(join(state, 'mirrors.signed'))).toEqual(kept)
  expect(await readdir(state)).toEqual(['mirrors.signed'])
  expect(await ids(open())).toEqual(['new'])
})

test('what is kept is checked again: changed behind our back, it is not used and said to be', async () => {
  served = renewal('2026-12-05')
  await open().refresh(url, signal)
  const file = join(state, 'mirrors.signed')
  await writeFile(file, (await readFile(file, 'latin1')).replace('new.example', 'bad.example'), 'latin1')
  expect(await open().list()).toMatchObject({
    origin: 'built-in',
    mirrors: [{ id: 'old' }],
    findings: [{ severity: 'warning', note: { key: 'catalogue:renew.bad-signature' } }],
  })
  // A broken one does not stand in the way of the next.
  expect((await open().refresh(url, signal)).note.key).toBe('catalogue:renew.renewed')
  expect(await ids(open())).toEqual(['new'])
})

test('own mirrors are added, changed, removed and remembered, readable by their owner alone', async () => {
  const book = open()
  const [first] = await book.save({ id: '', target: 'go', name: ' School ', url: 'https://go.school.example/' })
  expect(first).toMatchObject({ id: expect.stringMatching(/^own-[0-9a-f]{8}$/), name: 'School' })
  if (first === undefined) throw new Error('nothing was added')
  await book.save({ id: '', target: 'apt', name: '', url: 'https://apt.school.example/ubuntu' })
  await book.save({ ...first, url: 'https://go2.school.example' })
  expect((await stat(join(state, 'own-mirrors.json'))).mode & 0o777).toBe(0o600)
  const { mirrors } = await open().list()
  expect(mirrors).toMatchObject([
    { id: 'old' },
    { id: first.id, own: true, url: 'https://go2.school.example', status: 'alive', date: '2026-11-30' },
    { own: true, name: { zh: 'apt.school.example' } },
  ])
  const [, , apt] = mirrors
  expect(apt && archiveUrl(apt, 'ubuntu')).toBe('https://apt.school.example/ubuntu')
  expect(apt && archiveUrl(apt, 'debian')).toBeNull()
  await book.remove(first.id)
  expect(await open().own()).toMatchObject([{ target: 'apt' }])
})

test('changes at the same time do not lose each other', async () => {
  const book = open()
  await Promise.all(
    [1, 2, 3, 4].map((n) => book.save({ id: '', target: 'go', name: '', url: `https://m${n}.example` })),
  )
  expect(await book.own()).toHaveLength(4)
})

test.each([
  ['an address with a password', { url: 'https://u:p@a.example' }, 'grammar:url-credentials'],
  ['no web address', { url: 'ftp://a.example' }, 'grammar:url-scheme'],
  ['one that is there already', { url: 'https://m0.example/' }, 'catalogue:reason.twice'],
  ['an id that nobody has', { id: 'own-0', url: 'https://b.example' }, 'catalogue:reason.unknownOwn'],
  ['one too many', { url: 'https://b.example' }, 'catalogue:reason.tooMany'],
])('%s is refused', async (_name, change, reason) => {
  const mirrors = Array.from({ length: MAX_OWN }, (_one, n) => ({
    id: `own-${n + 1}`,
    target: 'go',
    name: '',
    url: `https://m${n}.example`,
    date: '2026-11-01',
  }))
  const sys = realSystem()
  await sys.makeDir(state, 0o700, sys.identity.uid, sys.identity.gid)
  await writeFile(join(state, 'own-mirrors.json'), JSON.stringify({ version: 1, mirrors }))
  const outcome = open().save({ id: '', target: 'go', name: '', ...change })
  expect(toAppError(await outcome.catch((error: unknown) => error))).toMatchObject({
    code: 'bad-arguments',
    values: { reason },
  })
  expect(await open().own()).toHaveLength(MAX_OWN)
})

test('forgetting leaves nothing behind', async () => {
  served = renewal('2026-12-05')
  const book = open()
  await book.refresh(url, signal)
  await book.save({ id: '', target: 'npm', name: '', url: 'https://npm.example' })
  await book.forget()
  expect(await readdir(state)).toEqual([])
})
