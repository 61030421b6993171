// A downloader for @electron/get that gives up: after a few seconds without an answer, or when nothing moves. Not a command.
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** The server could not be reached, stopped answering, or does not have the file: another source may be tried. */
export class Unreachable extends Error {}

/** Times in milliseconds: until the answer's head, and between two pieces of its body. */
export function downloader({ connectTimeout, stallTimeout }) {
  return {
    async download(url, target) {
      const stop = new AbortController()
      const reason = (text) => new Unreachable(`${new URL(url).host}: ${text}`)
      let timer = setTimeout(() => stop.abort(reason(`no answer within ${connectTimeout / 1000} s`)), connectTimeout)
      const alive = () => {
        clearTimeout(timer)
        timer = setTimeout(() => stop.abort(reason(`nothing came for ${stallTimeout / 1000} s`)), stallTimeout)
      }
      try {
        const response = await fetch(url, { signal: stop.signal })
        if (!response.ok || response.body === null) throw reason(`status ${response.status}`)
        alive()
        await mkdir(dirname(target), { recursive: true })
        const body = Readable.fromWeb(response.body)
        body.on('data', alive)
        await pipeline(body, createWriteStream(target))
      } catch (error) {
        if (stop.signal.aborted) throw stop.signal.reason
        if (error instanceof Unreachable) throw error
        // fetch keeps the code in the cause.
        throw reason(error?.cause?.code ?? error?.code ?? error?.message ?? 'failed')
      } finally {
        clearTimeout(timer)
      }
    },
  }
}
