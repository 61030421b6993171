import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../lab/cache.ts'
import { Ground, type Look, torn } from './ground.ts'
import type { Scenario } from './scenarios.ts'
import type { Call } from './strace.ts'
import type { Injection, Traced } from './traced.ts'
import { hasBegun, isOurs, windowOf } from './window.ts'

export type Command = 'apply' | 'undo'
/** One command on one scenario, with how everything stands before the run and after it. */
export type Job = {
  ground: Ground
  command: Command
  /** The run's own calls, without a fault. */
  window: readonly Call[]
  calls: readonly Call[]
  before: Look
  after: Look
  /** Runs that stood before. */
  earlier: number
}

/** Longer than any content: the model of power cuts needs each byte. */
const ALL = 4_000_000

/** Prepares a scenario in a folder and runs the command once without a fault. */
export async function openJob(folder: string, scenario: Scenario, command: Command): Promise<Job> {
  mkdirSync(folder, { recursive: true })
  const ground = new Ground(folder, join(projectRoot(), 'assets/golang-tags.json'), scenario)
  await ground.prepare()
  const before = ground.look()
  const applied = well(await ground.run('apply', null, ALL))
  ground.keep('after')
  const after = ground.look()
  const changed = Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name])
  if (changed.filter((name) => name !== 'attributes' && !after[name]?.startsWith('dir')).length < 8)
    throw new Error(`fewer than 8 changes: ${changed.join(' ')}`)
  const { calls } = command === 'apply' ? applied : well(await ground.run('undo', null, ALL))
  const earlier = scenario.earlier ? 1 : 0
  const job = { ground, command, calls, window: windowOf(calls, ground.desk), before, after, earlier }
  if (command === 'undo') await expectAllBack(job)
  return job
}

function well(run: Traced): Traced {
  if (run.code !== 0) throw new Error(`without a fault: ${run.code} ${run.stderr} ${run.stdout.slice(-1500)}`)
  return run
}

/** What a fault did. null: it never came, or not within the window. Throws what the fault broke. */
export type Outcome = 'killed' | 'cut' | 'well' | 'given back' | 'told' | null

const start = ({ ground, command }: Job): void => ground.back(command === 'apply' ? 'before' : 'after')

/** Kills the run at a call, then looks at everything, starts again and gives everything back. */
export async function kill(job: Job, call: Call): Promise<Outcome> {
  const { ground } = job
  start(job)
  const run = await ground.run(job.command, { call: call.name, what: 'signal=SIGKILL', when: String(call.ordinal) })
  const hit = run.calls.at(-1)
  const counts = run.killed && hit !== undefined && isOurs(hit, ground.desk) && hasBegun(run.calls, ground.desk)
  await expectNothingTorn(job, true)
  await expectAllBack(job)
  return counts ? 'killed' : null
}

/** Lets a call fail, then looks at what the run said and at everything, and gives everything back. */
export async function fail(job: Job, injection: Injection): Promise<Outcome> {
  const { ground } = job
  start(job)
  const run = await ground.run(job.command, injection)
  const counts =
    run.calls.some((call) => call.injected && isOurs(call, ground.desk)) && hasBegun(run.calls, ground.desk)
  const end = job.command === 'apply' ? job.after : job.before
  if (run.code === 0) {
    expectSame(ground.look(), end, 'it said that all went well')
    await expectAllBack(job)
    return counts ? 'well' : null
  }
  const { message, remaining } = toldBy(run)
  if (run.code !== 1 || !/^.{20,}[.!]$/s.test(message))
    throw new Error(`status ${run.code}: ${run.stderr} ${run.stdout}`)
  await expectNothingTorn(job, remaining > 0)
  if (job.command === 'apply' && remaining === 0) expectSame(ground.look(), job.before, 'it said that all is back')
  await expectAllBack(job)
  return counts ? (remaining > 0 ? 'told' : 'given back') : null
}

/** The sentence that a run ended with, and how much it says is not back. */
function toldBy({ stdout }: Traced): { message: string; remaining: number } {
  for (const line of stdout.split('\n').toReversed()) {
    const error = /^\{.*"error":/.test(line) ? errorIn(JSON.parse(line)) : null
    if (error) return error
  }
  return { message: '', remaining: 0 }
}

function errorIn(event: { error?: { message?: unknown; remaining?: readonly string[] } }) {
  const { message, remaining } = event.error ?? {}
  return typeof message === 'string' ? { message, remaining: remaining?.length ?? 0 } : null
}

/** A content that a service gets to see for one reload stands in the journal, and counts as neither torn nor lost. */
export async function expectNothingTorn(job: Job, running: boolean): Promise<void> {
  const interims = await job.ground.interims()
  const now = job.ground.look(false)
  const names = torn(now, job.before, job.after, running).filter((name) => !interims.has(now[name] ?? ''))
  if (names.length > 0)
    throw new Error(`neither old nor new: ${names.map((name) => `${name} ${now[name]}`).join('; ')}`)
}

function expectSame(now: Look, wanted: Look, when: string): void {
  const names = Object.keys({ ...now, ...wanted }).filter((name) => now[name] !== wanted[name])
  if (names.length > 0)
    throw new Error(`${when}: ${names.map((name) => `${name} is ${now[name]}, not ${wanted[name]}`).join('; ')}`)
}

/** The next start settles it, and undo gives everything back; nothing of ours is left beside the history. */
export async function expectAllBack({ ground, before, earlier }: Job): Promise<void> {
  await ground.giveBack(earlier)
  expectSame(ground.look(), before, 'after the next start and an undo')
  const strays = ground.strays().filter((name) => name !== 'lock')
  if (strays.length > 0) throw new Error(`left behind: ${strays.join(' ')}`)
}
