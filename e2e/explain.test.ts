import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { checkUpSchema } from '../electron/contract/doctor.ts'
import { explainedSchema } from '../electron/contract/explain.ts'
import { type Desk, goready } from './harness.ts'
import { projectRoot } from './lab/cache.ts'

// `explain`: the causes first, then what the checks that fit find on this machine.
const documentSchema = z.object({ explanations: z.array(explainedSchema), checkUp: checkUpSchema.nullable() })
let desk: Desk

beforeEach(() => {
  const dir = mkdtempSync(join(tmpdir(), 'goready-explain-'))
  for (const name of ['home', 'home/.config', 'home/.config/go', 'root']) mkdirSync(join(dir, name))
  const catalogue = join(projectRoot(), 'assets/golang-tags.json')
  desk = { dir, home: join(dir, 'home'), root: join(dir, 'root'), catalogue }
})
afterEach(() => rmSync(desk.dir, { recursive: true, force: true }))

const goenv = (text: string) => writeFileSync(join(desk.home, '.config/go/env'), text)
const FLAGS = 'go: parsing $GOFLAGS: non-flag "x"\n'

async function explain(input: string) {
  const { code, last } = await goready(desk, ['explain', '--json'], { input })
  return { code, ...documentSchema.parse(last) }
}

test('the checks that fit run, and no others; what they find has its repair, and the status says so', async () => {
  goenv('\ufeffGOFLAGS=-mod=mod\n')
  const { code, explanations, checkUp } = await explain(FLAGS)
  expect(explanations.map(({ cause }) => cause)).toEqual(['go-flags'])
  expect(checkUp?.checks.map(({ id }) => id)).toEqual(explanations[0]?.checks)
  expect(checkUp?.findings.map((one) => one.code)).toEqual(['go.env-bom'])
  expect(checkUp?.findings[0]?.repairs).toHaveLength(1)
  expect(code).toBe(3)
  const told = await goready(desk, ['explain', '--lang', 'en'], { input: FLAGS })
  expect(told.stdout).toMatch(/GOFLAGS holds.*\n[^]*goready repair go\.env-bom-[0-9a-f]{8}/)
})

test('where the checks find nothing the status is 0, where none fits none runs', async () => {
  expect(await explain(FLAGS)).toMatchObject({ code: 0, checkUp: { verdict: 'ready', findings: [] } })
  const nothing = await explain('nothing that anybody has ever printed\n')
  expect(nothing).toEqual({ code: 0, explanations: [], checkUp: null })
})
