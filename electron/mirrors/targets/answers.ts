import { setMaxListeners } from 'node:events'
import type { z } from 'zod'
import { isPage, statusOut } from '../http/errors.ts'
import { type Answer, type Ask, type MirrorHttp, OutError } from '../race/adapter.ts'

/** Asks, and throws `OutError` with the fitting reason unless the answer is a 2xx. `what` names it in the cause. */
export async function askFor(
  http: MirrorHttp,
  url: string,
  ask: Ask & { what: string },
  signal: AbortSignal,
): Promise<Answer> {
  const { what, ...rest } = ask
  const answer = await http.ask(url, rest, signal)
  if (answer.status < 200 || answer.status > 299) throw refusal(answer, what)
  return answer
}

/** As `askFor`; a body that is not whole (more than `maxBytes`) is not what was asked for. */
export async function askWhole(
  http: MirrorHttp,
  url: string,
  ask: Ask & { what: string },
  signal: AbortSignal,
): Promise<Answer> {
  const answer = await askFor(http, url, ask, signal)
  if (!answer.complete) throw new OutError('not-artefact', `${ask.what}: more than ${answer.body.length} bytes`)
  return answer
}

/** Why a mirror that answers with this status is out; an excerpt of what it says with it is in the cause. */
export function refusal(answer: Answer, what: string): OutError {
  const out = statusOut(answer)
  return new OutError(
    out?.reason ?? 'not-artefact',
    `${what}: ${out?.message ?? `HTTP ${answer.status}`}${excerpt(answer)}`,
  )
}

/** The body as text, on one line, short enough for a cause. */
function excerpt({ body }: Answer): string {
  const text = new TextDecoder().decode(body.subarray(0, 200)).replace(/\s+/g, ' ').trim()
  return text === '' ? '' : `: ${text.slice(0, 120)}`
}

export const textOf = ({ body }: Answer): string => new TextDecoder().decode(body)

/** Throws `not-artefact` for a page where a file was asked for: what a portal answers, with status 200. */
export function refusePage(answer: Answer, what: string): void {
  if (isPage(answer)) throw new OutError('not-artefact', `${what}: an HTML page${excerpt(answer)}`)
}

/** The body as JSON of that form; `not-artefact` for anything else. */
export function jsonOf<T>(schema: z.ZodType<T>, answer: Answer, what: string): T {
  refusePage(answer, what)
  try {
    return schema.parse(JSON.parse(textOf(answer)))
  } catch {
    throw new OutError('not-artefact', `${what}: not the JSON that was asked for${excerpt(answer)}`)
  }
}

/** `base` without a slash at its end, then `path`; a name and a password in it stay. */
export const joinUrl = (base: string, path: string): string => `${base.replace(/\/+$/, '')}/${path}`

/** A range from the beginning of a large file, to see that it is there. */
export const HEAD_BYTES = 1024
export const headRange = { range: `bytes=0-${HEAD_BYTES - 1}` } as const

/** The size of the whole file behind an answer to a range request, or to a whole one; null where it does not say. */
export function sizeOf({ status, headers }: Answer): number | null {
  const text = status === 206 ? /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] : headers['content-length']
  return text === undefined || !/^\d+$/.test(text) ? null : Number(text)
}

/** Gives `work` a signal of its own; when it ends or fails, what is still on the way is called off. */
export async function together<T>(signal: AbortSignal, work: (inner: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const inner = AbortSignal.any([signal, stop.signal])
  // Each request listens to it; there may be many.
  setMaxListeners(0, inner)
  try {
    return await work(inner)
  } finally {
    stop.abort()
  }
}
