import type { HandlerId } from '../contract/plan.ts'
import type { ConflictPolicy, UndoResult } from '../contract/run.ts'
import type { TaskReport } from '../contract/task.ts'
import {
  type ApplyRequest,
  type AskConflict,
  type ElevatedRequest,
  type LineChannel,
  type Reply,
  requestSchema,
} from '../core/elevation.ts'
import { CodedError, causeText, toAppError } from '../core/errors.ts'
import { readRuns } from '../core/journal.ts'
import { withLock } from '../core/lock.ts'
import type { Presence } from '../core/presence.ts'
import { runPlan, settleInterrupted, type RunTools } from '../core/run.ts'
import type { Handler, Proposal } from '../core/setting.ts'
import type { System } from '../core/system.ts'
import { undoable } from '../core/standing.ts'
import { undoRun } from '../core/undo.ts'
import { formats } from '../settings/index.ts'
import { forgetAll } from './forget.ts'
import { listen } from './listen.ts'
import { replan, type ReplanParts } from './replan.ts'

export type ServeParts = Omit<ReplanParts, 'sys'> & {
  sys: System
  channel: LineChannel
  handlers: ReadonlyMap<HandlerId, Handler>
  presence: Presence
  /** The helper's own records. */
  state: string
  pid: number
  /** Whether it may be asked to forget everything: by root itself. */
  forgets: boolean
  /** Signals of the system. */
  signal: AbortSignal
}

/** Answers one request and what is said behind it. Never throws; what goes wrong is a reply. */
export async function serve(parts: ServeParts): Promise<void> {
  const { channel } = parts
  const say = (reply: Reply): void => channel.send(JSON.stringify(reply))
  say({ t: 'ready' })
  const stop = new AbortController()
  const off = (): void => stop.abort(new CodedError('cancelled'))
  parts.signal.addEventListener('abort', off, { once: true })
  let request: ElevatedRequest | null
  try {
    request = await readRequest(channel)
  } catch (error) {
    return say({ t: 'failed', error: toAppError(error) })
  }
  if (request === null) return
  const tools: RunTools = { ...parts, state: parts.state }
  if (request.op === 'forget') return say(await forget(request.undo, parts.forgets, tools, stop.signal))
  const heard = listen(channel, off)
  const report = (event: TaskReport): void => {
    // What the client proves itself is its own to tell.
    if (event.type === 'step' && OWN_STEPS.includes(event.step)) say({ t: 'report', report: event })
  }
  try {
    if (request.op === 'undo') {
      const ask: AskConflict = async (question) => {
        say({ t: 'ask', question })
        const decision = await heard.next()
        if (decision.say === 'answer') return decision.answer
        throw new CodedError('cancelled')
      }
      return say({ t: 'done', undo: await undo(request.run, request.policy, ask, tools, stop.signal) })
    }
    await apply(request, parts, tools, report, stop.signal, async () => {
      say({ t: 'done', undo: null })
      if ((await heard.next()).say !== 'keep') throw new CodedError('cancelled')
    })
    say({ t: 'kept' })
  } catch (error) {
    const coded = toAppError(error)
    if (coded.code === 'cancelled') say({ t: 'returned', remaining: coded.remaining ?? [] })
    else say({ t: 'failed', error: coded })
  }
}

/** Nobody waits at the other end: a closed channel calls nothing off. */
async function forget(giveBack: boolean, allowed: boolean, tools: RunTools, signal: AbortSignal): Promise<Reply> {
  try {
    if (!allowed) throw new CodedError('bad-request', {}, 'for root alone')
    const left = await forgetAll(giveBack, tools, signal)
    return left.length === 0 ? { t: 'done', undo: null } : { t: 'returned', remaining: [...left] }
  } catch (error) {
    return { t: 'failed', error: toAppError(error) }
  }
}

const OWN_STEPS: readonly string[] = ['install', 'files', 'reload', 'rollback']

/** null: nobody asked anything. Throws `bad-request`. */
async function readRequest(channel: LineChannel): Promise<ElevatedRequest | null> {
  const text = await channel.receive()
  if (text === null) return null
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new CodedError('bad-request', {}, 'not JSON')
  }
  const parsed = requestSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new CodedError('bad-request', {}, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`.slice(0, 300))
}

/** `decided` is asked when everything stands; what it throws gives everything back. */
async function apply(
  request: ApplyRequest,
  parts: ServeParts,
  tools: RunTools,
  report: (event: TaskReport) => void,
  signal: AbortSignal,
  decided: () => Promise<void>,
): Promise<void> {
  const changes = await replan(request, parts, signal)
  const client: Proposal = {
    id: 'shell',
    edits: [],
    notes: [],
    registries: [],
    verify: async () => {
      await decided()
      return []
    },
  }
  const plan = { id: request.run, changes, findings: [] }
  await runPlan({ run: request.run, plan, proposals: [client], image: null }, tools, report, signal)
}

async function undo(
  id: string,
  policy: ConflictPolicy,
  ask: AskConflict,
  tools: RunTools,
  signal: AbortSignal,
): Promise<UndoResult | null> {
  const { sys, state } = tools
  const known = (await readRuns(state, sys)).runs.some((run) => run.id === id)
  if (!known) return null
  return withLock(state, tools.pid, sys, async () => {
    await settleInterrupted(tools, signal)
    const { runs } = await readRuns(state, sys)
    const run = runs.find((one) => one.id === id)
    if (run === undefined || !undoable(run)) return null
    return undoRun(run, runs, policy, { ...tools, formats, signal, reloading: () => {}, ask })
  })
}

/** What a helper that cannot even begin says before it ends. */
export const unable = (error: unknown): string =>
  JSON.stringify({ t: 'failed', error: { code: 'internal', cause: causeText(error) } })
