import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { draw, type Drawn, seeded } from './lab/race/draw.ts'
import { type Field, openField } from './lab/race/field.ts'
import { type Done, type Job, serveJobs } from './lab/race/runner.ts'
import { serveDraw } from './lab/race/server.ts'

/** Bits a second of the link that all share. */
const LINK = 100e6
/** chsrc reads so long from each, one after the other. */
const CHSRC = 8000
const SOLO = { ms: 1000, skip: 350 }
const GOALS = { time: 15, bytes: 20, share: 0.9, draws: 0.8 }

type Row = {
  ms: number
  bytes: number
  chosen: number
  quality: number
  fault: string | null
  peerMs: number
  peerBytes: number
  peerQuality: number
  latencyQuality: number
  full: boolean
  why: string
}

function options() {
  const { values } = parseArgs({
    options: {
      draws: { type: 'string', default: '20' },
      mirrors: { type: 'string', default: '30' },
      full: { type: 'string', default: '3' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      check: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  const { check, json, ...texts } = values
  const [draws, mirrors, full, seed] = [texts.draws, texts.mirrors, texts.full, texts.seed].map(Number)
  if (![draws, mirrors, full, seed].every((n) => Number.isInteger(n))) throw new Error('whole numbers only')
  return { draws: draws ?? 20, mirrors: mirrors ?? 30, full: full ?? 3, seed: seed ?? 1, check, json }
}

class Bench {
  readonly #field: Field
  readonly #client: ChildProcess
  readonly #ended: Promise<never>

  constructor(field: Field) {
    this.#field = field
    this.#client = field.startClient([process.execPath, fileURLToPath(import.meta.url), 'client'])
    this.#ended = new Promise((_resolve, reject) => {
      for (const event of ['exit', 'error']) this.#client.once(event, () => reject(new Error('the client has ended')))
    })
    this.#ended.catch(() => {})
  }

  async #do(job: Job): Promise<Done> {
    this.#client.send(job)
    return new Promise((resolve, reject) => {
      this.#client.once('message', (done: Done) => resolve(done))
      this.#ended.catch(reject)
    })
  }

  /** One draw: the race first, then what is needed to judge it. */
  async row(drawn: readonly Drawn[], machine: string, full: boolean): Promise<Row> {
    const { addresses, known } = this.#field
    const ca = known.ca
    const urls = addresses.map((address) => `https://${address}`)
    await this.#field.shape(drawn)
    const stop = serveDraw(this.#field, drawn)
    try {
      const { race } = await this.#do({ kind: 'race', urls, ca, machine, last: null })
      if (race === undefined) throw new Error('no result')
      const { latency = [] } = await this.#do({ kind: 'latency', urls, ca })
      const solos = await this.#solos(urls, ca)
      const peer = full ? await this.#peer(urls, ca) : computed(drawn, solos)
      // A mirror that serves the wrong thing is worth nothing, however fast.
      const worth = drawn.map(({ fault }, at) =>
        fault === null ? (solos[at] ?? 0) : fault === 'throttled' ? 60_000 : 0,
      )
      const best = Math.max(...worth)
      // No address: the tool's own default, the first.
      const chosen = race.chosen[0] === undefined ? 0 : urls.indexOf(race.chosen[0])
      const nearest = latency.reduce(
        (found: number, ms, at) => (ms !== null && ms < (latency[found] ?? Infinity) ? at : found),
        -1,
      )
      return {
        ms: race.ms,
        bytes: race.bytes,
        chosen,
        quality: (worth[chosen] ?? 0) / best,
        fault: drawn[chosen]?.fault ?? null,
        peerMs: peer.ms,
        peerBytes: peer.bytes,
        peerQuality: (worth[peer.chosen] ?? 0) / best,
        latencyQuality: (worth[nearest] ?? 0) / best,
        full,
        why: race.why.key,
      }
    } finally {
      stop()
    }
  }

  /** What each gives alone, after slow start. */
  async #solos(urls: readonly string[], ca: string): Promise<number[]> {
    const rates: number[] = []
    for (const url of urls) rates.push((await this.#do({ kind: 'solo', url, ca, ...SOLO })).solo?.rate ?? 0)
    return rates
  }

  async #peer(urls: readonly string[], ca: string) {
    const laps: { rate: number; bytes: number; ms: number }[] = []
    for (const url of urls) {
      const { solo } = await this.#do({ kind: 'solo', url, ca, ms: CHSRC, skip: 0 })
      laps.push(solo ?? { rate: 0, bytes: 0, ms: 0 })
    }
    return sums(laps)
  }
}

type PeerLap = { rate: number; bytes: number; ms: number }
function sums(laps: readonly PeerLap[]) {
  const rates = laps.map(({ rate }) => rate)
  return {
    ms: laps.reduce((sum, { ms }) => sum + ms, 0),
    bytes: laps.reduce((sum, { bytes }) => sum + bytes, 0),
    chosen: rates.indexOf(Math.max(...rates)),
  }
}

/** What one after the other would take, from the solo rates. A mirror that answers no bytes at once takes no time. */
const computed = (drawn: readonly Drawn[], solos: readonly number[]) =>
  sums(drawn.map((mirror, at) => computedLap(mirror, solos[at] ?? 0)))

function computedLap({ fault, rtt }: Drawn, solo: number): PeerLap {
  const flowing = CHSRC - 4 * rtt
  switch (fault) {
    case 'silent':
      return { rate: 0, bytes: 0, ms: CHSRC }
    case 'throttled':
      return { rate: 180_000, bytes: 1_440_000, ms: CHSRC }
    case 'wrong':
    case 'stale':
    case null:
      return { rate: (solo * flowing) / CHSRC, bytes: (solo * flowing) / 1000, ms: CHSRC }
    default:
      return { rate: 0, bytes: 0, ms: 4 * rtt }
  }
}

const mb = (bytes: number): string => (bytes / 1e6).toFixed(1).padStart(6)
const seconds = (ms: number): string => (ms / 1000).toFixed(1).padStart(6)
const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0
const total = (rows: readonly Row[], of: (row: Row) => number): number => rows.reduce((sum, row) => sum + of(row), 0)

function conclude(rows: readonly Row[]): boolean {
  const good = (of: (row: Row) => number) => rows.filter((row) => of(row) >= GOALS.share).length / rows.length
  const time = total(rows, ({ peerMs }) => peerMs) / total(rows, ({ ms }) => ms)
  const bytes = total(rows, ({ peerBytes }) => peerBytes) / total(rows, (row) => row.bytes)
  const goals: [string, boolean][] = [
    [`time      1/${time.toFixed(1)} of one after the other (goal: at most 1/${GOALS.time})`, time >= GOALS.time],
    [`bytes     1/${bytes.toFixed(1)} of one after the other (goal: at most 1/${GOALS.bytes})`, bytes >= GOALS.bytes],
    [
      `choice    ≥ ${GOALS.share} of the best in ${Math.round(good(({ quality }) => quality) * 100)} % of ${rows.length} draws (goal: ${GOALS.draws * 100} %)`,
      good(({ quality }) => quality) >= GOALS.draws,
    ],
  ]
  say(
    `GoReady: median ${seconds(median(rows.map(({ ms }) => ms)))} s, ${mb(median(rows.map((row) => row.bytes)))} MB, chosen÷best ${median(rows.map(({ quality }) => quality)).toFixed(2)}`,
  )
  for (const [name, of] of [
    ['one after the other', (row: Row) => row.peerQuality],
    ['latency alone', (row: Row) => row.latencyQuality],
  ] as const)
    say(
      `${name}: median chosen÷best ${median(rows.map(of)).toFixed(2)}, ≥ ${GOALS.share} in ${Math.round(good(of) * 100)} %`,
    )
  for (const [text, met] of goals) say(`${met ? '✓' : '✕'} ${text}`)
  return goals.every(([, met]) => met)
}

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

async function main(): Promise<number> {
  const { draws, mirrors, full, seed, check, json } = options()
  const random = seeded(seed)
  const field = await openField(mirrors, LINK)
  const end = (): void => void field.close().finally(() => process.exit(130))
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, end)
  try {
    const bench = new Bench(field)
    if (!json) say(`seed ${seed}: ${mirrors} mirrors, ${draws} draws, a link of ${LINK / 1e6} Mbit/s`)
    if (!json) say('draw  time s     MB  ÷best   one after the other: s      MB  ÷best   latency ÷best')
    const rows: Row[] = []
    for (let at = 0; at < draws; at++) {
      const row = await bench.row(draw(mirrors, random), `machine ${seed} ${at}`, at < full)
      rows.push(row)
      const { ms, quality, peerMs, peerBytes, peerQuality, latencyQuality } = row
      if (!json)
        say(
          `${String(at + 1).padStart(4)} ${seconds(ms)} ${mb(row.bytes)}   ${quality.toFixed(2)}   ${seconds(peerMs).padStart(22)} ${mb(peerBytes)}   ${peerQuality.toFixed(2)}${row.full ? ' ' : '*'}            ${latencyQuality.toFixed(2)}`,
        )
    }
    if (json) {
      say(JSON.stringify({ seed, rows }))
      return 0
    }
    if (full < draws) say('* computed from what each mirror gives alone')
    return conclude(rows) || !check ? 0 : 1
  } finally {
    await field.close()
  }
}

if (process.argv[2] === 'client') serveJobs()
else process.exit(await main())
