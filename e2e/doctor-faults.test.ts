import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AREAS, allFaults, type Area, type Planted } from './doctor/faults/index.ts'
import { type Field, openField } from './doctor/field.ts'
import { checkCalmly, openGround } from './doctor/ground.ts'
import { lookAtVariant, type Variant, variants } from './doctor/healthy.ts'
import { hung, misses, type Row, share, table } from './doctor/matrix.ts'
import { atOnce } from './doctor/pool.ts'
import { drawPairs, type Pair, plantBoth } from './doctor/pairs.ts'
import { randomFrom, todaysSeed } from './doctor/random.ts'
import { startServers } from './doctor/servers.ts'
import { plantAndLook } from './doctor/trial.ts'
import { projectRoot } from './lab/cache.ts'

// Faults are planted alone on a machine that is well: the check-up names each and nothing graver, its repair mends it, and
// the undo gives the planted state back byte for byte (every other fault, by the day, and a third of their repairs, drawn
// anew every day; all of them in the long version).
//
// One of them, while it is written (by its name or a part of it, or by its area; what was found is printed whole):
//   GOREADY_FAULT='goenv with a BOM' npx vitest run --project integration e2e/doctor-faults.test.ts
//   GOREADY_FAULT=healthy, GOREADY_FAULT=pairs: those alone; GOREADY_SEED=N: as on another day.
//   GOREADY_FAULT=go npx vitest run --project integration e2e/doctor-faults.test.ts

const named = process.env['GOREADY_FAULT'] ?? ''
/** The long version: every repair goes there and back, and there are more pairs. */
const FULL = process.env['GOREADY_FULL'] === '1'
/** How many stand on the field at once. */
const ABREAST = 2

let field: Field
beforeAll(async () => {
  field = await openField()
}, 600_000)
afterAll(() => field?.stop())

test('a machine that is well gives no finding', async () => {
  for (const alone of [false, true]) {
    const { ground, close } = await openGround(field, { alone })
    const { code, checkUp } = await checkCalmly(field, ground)
    await close()
    expect(checkUp.findings).toEqual([])
    expect(hung({}, { code, checkUp })).toEqual([])
    expect(code).toBe(0)
  }
})

test('each fault is named, nothing graver is, and its repair goes there and back', { timeout: 1_800_000 }, async () => {
  if (named === 'healthy' || named === 'pairs') return
  const seed = todaysSeed()
  const rows = new Map<string, Row>()
  const whole = named !== '' || FULL
  // Each takes seconds: two days in a row see them all, the long version does at once.
  const faults = wanted().filter((_, at) => whole || (at + seed) % 2 === 0)
  const random = randomFrom(seed)
  const repaired = new Set(faults.filter(() => whole || random() < 1 / 3).map(({ name }) => name))
  const trial = async (fault: Planted): Promise<void> => {
    const { row, report } = await plantAndLook(field, fault, repaired.has(fault.name))
    rows.set(fault.name, row)
    // It takes minutes: what goes wrong is told at once.
    if (named !== '' || row.wrong.length > 0) process.stdout.write(`${report}\n`)
  }
  const single = (fault: Planted): boolean => fault.alone === true || fault.stalls === true
  await atOnce(
    ABREAST,
    faults.filter((fault) => !single(fault)),
    trial,
  )
  await atOnce(1, faults.filter(single), trial)
  const sorted = faults.flatMap(({ name }) => rows.get(name) ?? [])
  const text = table(sorted)
  process.stdout.write(`${text}\n`)
  const missed = misses(sorted)
  if (missed.length > 0) process.stdout.write(`${missed.join('\n')}\n`)
  if (named !== '') return expect(missed).toEqual([])
  const folder = join(projectRoot(), 'test-results')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'doctor-matrix.md'), text)
  expect(sorted.length).toBeGreaterThanOrEqual(60)
  expect(share(sorted), `GOREADY_SEED=${seed}\n${missed.join('\n')}`).toBeGreaterThanOrEqual(0.95)
})

test('machines full of unusual but valid settings give no finding', { timeout: 1_800_000 }, async () => {
  if (named !== '' && named !== 'healthy') return
  const seed = todaysSeed()
  const servers = await startServers(field)
  const alarms: string[] = []
  const look = async (variant: Variant): Promise<void> => {
    alarms.push(...(await lookAtVariant(field, servers, variant)))
  }
  try {
    const all = variants(seed)
    await atOnce(
      ABREAST,
      all.filter(({ alone }) => !alone),
      look,
    )
    await atOnce(
      1,
      all.filter(({ alone }) => alone),
      look,
    )
  } finally {
    await servers.stop()
  }
  expect(alarms, `GOREADY_SEED=${seed}`).toEqual([])
})

test('two faults at once are both named', { timeout: 1_800_000 }, async () => {
  if (named !== '' && named !== 'pairs') return
  const seed = todaysSeed()
  const count = FULL ? 60 : 8
  const missed: string[] = []
  let planted = 0
  const look = async (pair: Pair): Promise<void> => {
    if (planted >= count) return
    planted++
    const wrong = await plantBoth(field, pair)
    if (wrong === null) planted--
    else missed.push(...wrong)
  }
  // More than are needed: some undo each other.
  const all = drawPairs(allFaults(), count * 3, seed)
  const isAlone = ([one, other]: Pair): boolean => one.alone === true || other.alone === true
  // Half of them where the engine and the servers may break.
  await atOnce(1, all.filter(isAlone).slice(0, count / 2), look)
  await atOnce(
    ABREAST,
    all.filter((pair) => !isAlone(pair)),
    look,
  )
  expect(planted).toBe(count)
  expect(missed, `GOREADY_SEED=${seed}`).toEqual([])
})

/** All faults, or those that GOREADY_FAULT names. */
function wanted(): readonly Planted[] {
  const area = AREAS.find((one): one is Area => one === named)
  if (area !== undefined) return allFaults([area])
  const all = allFaults()
  const found = all.filter(({ name }) => name.includes(named))
  if (found.length === 0) throw new Error(`no fault is called ${named}`)
  return found
}
