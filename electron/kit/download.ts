import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { KIT_MANIFEST } from '../contract/kit.ts'
import { CodedError, writeError } from '../core/errors.ts'
import { folderOf } from '../core/paths.ts'
import { hashFile, holds, pathIn } from './folder.ts'
import { MAX_MANIFEST, parseManifest } from './manifest.ts'
import { kitId, type KitSource } from './source.ts'

/** Milliseconds without a byte. */
const SILENCE = 30_000
const TRIES = 3

/**
 * A kit that somebody serves. `authority`: PEM, the only one that is believed. Files come into `cache`, one folder a
 * kit; what was cut off goes on where it stopped. Errors: `kit-unreachable` {url}, `kit-damaged` {path}.
 */
export async function openServer(
  url: string,
  authority: string,
  cache: string,
  count: (bytes: number) => void,
  signal: AbortSignal,
): Promise<KitSource> {
  const base = url.replace(/\/+$/, '')
  const agent = new Agent({ ca: [authority], keepAlive: true, maxSockets: 4 })
  const get = (path: string, from: number, at: AbortSignal): Promise<IncomingMessage> =>
    ask(`${base}/kit/${path.split('/').map(encodeURIComponent).join('/')}`, from, agent, at)
  try {
    const text = await readText(await get(KIT_MANIFEST, 0, signal), base)
    const manifest = parseManifest(text, KIT_MANIFEST)
    const id = kitId(text)
    const folder = pathIn(cache, id)
    return {
      id,
      manifest,
      async file(path, at) {
        const wanted = manifest.files.find((one) => one.path === path)
        if (wanted === undefined) throw new CodedError('kit-damaged', { path })
        const target = pathIn(folder, path)
        if (await holds(folder, path, wanted, at)) {
          count(wanted.size)
          return target
        }
        await mkdir(folderOf(target), { recursive: true })
        for (let left = TRIES; ; left--) {
          try {
            await fetchInto(`${target}.part`, wanted.size, (from) => get(path, from, at), count, at)
            break
          } catch (error) {
            at.throwIfAborted()
            if (left <= 1 || (error instanceof CodedError && error.code !== 'kit-unreachable')) throw error
          }
        }
        const { sha256, size } = await hashFile(`${target}.part`, at)
        if (sha256 !== wanted.sha256 || size !== wanted.size) {
          await rm(`${target}.part`, { force: true })
          throw new CodedError('kit-damaged', { path }, sha256)
        }
        await rename(`${target}.part`, target)
        return target
      },
      release: (path) => rm(pathIn(folder, path), { force: true }),
      close: () => agent.destroy(),
    }
  } catch (error) {
    agent.destroy()
    throw error
  }
}

/** Appends what is missing. A server that sends more than was promised is cut off. */
async function fetchInto(
  part: string,
  size: number,
  get: (from: number) => Promise<IncomingMessage>,
  count: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const there = (await stat(part).catch(() => null))?.size ?? 0
  const from = there > size ? 0 : there
  if (from === size && size > 0) return
  const answer = await get(from)
  const resumed = from > 0 && answer.statusCode === 206
  let total = resumed ? from : 0
  if (resumed) count(from)
  answer.on('data', (chunk: Buffer) => {
    total += chunk.length
    count(chunk.length)
    if (total > size) answer.destroy(new CodedError('kit-damaged', { path: part }, 'more bytes than promised'))
  })
  try {
    await pipeline(answer, createWriteStream(part, { flags: resumed ? 'a' : 'w' }), { signal })
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof CodedError) throw error
    const written = writeError(error, part)
    throw written instanceof CodedError && written.code !== 'io'
      ? written
      : new CodedError('kit-unreachable', {}, error)
  }
}

function ask(url: string, from: number, agent: Agent, signal: AbortSignal): Promise<IncomingMessage> {
  const { host } = new URL(url)
  return new Promise((resolve, reject) => {
    const headers = from > 0 ? { range: `bytes=${from}-` } : {}
    const fail = (cause: unknown): void =>
      reject(signal.aborted ? signal.reason : new CodedError('kit-unreachable', { url: host }, cause))
    const outgoing = request(url, { agent, headers, signal, timeout: SILENCE }, (answer) => {
      const { statusCode = 0 } = answer
      if (statusCode === 200 || (from > 0 && statusCode === 206)) return resolve(answer)
      answer.resume()
      fail(`${url}: ${statusCode}`)
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no byte in ${SILENCE / 1000} s`)))
    outgoing.on('error', fail)
    outgoing.end()
  })
}

async function readText(answer: IncomingMessage, url: string): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer) {
    if (!(chunk instanceof Buffer)) continue
    size += chunk.length
    if (size > MAX_MANIFEST) throw new CodedError('kit-damaged', { path: url }, 'the list is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
