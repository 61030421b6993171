import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formats } from '../settings/index.ts'
import { keepBounds, MAX_BYTES, MAX_RUNS } from './bounds.ts'
import { readRuns } from './journal.ts'
import { undoable } from './standing.ts'
import { anUndo, aRun, FILES, mine, STATE, World } from '../system/test-world.ts'

const RUNS = Number(process.env['GOREADY_SEQUENCES'] ?? '30')
const few = { bytes: MAX_BYTES, runs: 3 }
const bound = (world: World) => keepBounds(STATE, formats, world.sys, true, few)

test('a history that is kept small still gives every byte back, in any order', async () => {
  let joined = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 4, arbitrary: aRun }, { weight: 1, arbitrary: anUndo }), {
        minLength: 4,
        maxLength: 10,
      }),
      fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 6 }),
      async (steps, order) => {
        const world = new World(formats)
        const before = world.tree()
        for (const step of steps) {
          await bound(world)
          if (step.kind === 'run') await world.apply(step)
          if (step.kind === 'undo') await world.undo(step.which, 'ask')
          const { runs } = await readRuns(STATE, world.sys)
          expect(runs.length).toBeLessThanOrEqual(few.runs)
          if (runs.some(({ squashed }) => squashed !== null)) joined++
        }
        await world.undoAll(order, 'ask')
        expect(world.tree()).toEqual(before)
      },
    ),
    { numRuns: RUNS },
  )
  expect(joined).toBeGreaterThan(RUNS / 2)
})

test('lines of the person that came between two runs survive their being put together', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 4, arbitrary: aRun }, { weight: 2, arbitrary: mine }), {
        minLength: 4,
        maxLength: 10,
      }),
      async (steps) => {
        const world = new World(formats)
        for (const step of steps) {
          await bound(world)
          if (step.kind === 'run') await world.apply(step)
          if (step.kind === 'mine') world.write(step.file)
        }
        await world.undoAll([0], 'ours')
        for (const { path } of FILES) {
          expect(world.sys.text(path) ?? '').not.toMatch(/GOVAR|@s\d|v\d\.example/)
          if (world.written.has(path)) expect(world.sys.text(path)).toMatch(/^mine=1$/im)
        }
      },
    ),
    { numRuns: RUNS },
  )
})

test('cut off at any write, the next start finds records that still undo right', async () => {
  let cuts = 0
  await fc.assert(
    fc.asyncProperty(fc.array(aRun, { minLength: 4, maxLength: 6 }), async (steps) => {
      for (let dying = 0; ; dying++) {
        const world = new World(formats)
        const before = world.tree()
        for (const step of steps) if (step.kind === 'run') await world.apply(step)
        let count = 0
        let dead = false
        world.sys.fault = (operation, path) => {
          if (count++ < dying && !dead) return
          // What is written beside a file is there in part when the power goes.
          if (!dead && operation === 'replaceFile') world.sys.put(`${path}.joined`, 'half')
          dead = true
          throw new Error('killed')
        }
        await bound(world).catch(() => {})
        world.sys.fault = () => {}
        cuts += dead ? 1 : 0
        await bound(world)
        await world.undoAll([2, 0, 1], 'ask')
        expect(world.tree()).toEqual(before)
        if (!dead) return
      }
    }),
    { numRuns: Math.ceil(RUNS / 3) },
  )
  expect(cuts).toBeGreaterThan(RUNS / 3)
})

test('what nothing can be given back from goes first; what stands is only put together', async () => {
  const world = new World(formats)
  const run = (key: number) => world.apply({ kind: 'run', edits: [{ file: 0, key, value: 1 }], env: [] })
  await run(0)
  await run(1)
  await world.undo(0, 'ask')
  await run(2)
  await bound(world)
  const { runs } = await readRuns(STATE, world.sys)
  expect(runs).toHaveLength(2)
  expect(runs.every(undoable)).toBe(true)
  expect(runs.some(({ squashed }) => squashed !== null)).toBe(false)
  expect(MAX_RUNS).toBe(200)
  await run(3)
  await keepBounds(STATE, formats, world.sys, false, few)
  expect((await readRuns(STATE, world.sys)).runs).toHaveLength(3)
  await bound(world)
  const after = await readRuns(STATE, world.sys)
  expect(after.runs.map(({ squashed }) => squashed?.count ?? 0)).toEqual([0, 1])
  // Private as before.
  for (const { path } of after.runs) expect((await world.sys.lstat(path))?.mode).toBe(0o600)
})

test('a key that the person set to something else in between stays theirs', async () => {
  for (const squash of [true, false]) {
    const world = new World(formats)
    const path = '/home/u/.config/go/env'
    await world.apply({ kind: 'run', edits: [{ file: 0, key: 0, value: 1 }], env: [] })
    world.sys.put(path, 'GOVAR0=https://theirs.example/\n')
    await world.apply({ kind: 'run', edits: [{ file: 0, key: 1, value: 1 }], env: [] })
    if (squash) await keepBounds(STATE, formats, world.sys, true, { bytes: MAX_BYTES, runs: 2 })
    // The older one, or the one that they have become.
    await world.undo(1, 'ask')
    if (!squash) await world.undo(0, 'ask')
    expect(world.sys.text(path)).toBe('GOVAR0=https://theirs.example/\n')
  }
})
