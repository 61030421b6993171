import { connect, isIPv6 } from 'node:net'

const LIMIT = 2500
/** Milliseconds that IPv6 may take longer than IPv4 before it costs time. */
const LEAD = 1500
const MOST = 3

/** How one address took a connection: milliseconds, or Node's code of what went wrong. */
export type Tried = { address: string; ms: number | null; code: string | null }

/** `lame`: a family of addresses that leads nowhere and that programs wait for, although the other works. */
export type Connected = { tried: readonly Tried[]; best: Tried | null; lame: Tried | null }

/** Connects to some addresses side by side, and tells what came of it. Throws for the signal alone. */
export async function tryAddresses(
  addresses: readonly string[],
  port: number,
  signal: AbortSignal,
): Promise<Connected> {
  const four = addresses.filter((address) => !isIPv6(address)).slice(0, MOST)
  const six = addresses.filter(isIPv6).slice(0, MOST)
  const stop = new AbortController()
  const inner = AbortSignal.any([signal, stop.signal])
  const attempt = (all: readonly string[]): Promise<Tried | null> => firstOf(all, port, inner)
  let end: NodeJS.Timeout | undefined
  try {
    const [v4, v6] = [attempt(four), attempt(six)]
    const first = v4.then((one) => {
      // IPv6 gets a little longer than IPv4 took, and then is what programs would wait for.
      if (one?.ms != null) end = setTimeout(() => stop.abort(), LEAD)
      return one
    })
    const tried = (await Promise.all([first, v6])).filter((one) => one !== null)
    signal.throwIfAborted()
    const best = tried.filter(({ ms }) => ms !== null).toSorted((a, b) => (a.ms ?? 0) - (b.ms ?? 0))[0] ?? null
    const lame = tried.find(({ address, code }) => isIPv6(address) && (code === 'ETIMEDOUT' || code === 'ABORTED'))
    return { tried, best, lame: best === null ? null : (lame ?? null) }
  } finally {
    clearTimeout(end)
    stop.abort()
  }
}

/** The first of several that takes a connection, else how the first one failed; null for none. */
async function firstOf(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Tried | null> {
  const all = addresses.map((address) => one(address, port, signal))
  const good = all.map(async (trial) => {
    const tried = await trial
    if (tried.ms === null) throw new Error(tried.code ?? '')
    return tried
  })
  return Promise.any(good).catch(async () => (await Promise.all(all))[0] ?? null)
}

function one(address: string, port: number, signal: AbortSignal): Promise<Tried> {
  return new Promise((resolve) => {
    const started = performance.now()
    const socket = connect({ host: address, port, noDelay: true })
    const end = (ms: number | null, code: string | null): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
      socket.destroy()
      resolve({ address, ms, code })
    }
    const aborted = (): void => end(null, 'ABORTED')
    const timer = setTimeout(() => end(null, 'ETIMEDOUT'), LIMIT)
    if (signal.aborted) return aborted()
    signal.addEventListener('abort', aborted, { once: true })
    socket.once('connect', () => end(performance.now() - started, null))
    socket.on('error', (error) => end(null, 'code' in error ? String(error.code) : 'ECONNRESET'))
  })
}
