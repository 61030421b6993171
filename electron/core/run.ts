import type { ImageFacts, Verification } from '../contract/image.ts'
import type { Finding } from '../contract/note.ts'
import type { Change, HandlerId, NoticeChange, Plan } from '../contract/plan.ts'
import type { ApplyResult, Receipt, Why } from '../contract/run.ts'
import type { StepId, TaskReport } from '../contract/task.ts'
import { applyChanges, rollback, nothingTouched } from './apply.ts'
import { helpersPart, refuseHopeless, requestFor, settledByHelper, takeHand } from './by-helper.ts'
import type { Choices, Elevation } from './elevation.ts'
import { CodedError, causeText, isCancel, toAppError, withRemaining } from './errors.ts'
import { type HeldChange, isHeld } from './held.ts'
import { keepBounds } from './bounds.ts'
import { beginRun, newRunId, readRun, readRuns, record } from './journal.ts'
import { LOCK_PATIENCE, lockHolder, type Waiting, withLock } from './lock.ts'
import { type Begun, bringPresences, isPresence, type Presence, presenceName, returnPresences } from './presence.ts'
import type { Formats } from './rebase.ts'
import type { Run } from './replay.ts'
import type { Handler, Proposal } from './setting.ts'
import type { System } from './system.ts'
import { settle } from './settle.ts'
import { isStep, type StepChange, withRights } from './steps.ts'
import { type Timed, untimed } from './timed.ts'
import { dropTrees } from './tree.ts'
import { actionOf, isChange } from './view.ts'

/** How long giving back may take once a run has failed; it no longer listens to the person's cancel. */
const ROLLBACK_TIMEOUT = 120_000

/** What a run needs of Docker. Null where the plan names no image. */
export type ImageTools = {
  reference: string
  /** Throws where the engine can't be used, before anything is touched. */
  ready(signal: AbortSignal): Promise<void>
  pull(signal: AbortSignal, report: (event: TaskReport) => void): Promise<ImageFacts>
  facts(signal: AbortSignal): Promise<ImageFacts>
  verify(signal: AbortSignal): Promise<Verification>
  /** Downloads a small module in a container through the chosen proxy. */
  verifyModule(signal: AbortSignal): Promise<{ module: Verification['module']; findings: readonly Finding[] }>
  remove(): Promise<void>
  /** Where `facts` came from, as far as it can be known. */
  receipt(facts: ImageFacts, signal: AbortSignal): Promise<Receipt>
}

export type RunInput = {
  plan: Plan
  proposals: readonly Proposal[]
  image: ImageTools | null
  /** What led to the run. */
  why?: Why | null
  /** What a helper with administrator rights plans again from; without it there is none for this plan. */
  choices?: Choices
  /** The name that the run is to have. */
  run?: string
}

export type RunTools = {
  sys: System
  handlers: ReadonlyMap<HandlerId, Handler>
  state: string
  pid: number
  /** Without it nothing is installed, started or joined. */
  presence?: Presence
  /** With them the history is kept within its bounds. */
  formats?: Formats
  /** How an ordinary account gets a helper with administrator rights. */
  elevation?: Elevation
  /** Sees what takes time. */
  timed?: Timed
  /** Hears the run's name once it has one. */
  named?: (run: string) => void
}

type OnDisk = HeldChange | StepChange | NoticeChange | Extract<Change, { kind: 'dir' }>
const isOnDisk = (change: Change): change is OnDisk =>
  isHeld(change) || isStep(change) || change.kind === 'dir' || change.kind === 'notice'

type Report = (event: TaskReport) => void

/**
 * Carries a plan out: files, reloads, settings asked back, pull, `go version`, a module through the proxy.
 * On a failure or cancel everything is given back and the error thrown; its `remaining` lists what was not.
 * With nothing to change it writes nothing at all, and only proves the result.
 */
export async function runPlan(
  input: RunInput,
  tools: RunTools,
  report: Report,
  signal: AbortSignal,
): Promise<ApplyResult> {
  signal.throwIfAborted()
  await input.image?.ready(signal)
  if (!input.plan.changes.some(isChange)) return prove(input, tools, null, report, signal)
  const changes = withRights(input.plan.changes)
  const part = helpersPart(input.plan.changes, tools)
  await refuseHopeless(input.plan.changes, part, input.choices ?? null, tools)
  await refuseOutOfReach(
    input.plan.changes.filter((_, index) => !part.has(index)),
    tools,
  )
  return withLock(
    tools.state,
    tools.pid,
    tools.sys,
    () => carryOut({ ...input, plan: { ...input.plan, changes } }, part, tools, report, signal),
    waitingFor(report, signal),
  )
}

