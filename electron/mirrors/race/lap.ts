import type { MirrorClient } from '../http/client.ts'
import { BudgetSpent, isPage, statusOut } from '../http/errors.ts'
import { type Bulk, OutError } from './adapter.ts'
import { Meter } from './meter.ts'

/** How long one reading goes on. Milliseconds count from the first byte. */
export type LapRules = {
  /** It is enough after this many milliseconds … */
  window: number
  /** … and this many bytes, unless the rate still grows. */
  least: number
  /** It ends after so many milliseconds whatever it does. */
  longest: number
  /** It ends after so many bytes, once `shortest` milliseconds are over; after twice as many whenever they came. */
  most: number
  shortest: number
  /** Milliseconds from the request to the first byte. */
  patience: number
  /** Bytes a second below which it need not go on, asked while it runs. */
  hopeless?: () => number
  /** Sees what comes in while it runs. */
  watch?: (meter: Meter) => void
}

export type Lap = {
  /** Bytes a second after slow start; null: nothing came. */
  rate: number | null
  bytes: number
  firstByteMs: number | null
  status: number | null
  via: string | null
  /** Why the mirror is out. */
  out: OutError | null
}

/** A body of at most so many bytes is kept, so that one that was read whole can be checked. */
const KEEP = 16 * 1024 * 1024

/**
 * Reads from one mirror for a short while. Never throws but for an aborted signal or a spent budget: what goes
 * wrong at the mirror is in `out`.
 */
export async function runLap(bulk: Bulk, http: MirrorClient, rules: LapRules, signal: AbortSignal): Promise<Lap> {
  const lap: Lap = { rate: null, bytes: 0, firstByteMs: null, status: null, via: null, out: null }
  const asked = performance.now()
  const meter = new Meter(asked)
  rules.watch?.(meter)
  const chunks: Uint8Array[] = []
  const stop = new AbortController()
  const abort = (): void => stop.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  // A body that falls silent calls nobody.
  let timer = setTimeout(
    () => stop.abort(new OutError('timeout', `no byte within ${rules.patience} ms`)),
    rules.patience,
  )
  let whole = false
  try {
    signal.throwIfAborted()
    whole = await http.read(
      bulk.url,
      { headers: bulk.headers, timeout: rules.patience + rules.longest + 1000 },
      {
        onStart({ status, headers, timings, via }) {
          lap.status = status
          lap.via = via
          lap.firstByteMs = timings.firstByteMs
          const refused = statusOut({ status, headers })
          if (refused !== null) throw refused
        },
        onBytes(chunk) {
          const now = performance.now()
          if (meter.bytes === 0) {
            clearTimeout(timer)
            timer = setTimeout(() => stop.abort(ENOUGH), rules.longest)
          }
          meter.add(chunk.length, now)
          if (meter.bytes <= KEEP) chunks.push(chunk)
          return goesOn(meter, now, rules)
        },
      },
      stop.signal,
    )
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof BudgetSpent) {
      // Of what came very fast enough is known all the same.
      if (meter.elapsed(performance.now()) < rules.shortest && meter.bytes < rules.most) throw error
    } else if (error !== ENOUGH) lap.out = error instanceof OutError ? error : fail(error)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
    stop.abort(ENOUGH)
  }
  lap.bytes = meter.bytes
  lap.rate = meter.rate(performance.now(), whole)
  if (whole && lap.out === null) lap.out = wrongBody(bulk, chunks, meter.bytes)
  return lap
}

const ENOUGH = new Error('enough')

function fail(error: unknown): never {
  throw error
}

function goesOn(meter: Meter, now: number, { window, least, longest, most, shortest, hopeless }: LapRules): boolean {
  const elapsed = meter.elapsed(now)
  if (elapsed >= longest) return false
  // On a very fast link a few moments would use up what all together may take.
  if (elapsed < shortest) return meter.bytes < most * 2
  if (meter.bytes >= most) return false
  if (elapsed < window / 2) return true
  const growing = meter.growing(now)
  if (hopeless && !growing && (meter.rate(now, false) ?? 0) < hopeless()) return false
  return elapsed < window || meter.bytes < least || growing
}

/** A body that was read to its end is checked; nothing at all is no artefact, and neither is a page. */
function wrongBody(bulk: Bulk, chunks: readonly Uint8Array[], length: number): OutError | null {
  const body = Buffer.concat(chunks)
  if (length === 0 || isPage({ headers: {}, body })) return new OutError('not-artefact', `${length} bytes, no artefact`)
  if (bulk.size !== null && length < bulk.size) return new OutError('cut', `${length} of ${bulk.size} bytes`)
  const wrong = length > KEEP ? null : (bulk.whole?.(body) ?? null)
  return wrong === null ? null : new OutError('wrong-content', wrong)
}
