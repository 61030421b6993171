import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formats } from '../settings/index.ts'
import { settleInterrupted } from './run.ts'
import { anUndo, aRun, FILES, mine, STATE, World } from '../system/test-world.ts'

test('runs undone in any order leave every byte as it was, and nobody is asked', async () => {
  let [sequences, merges, refused] = [0, 0, 0]
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 3, arbitrary: aRun }, { weight: 1, arbitrary: anUndo }), {
        minLength: 2,
        maxLength: 9,
      }),
      fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 12 }),
      async (steps, order) => {
        const world = new World(formats)
        const before = world.tree()
        for (const step of steps) {
          if (step.kind === 'run') await world.apply(step)
          if (step.kind === 'undo') await world.undo(step.which, 'ask')
        }
        await world.undoAll(order, 'ask')
        expect(world.tree()).toEqual(before)
        sequences++
        merges += world.merges
        refused += world.refused
      },
    ),
    { numRuns: RUNS },
  )
  // Else it would say nothing about older runs, or about the same things.
  expect(merges).toBeGreaterThan(sequences / 4)
  expect(refused).toBeGreaterThan(sequences / 20)
})

test('with edits of the person in between, theirs stay and none of ours', async () => {
  let edits = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof({ weight: 3, arbitrary: aRun }, { weight: 1, arbitrary: anUndo }, { weight: 2, arbitrary: mine }),
        { minLength: 3, maxLength: 9 },
      ),
      fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 12 }),
      async (steps, order) => {
        const world = new World(formats)
        for (const step of steps) {
          if (step.kind === 'run') await world.apply(step)
          if (step.kind === 'undo') await world.undo(step.which, 'ours')
          if (step.kind === 'mine') world.write(step.file)
        }
        edits += world.written.size
        await world.undoAll(order, 'ours')
        for (const { path, start } of FILES) {
          const text = world.sys.text(path)
          expect(text ?? '').not.toMatch(/GOVAR|@s\d|v\d\.example/)
          if (world.written.has(path)) expect(text).toMatch(/^mine=1$/im)
          for (const line of (start ?? '').split('\n')) expect((text ?? '').split('\n')).toContain(line)
        }
        expect(world.sys.variables.user.get('Path')?.value).toBe('%SystemRoot%;C:\\x')
      },
    ),
    { numRuns: RUNS },
  )
  expect(edits).toBeGreaterThan(RUNS / 2)
})

const RUNS = Number(process.env['GOREADY_SEQUENCES'] ?? '40')

test.each(['the older first', 'the newer first'])(
  'an undo of an older run that is cut off at any write is settled and finished: %s',
  async (order) => {
    let cuts = 0
    for (let dying = 0; ; dying++) {
      const world = new World(formats)
      const before = world.tree()
      const edit = (file: number, key: number) => ({ file, key, value: 1 })
      await world.apply({ kind: 'run', edits: [edit(0, 0), edit(1, 0), edit(3, 0)], env: [0] })
      await world.apply({ kind: 'run', edits: [edit(0, 1), edit(1, 1), edit(3, 1)], env: [1] })
      await world.apply({ kind: 'run', edits: [edit(0, 2), edit(2, 2)], env: [] })
      let count = 0
      let dead = false
      world.sys.fault = (operation, path) => {
        if (count++ < dying && !dead) return
        // A line of a journal may be there in part.
        if (!dead && operation === 'append')
          world.sys.put(path, `${world.sys.text(path) ?? ''}{"t":"re`, { mode: 0o600 })
        dead = true
        throw new Error('killed')
      }
      await world.undo(2, 'ask').catch(() => {})
      world.sys.fault = () => {}
      await settleInterrupted({ sys: world.sys, handlers: world.handlers, state: STATE }, new AbortController().signal)
      await world.undoAll(order === 'the older first' ? [2, 1, 0] : [0], 'ask')
      expect(world.tree(), `cut off at ${dying}`).toEqual(before)
      if (!dead) break
      cuts++
    }
    expect(cuts).toBeGreaterThan(20)
  },
)
