import { readFileSync } from 'node:fs'
import { openMirrorHttp } from '../../../electron/mirrors/http/client.ts'
import { isPage, statusOut } from '../../../electron/mirrors/http/errors.ts'
import { type Adapter, type Candidate, type Check, OutError } from '../../../electron/mirrors/race/adapter.ts'
import { LIMITS } from '../../../electron/mirrors/race/limits.ts'
import { runRace } from '../../../electron/mirrors/race/race.ts'
import type { RaceResult } from '../../../electron/contract/mirror.ts'

/** What the client's process is asked to do, and what it answers. */
export type Job =
  | { kind: 'race'; urls: readonly string[]; ca: string; machine: string; last: RaceResult | null }
  /** Reads for so long from one, as a person or chsrc would: all of it counts. `skip`: milliseconds of slow start. */
  | { kind: 'solo'; url: string; ca: string; ms: number; skip: number }
  /** The time of a connection and a small answer of each. */
  | { kind: 'latency'; urls: readonly string[]; ca: string }
export type Done = {
  race?: RaceResult
  solo?: { rate: number; bytes: number; ms: number }
  latency?: (number | null)[]
}

/** Answers jobs over the channel until it closes. */
export function serveJobs(): void {
  process.on('message', (job: Job) => {
    void perform(job).then(
      (done) => process.send?.(done),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`)
        process.exit(1)
      },
    )
  })
  process.on('disconnect', () => process.exit(0))
}

async function perform(job: Job): Promise<Done> {
  switch (job.kind) {
    case 'race':
      return { race: await race(job) }
    case 'solo':
      return { solo: await solo(job) }
    default:
      return { latency: await latency(job) }
  }
}

async function race({ urls, ca, machine, last }: Extract<Job, { kind: 'race' }>): Promise<RaceResult> {
  const http = openMirrorHttp({ environment: {}, authorities: [readFileSync(ca, 'utf8')], budget: LIMITS.bytes })
  const candidates = urls.map((url, at): Candidate => {
    const name = { zh: `m${at}`, en: `m${at}` }
    return { id: `m${at}`, url, name, official: at === 0, own: false }
  })
  try {
    const options = { adapter, candidates, http, limits: LIMITS, last, machine, report: () => {} }
    return await runRace(options, new AbortController().signal)
  } finally {
    http.close()
  }
}

async function solo({ url, ca, ms, skip }: Extract<Job, { kind: 'solo' }>) {
  const http = openMirrorHttp({ environment: {}, authorities: [readFileSync(ca, 'utf8')] })
  const started = performance.now()
  let [bytes, skipped, from] = [0, 0, 0]
  const onBytes = (chunk: Uint8Array): boolean => {
    const now = performance.now()
    bytes += chunk.length
    if (from === 0) from = now
    if (now - from < skip) skipped = bytes
    return now - started < ms
  }
  try {
    await http.read(`${url}/bulk`, { timeout: ms }, { onStart: () => {}, onBytes }, new AbortController().signal)
  } catch {
    // What chsrc sees as a failure takes its time all the same.
  } finally {
    http.close()
  }
  const now = performance.now()
  const span = skip > 0 ? now - from - skip : now - started
  return { rate: from === 0 || span <= 0 ? 0 : ((bytes - skipped) / span) * 1000, bytes, ms: now - started }
}

const latency = ({ urls, ca }: Extract<Job, { kind: 'latency' }>): Promise<(number | null)[]> =>
  Promise.all(
    urls.map(async (url) => {
      const http = openMirrorHttp({ environment: {}, authorities: [readFileSync(ca, 'utf8')] })
      const started = performance.now()
      try {
        const { status } = await http.ask(`${url}/info`, {}, new AbortController().signal)
        return status === 200 ? performance.now() - started : null
      } catch {
        return null
      } finally {
        http.close()
      }
    }),
  )

/** The smallest real adapter: a hash and a date to compare, and bytes to read. */
const adapter: Adapter = {
  target: 'go',
  artefact: 'bench',
  async check({ url }, http, signal): Promise<Check> {
    const answer = await http.ask(`${url}/info`, { maxBytes: 4096 }, signal)
    const refused = statusOut(answer)
    if (refused !== null) throw refused
    if (isPage(answer)) throw new OutError('not-artefact', 'a page')
    const { hash, date } = JSON.parse(Buffer.from(answer.body).toString()) as { hash: string; date: string }
    return { says: { artefact: hash }, date, bulk: { url: `${url}/bulk`, headers: {}, size: null } }
  },
  judge(checks) {
    const says = [...checks].map(
      ([
        id,
        {
          says: { artefact = '' },
          date,
        },
      ]) => ({ id, artefact, date: date ?? '' }),
    )
    const most = (values: readonly string[]): string | undefined =>
      values.toSorted((a, b) => values.filter((v) => v === b).length - values.filter((v) => v === a).length)[0]
    const [hash, newest] = [
      most(says.map(({ artefact }) => artefact)),
      says
        .map(({ date }) => date)
        .toSorted()
        .at(-1),
    ]
    const out = new Map<string, { reason: 'wrong-content' | 'stale'; cause: string }>()
    for (const { id, artefact, date } of says) {
      if (artefact !== hash) out.set(id, { reason: 'wrong-content', cause: artefact })
      else if (date !== newest) out.set(id, { reason: 'stale', cause: date })
    }
    return Promise.resolve({ out, conflicts: [], safe: new Set<string>(), fresh: new Map() })
  },
}