/** Waits a moment for another GoReady, and says for whom. */
export const waitingFor = (report: Report, signal: AbortSignal): Waiting => ({
  patience: LOCK_PATIENCE,
  signal,
  told: (pid) => report({ type: 'waiting', pid }),
})

/** Throws `needs-admin` {path} for a change that this process itself can't make. */
async function refuseOutOfReach(changes: readonly Change[], { sys, presence }: RunTools): Promise<void> {
  const own = changes.find((change) => isPresence(change) && isChange(change))
  if (own && isPresence(own) && !(await presence?.possible(sys)))
    throw new CodedError('needs-admin', { path: presenceName(own) })
  const admin = changes.filter(isOnDisk).find((change) => change.admin)
  if (admin) throw new CodedError('needs-admin', { path: admin.path })
}

async function carryOut(
  input: RunInput,
  part: ReadonlySet<number>,
  tools: RunTools,
  report: Report,
  signal: AbortSignal,
): Promise<ApplyResult> {
  const { sys, handlers, state } = tools
  const settled = await settleInterrupted(tools, signal)
  const { changes } = input.plan
  // A disk that is full stops the run itself, and says so better.
  if (tools.formats) await keepBounds(state, tools.formats, sys, input.run === undefined).catch(() => {})
  const { runs } = await readRuns(state, sys)
  const runId = input.run ?? newRunId(new Date(), runs[0]?.id ?? null)
  tools.named?.(runId)
  // Before the first record: a refused password leaves nothing at all.
  const hand = await takeHand(changes, part, tools, report, signal)
  const choices = input.proposals.flatMap((proposal) => proposal.notes)
  const begin = {
    id: runId,
    startedAt: new Date().toISOString(),
    pid: tools.pid,
    changes,
    choices,
    why: input.why ?? null,
  }
  const journal = await beginRun(state, begin, sys).catch((error: unknown) => {
    hand?.close()
    throw error
  })
  const touched = nothingTouched()
  const timed = tools.timed ?? untimed
  const reloading = (): void => step(report, 'reload', 'running')
  const context = { sys, handlers, runId, journal, skip: part, timed, reloading }
  const presence = { sys, journal, presence: tools.presence }
  const brought: Begun = new Map()
  // All presences are the helper's where there is one.
  const own = part.size > 0 ? changes.filter((change) => !isPresence(change)) : changes
  let pulled = false
  let stands = false
  try {
    if (hand && input.choices) {
      await record(journal, { t: 'elevated', changes: [...part] }, sys)
      await hand.apply(await requestFor(runId, changes, part, input.choices), report, signal)
    }
    if (own.some(isPresence)) {
      step(report, 'install', 'running')
      await bringPresences(own, brought, presence, signal)
      step(report, 'install', 'done')
    }
    if (changes.some(isOnDisk)) {
      step(report, 'files', 'running')
      await applyChanges(changes, touched, { ...context, signal })
      step(report, 'files', 'done')
      const reloads = changes.some((change) => change.kind === 'notice' || (isHeld(change) && change.notify.length > 0))
      step(report, 'reload', reloads ? 'done' : 'skipped')
    } else {
      step(report, 'files', 'skipped')
    }
    const result = await prove(input, tools, runId, report, signal, () => {
      pulled = true
    })
    const { receipt, verification } = result
    if (receipt) await record(journal, { t: 'proved', receipt, module: verification?.module ?? null }, sys)
    await hand?.keep()
    await record(journal, { t: 'end', status: 'applied', remaining: [], findings: result.findings }, sys)
    stands = true
    // From here on nothing is given back any more: what is to make room goes for good.
    const dropped = await dropFinal(await readRun(journal, sys), sys)
    return { ...result, run: runId, changed: true, choices, findings: [...settled, ...result.findings, ...dropped] }
  } catch (thrown) {
    if (stands) throw thrown
    const error: unknown = signal.aborted ? signal.reason : thrown
    step(report, 'rollback', 'running')
    const back = AbortSignal.timeout(ROLLBACK_TIMEOUT)
    const remaining = [...(await rollback(changes, touched, { ...context, signal: back, reloading: () => {} }))]
    remaining.push(...(await returnPresences(changes, brought, presence)))
    remaining.push(...((await hand?.giveBack()) ?? []))
    if (pulled)
      await input.image
        ?.remove()
        .catch((reason: unknown) => remaining.push(`${input.image?.reference}: ${causeText(reason)}`))
    const status = isCancel(error) ? 'cancelled' : 'failed'
    // A disk that is full must not hide the failure behind it; without this record the run counts as cut off.
    await record(journal, { t: 'end', status, remaining, error: toAppError(error) }, sys).catch(() => {})
    step(report, 'rollback', remaining.length === 0 ? 'done' : 'failed')
    throw withRemaining(error, remaining)
  } finally {
    hand?.close()
  }
}

