import { z } from 'zod'
import { requests, type Envelope, type RequestName } from '../contract/requests.ts'
import { CodedError, toAppError } from '../core/errors.ts'
import type { Handlers } from './handlers.ts'

/** The largest request in UTF-16 units; a profile is at most a few kilobytes. */
const MAX_REQUEST = 256 * 1024

const nameSchema = z.enum(Object.keys(requests) as [RequestName, ...RequestName[]])

/**
 * What answers a request of the window: parses what is asked, calls the handler and answers an envelope.
 * It never throws: Electron does not keep thrown errors across `invoke`. Who asks was checked before.
 */
export function answerer(
  handlers: Handlers,
): (name: unknown, input: unknown, rest: readonly unknown[]) => Promise<Envelope> {
  return async (name, input, rest) => {
    try {
      return { ok: true, value: await answer(handlers, name, input, rest) }
    } catch (error) {
      return { ok: false, error: toAppError(error) }
    }
  }
}

async function answer(handlers: Handlers, name: unknown, input: unknown, rest: readonly unknown[]): Promise<unknown> {
  const known = nameSchema.safeParse(name)
  if (!known.success || rest.length > 0) throw new CodedError('bad-request', { request: String(name).slice(0, 64) })
  const schema = requests[known.data]
  const parsed = bounded(input) ? schema.input.safeParse(input) : undefined
  if (parsed?.success !== true)
    throw new CodedError('bad-request', { request: known.data }, parsed ? z.prettifyError(parsed.error) : 'too large')
  // The parsed input and the handler belong to the same name; TypeScript cannot follow that through the index.
  const handler = handlers[known.data] as (input: unknown) => Promise<unknown>
  // What leaves is exactly what the contract says: a field too much is dropped, a wrong one is our fault.
  return schema.output.parse(await handler(parsed.data))
}

/** Structured clone passes what JSON does not (circles, maps): those are refused here too. */
function bounded(input: unknown): boolean {
  try {
    return (JSON.stringify(input) ?? '').length <= MAX_REQUEST
  } catch {
    return false
  }
}
