import type { Change } from '../contract/plan.ts'
import type { UndoResult } from '../contract/run.ts'
import {
  type Decision,
  type ElevatedRequest,
  type Elevation,
  type Elevator,
  type Hand,
  type HelperEnd,
  type LineChannel,
  type Reply,
  replySchema,
  type Way,
} from '../core/elevation.ts'
import { CodedError } from '../core/errors.ts'
import type { Places } from '../core/places.ts'
import type { System } from '../core/system.ts'
import { firstForbidden } from '../elevated/allowed.ts'
import { helpersRecords } from '../elevated/records.ts'
import { startTalking } from '../system/exec.ts'
import { openRendezvous } from '../system/rendezvous.ts'

type Argv = readonly [string, ...string[]]
type Started = { channel: LineChannel; ended: Promise<HelperEnd> }

export type ElevationParts = {
  sys: System
  places: Places
  elevator: Elevator
  /** What starts the helper; null where this program has none (a package that root cannot read). */
  helper: Argv | null
  /** Whether somebody sits at a terminal of this process. */
  terminal: boolean
}

/** How runs get administrator rights: by a helper that the person allows. */
export function openElevation({ sys, places, elevator, helper, terminal }: ElevationParts): Elevation {
  // Another home or root is none of the machine's own; the helper knows nothing else.
  const own = !places.otherHome && !places.otherRoot
  const open = async (path: string, signal: AbortSignal): Promise<Hand> => {
    const ways = own && helper !== null ? await elevator.ways(sys, terminal) : []
    for (const way of ways) {
      const channel = helper === null ? null : await begin(way, helper, signal)
      if (channel !== null) return handOver(channel, () => open(path, AbortSignal.timeout(AGAIN)))
    }
    throw new CodedError('needs-admin', { path })
  }
  return {
    open,
    async possible() {
      return own && helper !== null && (await elevator.ways(sys, terminal)).length > 0
    },
    async keepsRecords() {
      const folder = helpersRecords(places.platform)
      return !own || folder === null || (await sys.lstat(folder)) !== null
    },
    refuses(changes: readonly Change[], repair = false) {
      // Whose home it is the helper finds out itself.
      const asking = places.platform === 'linux' ? { ...sys.identity, home: '/' } : null
      return firstForbidden(changes, places, repair ? { asking } : null)
    },
  }
}

/** Milliseconds for a second password, where the first helper was killed and has to be tidied up after. */
const AGAIN = 120_000

/** Starts a helper and waits until it has its rights; null: nobody could be asked this way. */
async function begin(way: Way, helper: Argv, signal: AbortSignal): Promise<LineChannel | null> {
  signal.throwIfAborted()
  const { channel, ended } = await startBy(way, helper, signal)
  const first = await orAborted(channel.receive(), signal).catch((error: unknown) => {
    // One that still waits for a password finds its input closed, and does nothing.
    channel.close()
    throw error
  })
  if (first !== null && parse(first)?.t === 'ready') return channel
  channel.close()
  const end = await ended
  switch (way.refusal(end)) {
    case 'unavailable':
      return null
    case 'cancelled':
      throw new CodedError('cancelled')
    case 'refused':
      throw new CodedError('admin-refused', {}, end.stderr.trim().slice(0, 500))
    case null:
      throw new CodedError('admin-helper', {}, `${way.name}: ${end.code ?? '-'} ${end.stderr.trim()}`.slice(0, 500))
  }
}

async function startBy(way: Way, helper: Argv, signal: AbortSignal): Promise<Started> {
  if (way.channel === 'stdio') return startTalking(way.argv(helper), way.env)
  const place = await openRendezvous()
  const { address, secret } = place
  const { channel, ended } = startTalking(way.argv(helper, { address, secret }), way.env)
  const over = new AbortController()
  // Whoever asks for the password may end as soon as the helper runs; an error means that nobody comes.
  void ended.then(({ code }) => (code === 0 ? undefined : over.abort()))
  const met = await place.met(AbortSignal.any([signal, over.signal]))
  void place.close()
  channel.close()
  return { channel: met ?? channel, ended }
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason instanceof Error ? signal.reason : new CodedError('cancelled'))
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