/** Runs that were cut off are settled before the next one begins. */
export async function settleInterrupted(
  tools: Pick<RunTools, 'sys' | 'handlers' | 'state' | 'presence'>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { runs, unbegun } = await readRuns(tools.state, tools.sys)
  for (const path of unbegun) await tools.sys.removeFile(path)
  const findings: Finding[] = []
  for (const run of runs.filter((entry) => entry.cutOff)) {
    findings.push(...(await settle(run, runs, { ...tools, signal })))
    findings.push(...(await settledByHelper(run, tools.sys)))
  }
  // One that was cut off while it deleted what is not to come back.
  for (const run of runs) findings.push(...(await dropFinal(run, tools.sys)))
  return findings
}

/** Deletes what a run that stands has moved away for good, and says what is left. */
async function dropFinal(run: Run, sys: System): Promise<readonly Finding[]> {
  const left = await dropTrees(run, sys)
  return left.map((path) => ({
    id: 'tree.left',
    severity: 'warning',
    note: { key: 'plan:tree.left', values: { path } },
  }))
}

/** Whether a run was cut off and waits to be settled. Only reads. */
export async function hasInterrupted(tools: Pick<RunTools, 'sys' | 'state'>): Promise<boolean> {
  if ((await lockHolder(tools.state, tools.sys)) !== null) return false
  const { runs } = await readRuns(tools.state, tools.sys)
  return runs.some(
    (run) =>
      run.cutOff && (run.changes.some((change, i) => tells(change) && run.touched.has(i)) || run.elevated.size > 0),
  )
}

/** Whether settling has something to say of it. */
const tells = (change: Change): boolean => change.kind !== 'dir' && (isOnDisk(change) || isPresence(change))

/** Asks the real tools whether what was chosen holds, pulls the image where it is missing, and proves it. */
async function prove(
  { plan, proposals, image }: RunInput,
  { sys, timed = untimed }: RunTools,
  run: string | null,
  report: Report,
  signal: AbortSignal,
  onPulled: () => void = () => {},
): Promise<ApplyResult> {
  const findings: Finding[] = [...plan.findings]
  step(report, 'settings', 'running')
  for (const proposal of proposals) {
    const answers = await timed({ kind: 'setting', name: proposal.id }, () => proposal.verify(sys, signal))
    findings.push(...answers)
    const wrong = answers.find((finding) => finding.severity === 'error')
    if (wrong)
      throw new CodedError(
        'setting-not-effective',
        { setting: proposal.id, ...wrong.note.values },
        wrong.details?.join('\n') ?? wrong.note.key,
      )
  }
  step(report, 'settings', 'done')
  const result: ApplyResult = {
    run,
    changed: false,
    files: plan.changes.flatMap((change) =>
      isHeld(change) || isStep(change) ? [{ path: change.path, action: actionOf(change) }] : [],
    ),
    choices: proposals.flatMap((proposal) => proposal.notes),
    image: null,
    receipt: null,
    verification: null,
    findings,
  }
  if (!image) return result
  const facts = await fetchImage(plan.changes, image, report, signal, onPulled)
  step(report, 'verify-image', 'running')
  const verification = await image.verify(signal)
  step(report, 'verify-image', 'done')
  step(report, 'verify-module', 'running')
  const { module, findings: more } = await image.verifyModule(signal)
  findings.push(...more)
  step(report, 'verify-module', module === null ? 'skipped' : 'done')
  const receipt = await image.receipt(facts, signal)
  return { ...result, image: facts, receipt, verification: { ...verification, module } }
}

async function fetchImage(
  changes: readonly Change[],
  image: ImageTools,
  report: Report,
  signal: AbortSignal,
  onPulled: () => void,
): Promise<ImageFacts> {
  const missing = changes.some((change) => change.kind === 'image' && !change.before)
  if (!missing) {
    step(report, 'pull', 'skipped')
    return image.facts(signal)
  }
  step(report, 'pull', 'running')
  const facts = await image.pull(signal, report)
  // One that somebody else has pulled in the meantime is not ours to remove.
  if (facts.pulled) onPulled()
  step(report, 'pull', 'done')
  return facts
}

type StepState = Extract<TaskReport, { type: 'step' }>['state']
const step = (report: Report, id: StepId, state: StepState): void => report({ type: 'step', step: id, state })
