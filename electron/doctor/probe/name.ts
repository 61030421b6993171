import { Resolver, lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { findPrograms, PLAIN_PATH } from '../../settings/find-program.ts'

/** Milliseconds that the system may take for a name, and another name server for its answer. */
const LIMIT = 2500
const OTHER_LIMIT = 1500
/** How long the system is waited for before anybody else is asked. */
const PATIENCE = 1000
/** From here on a name costs time that a person notices. */
const SLOW = 2000

/** What a name server said; `silent`: nothing, or that it cannot. */
export type Said = { server: string; answer: readonly string[] | 'unknown' | 'silent' }

/** `system`: the addresses that programs of this machine get. Else what was said by those who can be asked. */
export type Resolved = {
  addresses: readonly string[]
  ms: number
  state: 'found' | 'slow' | 'unknown' | 'down'
  /** The machine's own name servers, asked one by one where the system gave nothing in time. */
  own: readonly Said[]
  /** Others, asked where the system gave nothing. */
  others: readonly Said[]
}

export type NameParts = { sys: Reader; places: Places; resolvers: readonly string[] }

/**
 * Asks for a name as programs do, and where that gives nothing, whose fault it is. Throws for the signal alone.
 * The system is asked by a program of its own where there is one: a name server that does not answer would hold
 * a thread of this process, of which there are four for all files as well.
 */
export async function resolveName(host: string, parts: NameParts, signal: AbortSignal): Promise<Resolved> {
  const started = performance.now()
  const system = bySystem(host, parts, signal)
  // Whoever is to be asked in its place is asked while the system still waits.
  const early = await Promise.race([system, after(PATIENCE, signal, null)])
  const asked = early !== null && early.length > 0 ? null : askAll(host, parts.resolvers)
  const addresses = await system
  const ms = performance.now() - started
  if (addresses.length > 0) return { addresses, ms, state: ms > SLOW ? 'slow' : 'found', own: [], others: [] }
  const [own, others] = await (asked ?? askAll(host, parts.resolvers))
  signal.throwIfAborted()
  const known = own.find(({ answer }) => Array.isArray(answer))
  if (known && Array.isArray(known.answer)) {
    // One of several answers: programs wait for the silent ones first.
    return { addresses: known.answer, ms, state: ms > SLOW ? 'slow' : 'found', own, others }
  }
  const denied = own.some(({ answer }) => answer === 'unknown')
  return { addresses: [], ms: performance.now() - started, state: denied ? 'unknown' : 'down', own, others }
}

const askAll = (host: string, resolvers: readonly string[]) =>
  Promise.all([askOthers(host, ownServers()), askOthers(host, resolvers)])

/** What name servers say of a name, each by itself. */
export const askOthers = (host: string, resolvers: readonly string[]): Promise<readonly Said[]> =>
  Promise.all(resolvers.map((server) => askServer(host, server)))

export function ownServers(): readonly string[] {
  try {
    return new Resolver().getServers()
  } catch {
    return []
  }
}

async function bySystem(host: string, { sys, places }: NameParts, signal: AbortSignal): Promise<readonly string[]> {
  const getent = places.platform === 'linux' ? await getentProgram(sys, places) : null
  if (getent === null) return byNode(host, signal)
  const env = { PATH: PLAIN_PATH, LC_ALL: 'C' }
  const answer = await sys
    .query([getent, 'ahosts', '--', host], { env, cwd: '/', timeout: LIMIT, signal })
    .catch(() => null)
  signal.throwIfAborted()
  const found = (answer?.stdout ?? '').split('\n').map((line) => line.split(/\s/)[0] ?? '')
  return [...new Set(found.filter((address) => isIP(address) !== 0))]
}

const getentProgram = async (sys: Reader, places: Places): Promise<string | null> =>
  (await findPrograms(sys, places, 'getent', ['/usr/bin/getent']))[0] ?? null

function byNode(host: string, signal: AbortSignal): Promise<readonly string[]> {
  const asked = lookup(host, { all: true }).then(
    (all) => all.map(({ address }) => address),
    () => [],
  )
  return Promise.race([asked, after(LIMIT, signal, [])])
}

function after<T>(ms: number, signal: AbortSignal, value: T): Promise<T> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(value), ms)
    timer.unref()
    signal.addEventListener('abort', () => resolve(value), { once: true })
  })
}

async function askServer(host: string, server: string): Promise<Said> {
  try {
    const resolver = new Resolver({ timeout: OTHER_LIMIT, tries: 1 })
    resolver.setServers([server])
    const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    const answer = [four, six].flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
    if (answer.length > 0) return { server, answer }
    const codes = [four, six].flatMap((one) => (one.status === 'rejected' ? [codeOf(one.reason)] : []))
    return { server, answer: codes.some((code) => code === 'ENOTFOUND' || code === 'ENODATA') ? 'unknown' : 'silent' }
  } catch {
    // No address of a server.
    return { server, answer: 'silent' }
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')
