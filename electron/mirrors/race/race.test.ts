import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { smallAdapter } from '../../../e2e/lab/race/adapter.ts'
import { type RaceProgress, type RaceResult, raceProgressSchema, raceResultSchema } from '../../contract/mirror.ts'
import { type MirrorClient, openMirrorHttp } from '../http/client.ts'
import type { Adapter, Candidate } from './adapter.ts'
import { LIMITS } from './limits.ts'
import { runRace } from './race.ts'

const open: { close(): void }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

async function listen(server: Server): Promise<string> {
  open.push({
    close() {
      server.closeAllConnections()
      server.close()
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const INFO = JSON.stringify({ hash: 'abc', date: '2026-11-22T00:00:00.000Z' })
type Pour = (response: ServerResponse) => void

/** A mirror with the right answer whose bytes come as `pour` says. */
const mirror = (pour: Pour, info = INFO): Promise<string> =>
  listen(createServer((request, response) => void (request.url === '/info' ? response.end(info) : pour(response))))
const answering = (listener: RequestListener): Promise<string> => listen(createServer(listener))

/** Sends what `due` says should be out after so many milliseconds, until nobody listens. */
const paced =
  (due: (ms: number) => number): Pour =>
  (response) => {
    const started = performance.now()
    let sent = 0
    const timer = setInterval(() => {
      const bytes = Math.floor(due(performance.now() - started)) - sent
      if (bytes <= 0) return
      sent += bytes
      response.write(Buffer.alloc(bytes))
    }, 5)
    response.on('close', () => clearInterval(timer))
  }
/** `kilobytes` a millisecond are megabytes a second. */
const steady = (megabytes: number): Pour => paced((ms) => ms * megabytes * 1000)

type Given = Partial<{
  limits: typeof LIMITS
  last: RaceResult | null
  signal: AbortSignal
  report(progress: RaceProgress): void
  adapter: Adapter
}>

async function race(
  urls: Readonly<Record<string, string>>,
  given: Given = {},
): Promise<RaceResult & { http: MirrorClient }> {
  const { limits = LIMITS, last = null, signal = new AbortController().signal, report = () => {} } = given
  const http = openMirrorHttp({ environment: {}, budget: limits.bytes })
  const candidates = Object.entries(urls).map(([id, url]): Candidate => {
    return { id, url, name: { zh: id, en: id }, official: false, own: false }
  })
  const adapter = given.adapter ?? smallAdapter
  try {
    const result = await runRace({ adapter, candidates, http, limits, last, machine: 'test', report }, signal)
    return { ...raceResultSchema.parse(result), http }
  } finally {
    http.close()
  }
}
const reasons = ({ entries }: RaceResult): Record<string, string | null> =>
  Object.fromEntries(entries.map(({ id, reason }) => [id, reason]))

test('everybody that is not right is out with his reason, however fast; the best of the rest is first', async () => {
  const flood: Pour = steady(20)
  const loop = await answering((_, response) => response.writeHead(302, { location: '/info' }).end())
  const result = await race({
    slow: await mirror(steady(1)),
    best: await mirror(steady(6)),
    portal: await answering((_, response) => response.end('<html>log in</html>')),
    wrong: await mirror(flood, INFO.replace('abc', 'def')),
    stale: await mirror(flood, INFO.replace('2026-11-22', '2026-11-12')),
    denied: await answering((_, response) => response.writeHead(403).end()),
    gone: await answering((_, response) => response.writeHead(404).end()),
    limited: await answering((_, response) => response.writeHead(429, { 'retry-after': '7' }).end()),
    loop,
    refused: 'http://127.0.0.7:28999',
    silent: await answering(() => {}),
    late: await mirror((response) => response.writeHead(200).flushHeaders()),
    cut: await mirror((response) => {
      response.writeHead(200, { 'content-length': 5_000_000 }).write(Buffer.alloc(10_000))
      setTimeout(() => response.destroy(), 10)
    }),
    page: await mirror((response) => response.end('<html>log in</html>')),
    third: await mirror(steady(3)),
  })
  expect(reasons(result)).toEqual({
    best: null,
    third: null,
    slow: null,
    portal: 'not-artefact',
    wrong: 'wrong-content',
    stale: 'stale',
    denied: 'denied',
    gone: 'not-found',
    limited: 'rate-limited',
    loop: 'redirects',
    refused: 'refused-connection',
    silent: 'timeout',
    late: 'timeout',
    cut: 'cut',
    page: 'not-artefact',
  })
  expect(result.entries.slice(0, 3).map(({ id }) => id)).toEqual(['best', 'third', 'slow'])
  expect(result.entries.find(({ id }) => id === 'limited')?.cause).toBe('HTTP 429, Retry-After: 7')
  expect(result.entries[0]).toMatchObject({ speed: 'fast', safe: 'unknown' })
  expect(result.entries.find(({ id }) => id === 'wrong')).toMatchObject({ safe: 'unsafe' })
  expect(result.entries.find(({ id }) => id === 'stale')).toMatchObject({ fresh: 'stale' })
  expect(result.chosen[0]).toBe(result.entries[0]?.url)
})

/** As fast as this machine can. */
const flooding: Pour = (response) => {
  const piece = Buffer.alloc(1 << 20)
  const more = (): void => {
    while (!response.destroyed && response.write(piece));
  }
  response.on('drain', more)
  more()
}

test('one that brings a gigabyte a second does not use up what all may take before its rate is known', async () => {
  const result = await race({ slow: await mirror(steady(1)), flood: await mirror(flooding) })
  expect(result.entries.map(({ id }) => id)).toEqual(['flood', 'slow'])
  expect(result.entries[0]?.numbers.rate).toBeGreaterThan(5_000_000)
  expect(result.entries[1]?.numbers.rate).toBeGreaterThan(0)
})

test('a mirror that is fast for its first megabyte does not win; one that starts slowly and is fast then does', async () => {
  const result = await race({
    throttled: await mirror(paced((ms) => Math.min(ms * 12_000, 1_000_000 + ms * 50))),
    steady: await mirror(steady(3)),
    late: await mirror(paced((ms) => (ms < 250 ? ms * 100 : 25_000 + (ms - 250) * 9000))),
    slow: await mirror(steady(0.5)),
  })
  expect(result.entries.map(({ id }) => id).slice(0, 2)).toEqual(['late', 'steady'])
})

test('it ends at its limits with what it knows, and nobody is read from beyond them', async () => {
  const many = Object.fromEntries(
    await Promise.all(Array.from({ length: 8 }, async (_, at) => [`m${at}`, await mirror(steady(4 + at))])),
  )
  const phases = new Set<string>()
  const report = ({ phase }: RaceProgress): void => void phases.add(phase)
  const short = await race(many, { limits: { ms: 600, bytes: LIMITS.bytes }, report })
  // Two groups alone need longer.
  expect([...phases]).toContain('groups')
  expect([...phases]).not.toContain('finals')
  expect(short.entries.every(({ state }) => state === 'ranked')).toBe(true)
  expect(short.chosen).toHaveLength(2)
  const small = await race(many, { limits: { ms: LIMITS.ms, bytes: 2_000_000 } })
  expect(small.bytes).toBeLessThan(4_000_000)
  expect(small.chosen).toHaveLength(2)
})

test('mirrors that pour out more than was asked for use up the bytes; nobody is left out of the result', async () => {
  const flood = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(Buffer.alloc(4_000_000))
  })
  await new Promise<void>((done) => flood.listen(0, '127.0.0.1', done))
  const address = flood.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  const many = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`m${at}`, `${url}/${at}`]))
  const adapter: Adapter = {
    ...smallAdapter,
    async check(candidate, http, signal) {
      await http.ask(candidate.url, { maxBytes: 3_000_000 }, signal)
      return smallAdapter.check(candidate, http, signal)
    },
  }
  const result = await race(many, { adapter, limits: { ms: LIMITS.ms, bytes: 2_000_000 } })
  flood.closeAllConnections()
  flood.close()
  expect(result.entries.map(({ id, state }) => `${id} ${state}`).toSorted()).toEqual(
    Object.keys(many).map((id) => `${id} out`),
  )
})

