import { readFileSync } from 'node:fs'
import { openMirrorHttp } from '../../../electron/mirrors/http/client.ts'
import type { Candidate } from '../../../electron/mirrors/race/adapter.ts'
import { LIMITS } from '../../../electron/mirrors/race/limits.ts'
import { runRace } from '../../../electron/mirrors/race/race.ts'
import type { RaceResult } from '../../../electron/contract/mirror.ts'
import { smallAdapter } from './adapter.ts'

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
    const options = { adapter: smallAdapter, candidates, http, limits: LIMITS, last, machine, report: () => {} }
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