function parse(text: string): Reply | null {
  try {
    return replySchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** What a run does with a helper that has its rights. `again` starts another one. */
function handOver(channel: LineChannel, again: () => Promise<Hand>): Hand {
  /** `gone`: it went without a word, and nobody knows how far it came. */
  let state: 'idle' | 'working' | 'done' | 'kept' | 'gone' | 'over' = 'idle'
  let run = ''
  let remaining: readonly string[] = []
  const say = (decision: Decision | ElevatedRequest): void => channel.send(JSON.stringify(decision))
  const next = async (): Promise<Reply> => {
    const text = await channel.receive().catch(() => null)
    const reply = text === null ? null : parse(text)
    if (reply !== null) return reply
    state = state === 'idle' ? 'over' : 'gone'
    channel.close()
    throw new CodedError('admin-helper', {}, text === null ? 'it has ended' : 'it said something unknown')
  }
  /** The replies up to the one that ends the work. */
  const follow = async (signal: AbortSignal, hear: (reply: Reply) => void | Promise<void>): Promise<Reply> => {
    state = 'working'
    const stop = (): void => say({ say: 'give back' })
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    try {
      for (;;) {
        const reply = await next()
        if (reply.t !== 'report' && reply.t !== 'ask') return reply
        await hear(reply)
      }
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
  const failed = (reply: Reply): CodedError => {
    state = 'over'
    if (reply.t === 'returned') {
      remaining = reply.remaining
      return new CodedError('cancelled')
    }
    if (reply.t !== 'failed') return new CodedError('admin-helper', {}, `unexpected: ${reply.t}`)
    remaining = reply.error.remaining ?? []
    return new CodedError(reply.error.code, reply.error.values ?? {}, reply.error.cause)
  }
  return {
    async apply(request, report, signal) {
      run = request.run
      say({ op: 'apply', ...request })
      const reply = await follow(signal, (one) => (one.t === 'report' ? report(one.report) : undefined))
      if (reply.t !== 'done') throw failed(reply)
      state = 'done'
    },
    async keep() {
      say({ say: 'keep' })
      const reply = await next()
      if (reply.t !== 'kept') throw failed(reply)
      state = 'kept'
    },
    async giveBack() {
      if (state === 'gone' || state === 'kept') return sweep(again, run)
      if (state !== 'done') return remaining
      say({ say: 'give back' })
      try {
        const reply = await next()
        if (reply.t !== 'returned') failed(reply)
        else remaining = reply.remaining
        state = 'over'
        return remaining
      } catch {
        return sweep(again, run)
      }
    },
    async undo(id, policy, ask, report, signal) {
      say({ op: 'undo', run: id, policy })
      const reply = await follow(signal, async (one) => {
        if (one.t === 'report') report(one.report)
        if (one.t === 'ask') say({ say: 'answer', answer: await ask(one.question) })
      })
      if (reply.t !== 'done') {
        const error = failed(reply)
        error.remaining = [...remaining]
        throw error
      }
      state = 'over'
      return reply.undo
    },
    close: () => channel.close(),
  }
}

/** Gives back by another helper what one that was killed has left. Answers what is not back. */
async function sweep(again: () => Promise<Hand>, run: string): Promise<readonly string[]> {
  const signal = AbortSignal.timeout(AGAIN)
  try {
    const hand = await again()
    const kept = () => Promise.resolve('keep' as const)
    const result: UndoResult | null = await hand.undo(run, 'keep', kept, () => {}, signal)
    hand.close()
    return (result?.kept ?? []).map((path) => `${path}: changed by another program in the meantime`)
  } catch (error) {
    return [`${run}: ${error instanceof Error ? error.message : String(error)}`]
  }
}
