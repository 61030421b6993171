import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { signCatalogue, spki } from '../../scripts/sign-catalogue.mjs'
import { exec } from '../system/exec.ts'
import { MAX_CATALOGUE } from './catalogue.ts'
import { openMirrorHttp } from './http/client.ts'
import { download, readRenewal, RenewError } from './renew.ts'
import { CATALOGUE_KEYS, keyId, openSigned } from './signed.ts'

const ours = generateKeyPairSync('ed25519')
const other = generateKeyPairSync('ed25519')
const publicOf = (pair: typeof ours) => spki(pair.privateKey).toString('base64')
const keys = [publicOf(other), publicOf(ours)]
const catalogue = (change: object = {}) =>
  Buffer.from(JSON.stringify({ version: 1, date: '2026-12-01', mirrors: [], ...change }))
const signed = (content: Buffer, pair = ours) => signCatalogue(content, pair.privateKey)

/** Why it is not taken. */
function problem(bytes: Uint8Array, known = keys): string {
  try {
    readRenewal(bytes, known, '2026-11-22')
  } catch (error) {
    if (error instanceof RenewError) return error.problem
    throw error
  }
  return 'taken'
}

test('a signed catalogue is read, with each of the known keys', () => {
  expect(readRenewal(signed(catalogue()), keys, '2026-11-22')).toEqual({ date: '2026-12-01', mirrors: [] })
  expect(problem(signed(catalogue(), other))).toBe('taken')
})

test('one changed byte anywhere in the content or the signature is enough', () => {
  const good = signed(catalogue())
  const begin = good.indexOf('\n') + 1
  for (let at = begin; at < good.length; at++) {
    const bad = Buffer.from(good)
    bad[at] = (bad[at] ?? 0) ^ 1
    expect(problem(bad), `byte ${at}`).toBe('bad-signature')
  }
  const swapped = Buffer.from(
    good
      .toString('latin1')
      .replace(
        / ([A-Za-z0-9+/])(\S+==)\n/,
        (_, first: string, rest: string) => ` ${first === 'A' ? 'B' : 'A'}${rest}\n`,
      ),
    'latin1',
  )
  expect(swapped.equals(good)).toBe(false)
  expect(problem(swapped)).toBe('bad-signature')
  expect(problem(Buffer.concat([good, Buffer.from('\n')]))).toBe('bad-signature')
})

test.each([
  ['no signature', catalogue(), 'not-signed'],
  ['a cut first line', signed(catalogue()).subarray(0, 40), 'not-signed'],
  ['nothing', Buffer.alloc(0), 'not-signed'],
  ['a stranger’s key', signed(catalogue(), generateKeyPairSync('ed25519')), 'unknown-key'],
  ['another version', signed(catalogue({ version: 2 })), 'unknown-version'],
  ['no version', signed(catalogue({ version: undefined })), 'unknown-version'],
  ['an older day', signed(catalogue({ date: '2026-11-21' })), 'older'],
  ['broken JSON', signed(Buffer.from('{')), 'broken'],
  ['a broken schema', signed(catalogue({ mirrors: [{}] })), 'broken'],
  ['bytes that are no text', signed(Buffer.from([0x7b, 0xff])), 'broken'],
])('%s is refused', (_, bytes, reason) => {
  expect(problem(bytes)).toBe(reason)
})

test('the same day is taken: a correction may follow at once', () => {
  expect(problem(signed(catalogue({ date: '2026-11-22' })))).toBe('taken')
})

test('the published file was signed with a key of the program, whatever became of the built-in one since', () => {
  const content = openSigned(readFileSync('assets/mirrors.signed'), CATALOGUE_KEYS)
  expect(typeof content).not.toBe('string')
  expect(readRenewal(readFileSync('assets/mirrors.signed'), CATALOGUE_KEYS, '').mirrors.length).toBeGreaterThan(30)
})

test('the script signs what the program reads, and takes no other kind of key', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'goready-sign-'))
  try {
    const [key, rsa, from, to] = ['key.pem', 'rsa.pem', 'c.json', 'c.signed'].map((name) => join(folder, name))
    if (!key || !rsa || !from || !to) throw new Error('no paths')
    await writeFile(key, ours.privateKey.export({ type: 'pkcs8', format: 'pem' }))
    await writeFile(from, catalogue())
    const script = (...args: string[]) => exec([process.execPath, 'scripts/sign-catalogue.mjs', ...args])
    expect((await script(key, from, to)).code).toBe(0)
    expect(readRenewal(await readFile(to), [publicOf(ours)], '')).toMatchObject({ date: '2026-12-01' })
    const shown = (await script('--public', key)).stdout.trim()
    expect(keyId(shown)).toBe(keyId(publicOf(ours)))
    await writeFile(
      rsa,
      generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
    )
    expect((await script(rsa, from, to)).code).toBe(1)
    expect((await script()).code).toBe(1)
  } finally {
    await rm(folder, { recursive: true })
  }
})

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})
function serve(listener: RequestListener): Promise<string> {
  return new Promise((resolve) => {
    const server = createServer(listener)
    servers.push(server)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/mirrors.signed`)
    })
  })
}
const signal = new AbortController().signal
const client = (environment: Record<string, string> = {}) => openMirrorHttp({ environment })

test('a download is bounded in bytes and time, and says what was wrong', async () => {
  const fetched = async (listener: RequestListener, timeout?: number) => {
    const outcome = download(await serve(listener), client(), signal, timeout)
    return outcome.then(
      (bytes) => Buffer.from(bytes).toString(),
      (error: unknown) => (error instanceof RenewError ? [error.problem, error.message] : error),
    )
  }
  expect(await fetched((_, response) => response.end('yes'))).toBe('yes')
  expect(await fetched((_, response) => response.writeHead(404).end())).toEqual(['unreachable', 'HTTP 404'])
  expect(await fetched(() => {}, 200)).toEqual(['unreachable', 'timeout: no answer within 200 ms'])
  const endless: RequestListener = (_, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  }
  expect(await fetched(endless)).toEqual(['too-large', `> ${MAX_CATALOGUE}`])
  await expect(download('http://127.0.0.7:28999/', client(), signal)).rejects.toMatchObject({
    problem: 'unreachable',
    message: expect.stringContaining('ECONNREFUSED'),
  })
})

test('a proxy is on the way where one is set', async () => {
  const asked: string[] = []
  const proxy = await serve((request, response) => {
    asked.push(request.url ?? '')
    response.end('from the proxy')
  })
  const http = client({ http_proxy: new URL(proxy).origin })
  const bytes = await download('http://catalogue.example/x', http, signal)
  expect(Buffer.from(bytes).toString()).toBe('from the proxy')
  expect(asked).toEqual(['http://catalogue.example/x'])
})

test('a cancelled download is cancelled, not unreachable', async () => {
  const stop = new AbortController()
  const outcome = download(await serve(() => stop.abort()), client(), stop.signal)
  await expect(outcome).rejects.toMatchObject({ name: 'AbortError' })
})
