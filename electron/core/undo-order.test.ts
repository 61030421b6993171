import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formats } from '../settings/index.ts'
import { anUndo, aRun, FILES, mine, World } from '../system/test-world.ts'

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