test('called off, it ends at once and leaves no connection', async () => {
  const sockets = new Set<Socket>()
  const server = createServer(
    (request, response) => void (request.url === '/info' ? response.end(INFO) : steady(2)(response)),
  )
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const url = await listen(server)
  const stop = new AbortController()
  const report = ({ phase }: RaceProgress): void => {
    if (phase === 'finals') stop.abort(new Error('enough'))
  }
  const urls = { a: `${url}/`, b: url.replace('127.0.0.1', 'localhost') }
  await expect(race(urls, { signal: stop.signal, report, adapter: rooted })).rejects.toThrow('enough')
  await expect.poll(() => sockets.size).toBe(0)
})

/** The addresses of that test end in a slash. */
const rooted: Adapter = {
  ...smallAdapter,
  check: (candidate, http, signal) =>
    smallAdapter.check({ ...candidate, url: candidate.url.replace(/\/$/, '') }, http, signal),
}

test('what was the best last time runs first, and stays while it is good', async () => {
  const asked: string[] = []
  const noted = (id: string, megabytes: number) =>
    mirror((response) => {
      asked.push(id)
      steady(megabytes)(response)
    })
  const urls = {
    a: await noted('a', 4),
    b: await noted('b', 3.8),
    c: await noted('c', 1),
    d: await noted('d', 1),
    e: await noted('e', 1),
  }
  const first = await race(urls)
  const last = { ...first, chosen: [urls.b], entries: first.entries.filter(({ id }) => id === 'b') }
  asked.length = 0
  const second = await race(urls, { last })
  expect(second.chosen[0]).toBe(urls.b)
  expect(second.why.key).toBe('mirror:why.again')
  expect(asked[0]).toBe('b')
})

