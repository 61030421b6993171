import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lasting, powerCuts } from './faults/power.ts'
import { baseOf, rebuild } from './faults/rebuild.ts'
import { SCENARIOS } from './faults/scenarios.ts'
import type { Call } from './faults/strace.ts'
import {
  type Command,
  expectAllBack,
  expectNothingTorn,
  fail,
  type Job,
  kill,
  openJob,
  type Outcome,
} from './faults/sweep.ts'
import { endTracing, type Injection } from './faults/traced.ts'
import { spread } from './faults/window.ts'

const FULL = process.env.GOREADY_FULL === '1'
const HOURS = 3 * 3_600_000
/** Runs at the same time; each has a desk of its own. */
const WORKERS = FULL ? 8 : 2

let dir: string
let jobs: readonly Job[]

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'goready-sweep-'))
  const all = SCENARIOS.flatMap((scenario) => (['apply', 'undo'] as const).map((command) => ({ scenario, command })))
  const opened: Job[] = []
  await inParallel(all, async ({ scenario, command }, at) => {
    opened[at] = await openJob(join(dir, `${at}`), scenario, command)
  })
  jobs = opened
})
afterAll(async () => {
  await endTracing()
  rmSync(dir, { recursive: true, force: true })
})

/** A few at a time, each as soon as a worker is free. */
async function inParallel<T>(all: readonly T[], work: (one: T, at: number) => Promise<void>): Promise<void> {
  const left = [...all.entries()]
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) await work(next[1], next[0])
  }
  await Promise.all(Array.from({ length: WORKERS }, worker))
}

type Point = { label: string; meet(): Promise<Outcome> }

/** Meets every point of every job; what breaks is collected, so that one run shows all. */
async function sweep(pointsOf: (job: Job, at: number) => readonly Point[], kind: string) {
  const counts: Record<string, number> = {}
  const broken: string[] = []
  let [missed, met] = [0, 0]
  await inParallel([...jobs.entries()], async ([at, job]) => {
    for (const { label, meet } of pointsOf(job, at)) {
      try {
        const outcome = await meet()
        if (FULL && ++met % 100 === 0) process.stdout.write(`${kind}: ${met} …\n`)
        if (outcome === null) missed++
        else counts[outcome] = (counts[outcome] ?? 0) + 1
      } catch (error) {
        const place = `${job.ground.scenario.name}, ${job.command}, ${label}`
        broken.push(`${place}: ${error instanceof Error ? error.message : String(error)}`)
        if (broken.length <= 20) process.stdout.write(`${broken.at(-1)}\n`)
      }
    }
  })
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  process.stdout.write(
    `${kind}: ${total} counted ${JSON.stringify(counts)}, ${missed} outside, ${broken.length} broken\n`,
  )
  return { counts, broken, missed, total }
}

const KILLED_AT = [
  ...['openat', 'close', 'statx', 'pwrite64', 'fsync', 'ftruncate', 'rename', 'unlink', 'mkdir', 'rmdir'],
  ...['fchmod', 'fchown', 'utimensat'],
]
const place = (call: Call, command: Command): string => `${command} ${call.name} ${call.ordinal} ${call.path}`

test(
  'killed at any call: every file is old or new, the next start settles it, undo gives all back',
  async () => {
    const { total, broken, missed } = await sweep((job, at) => {
      const points = job.window.filter(({ name }) => KILLED_AT.includes(name))
      return spread(points, FULL ? points.length : 5, at / jobs.length).map((call) => ({
        label: place(call, job.command),
        meet: () => kill(job, call),
      }))
    }, 'kills')
    expect(broken).toEqual([])
    expect(missed).toBeLessThanOrEqual(total / 20)
    expect(total).toBeGreaterThanOrEqual(FULL ? 2000 : 30)
  },
  HOURS,
)

const FAILING = ['openat', 'read', 'pwrite64', 'fsync', 'rename', 'unlink', 'mkdir', 'rmdir', 'fchmod', 'fchown']
const ERRORS = ['ENOSPC', 'EIO', 'EACCES', 'EROFS', 'EINTR']

/** Once, and from there on; a call that is always interrupted would be repeated for ever. */
const injections = ({ name, ordinal }: Call): readonly Injection[] =>
  ERRORS.flatMap((error) => {
    const more = error === 'EINTR' ? `${ordinal}..${ordinal + 3}` : `${ordinal}+`
    return [String(ordinal), more].map((when) => ({ call: name, what: `error=${error}`, when }))
  })

test(
  'an error at any call: all is done, or all is given back, or what is not is said and the next start gives it back',
  async () => {
    const { total, broken, counts } = await sweep((job, at) => {
      const all = job.window.filter(({ name }) => FAILING.includes(name)).flatMap(injections)
      return spread(all, FULL ? 270 : 5, at / jobs.length).map((injection) => ({
        label: `${injection.what} at ${injection.call} ${injection.when}`,
        meet: () => fail(job, injection),
      }))
    }, 'errors')
    expect(broken).toEqual([])
    expect(total).toBeGreaterThanOrEqual(FULL ? 2000 : 30)
    expect(counts['given back']).toBeGreaterThan(0)
  },
  HOURS,
)

/** The states of a job's power cuts, as points: each is built, looked at, settled and given back. */
function cuts(job: Job, calls: readonly Call[]): readonly Point[] {
  const { ground, command } = job
  const kept = command === 'apply' ? 'before' : 'after'
  const base = baseOf((path) => ground.kept(kept, path))
  return [...powerCuts(calls, ground.desk, base)].map(({ at, built }) => ({
    label: `power cut after call ${at}`,
    async meet() {
      rebuild(ground, kept, built)
      await expectNothingTorn(job, true)
      await expectAllBack(job)
      return 'cut'
    },
  }))
}

test(
  'power cut at any moment: whatever the disk may hold then, the next start and an undo give all back',
  async () => {
    const { total, broken } = await sweep((job, at) => {
      const points = cuts(job, job.calls)
      return spread(points, FULL ? points.length : 16, at / jobs.length)
    }, 'power cuts')
    expect(broken).toEqual([])
    expect(total).toBeGreaterThanOrEqual(FULL ? 500 : 100)
  },
  HOURS,
)

test('what a run has done is on the disk for sure when it says so', async () => {
  for (const { ground, command, calls, before, after } of jobs) {
    const kept = command === 'apply' ? 'before' : 'after'
    rebuild(
      ground,
      kept,
      lasting(
        calls,
        ground.desk,
        baseOf((path) => ground.kept(kept, path)),
      ),
    )
    const { attributes: _, ...now } = ground.look()
    const { attributes: __, ...wanted } = command === 'apply' ? after : before
    expect(now).toEqual(wanted)
  }
})

test(
  'the model of power cuts sees a missing fsync of a file',
  async () => {
    const [job] = jobs
    const careless = (job?.calls ?? []).filter((call) => !(call.name === 'fsync' && /\.goready-/.test(call.path)))
    let torn = 0
    for (const { meet } of job ? spread(cuts(job, careless), 40) : []) await meet().catch(() => torn++)
    expect(torn).toBeGreaterThan(2)
  },
  HOURS,
)