test('its progress is absolute, grows, and comes at most ten times a second', async () => {
  const seen: RaceProgress[] = []
  const urls = { a: await mirror(steady(3)), b: await mirror(steady(2)), c: 'http://127.0.0.7:28999' }
  const result = await race(urls, { report: (progress) => seen.push(raceProgressSchema.parse(progress)) })
  const fractions = seen.map(({ fraction }) => fraction)
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b))
  expect(seen.at(-1)).toMatchObject({ phase: 'done', fraction: 1 })
  expect(seen.at(-1)?.entries.map(({ id, state }) => [id, state])).toEqual([
    ['a', 'measured'],
    ['b', 'measured'],
    ['c', 'out'],
  ])
  // Each phase begins with one of its own.
  expect(seen.length).toBeLessThanOrEqual(result.ms / 100 + 6)
})

test('nobody left is a result, not an error', async () => {
  const result = await race({ a: 'http://127.0.0.7:28999' })
  expect(result).toMatchObject({ chosen: [], why: { key: 'mirror:why.none' } })
  expect(result.entries).toMatchObject([{ state: 'out', reason: 'refused-connection' }])
  expect((await race({})).entries).toEqual([])
})

test('a body that was read whole is checked', async () => {
  const whole = await mirror((response) => response.end(Buffer.alloc(300_000, 'a')))
  const forged = await mirror((response) => response.end(Buffer.alloc(300_000, 'b')))
  const adapter: Adapter = {
    ...smallAdapter,
    async check(candidate, http, signal) {
      const check = await smallAdapter.check(candidate, http, signal)
      return { ...check, bulk: { ...check.bulk, whole: (body) => (body[0] === 97 ? null : 'forged') } }
    },
  }
  expect(reasons(await race({ whole, forged }, { adapter }))).toEqual({ whole: null, forged: 'wrong-content' })
})
