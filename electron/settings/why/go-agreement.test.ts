import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { linuxPlaces } from '../../platform/linux/places.ts'
import { realSystem } from '../../system/real.ts'
import { makeHome, removeHome } from '../test-home.ts'
import { askFresh } from './ask-fresh.ts'
import { askStarts, gatherFacts } from './facts.ts'
import { goBelow, type GoTool } from './go-below.ts'
import { goTools } from './go-tool.ts'
import { played } from './look.ts'
import { explain } from './why.ts'

/**
 * The whole chain against the real `go env`: random lines in start-up files and in a GOENV file (marks in front,
 * carriage returns, twins, empty values, other files by GOENV), in every kind of terminal of every shell.
 */
const sys = realSystem()
const { signal } = new AbortController()
const CASES = process.env['GOREADY_FULL'] === '1' ? 120 : 8
/** The short form asks the same every time; the long one looks further. */
const SEED = process.env['GOREADY_FULL'] === '1' ? {} : { seed: 20261122 }
const NAMES = ['GOPROXY', 'GOFLAGS', 'GOPRIVATE', 'GONOSUMDB', 'GOSUMDB', 'GOINSECURE'] as const
let home = ''
let tools: readonly GoTool[] = []
beforeAll(async () => {
  home = await makeHome()
  tools = await goTools(sys, placesOf(), signal)
})
afterAll(() => removeHome(home))

const placesOf = () =>
  linuxPlaces({ home, environment: { PATH: '/usr/local/bin:/usr/bin:/bin' }, uid: sys.identity.uid, username: 'u' })

const name = fc.constantFrom(...NAMES)
const value = fc.constantFrom('https://a.example', 'https://b.example,direct', 'off', '', '-mod=mod', 'a.example')
const sh = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(name, value).map(([n, v]) => `export ${n}=${v}`) },
  fc.tuple(name, value).map(([n, v]) => `${n}=${v}`),
  name.map((n) => `unset ${n}`),
  fc.tuple(name, value).map(([n, v]) => `export ${n}=$(echo ${v})`),
  fc.constantFrom('export GOENV=off', 'export GOENV=$HOME/other', 'export GOENV=', 'export XDG_CONFIG_HOME=$HOME/cfg'),
)
const fish = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(name, value).map(([n, v]) => `set -gx ${n} ${v}`) },
  name.map((n) => `set -e ${n}`),
  fc.tuple(name, value).map(([n, v]) => `set -gx ${n} (echo ${v})`),
  fc.constantFrom('set -gx GOENV off', 'set -gx GOENV $HOME/other'),
)
const lines = (line: fc.Arbitrary<string>) =>
  fc.array(line, { maxLength: 3 }).map((all) => all.map((one) => `${one}\n`).join(''))
const goenvLine = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(name, value).map(([n, v]) => `${n}=${v}`) },
  fc.constantFrom('# comment', '', 'lower=x', ' GOPROXY=indented', 'GOPROXY', '=x', 'GOPROXY =x'),
)
const goenv = fc
  .tuple(
    fc.array(goenvLine, { maxLength: 5 }),
    fc.constantFrom('\n', '\n', '\r\n'),
    fc.constantFrom('', '', '\ufeff'),
    fc.boolean(),
  )
  .map(([all, end, bom, last]) => bom + all.join(end) + (last ? end : ''))
const machine = fc.record({
  '.bashrc': lines(sh),
  '.profile': lines(sh),
  '.zshrc': lines(sh),
  '.zshenv': lines(sh),
  '.config/fish/config.fish': lines(fish),
  '.config/go/env': goenv,
  other: goenv,
  'cfg/go/env': goenv,
})

test('the winner that is named is what go answers, in every terminal', async () => {
  const [go = null] = tools
  if (go === null) throw new Error('these tests need Go')
  const count = { told: 0, asked: 0, open: 0 }
  await fc.assert(
    fc.asyncProperty(machine, async (files) => {
      await removeHome(home)
      for (const [file, text] of Object.entries(files)) {
        await mkdir(path.dirname(path.join(home, file)), { recursive: true })
        await writeFile(path.join(home, file), text)
      }
      const places = placesOf()
      const facts = await gatherFacts(sys, places)
      const answerTo = (one: string) =>
        played(sys, facts.world, () =>
          explain({
            name: one,
            facts,
            image: null,
            below: (ask) => goBelow(one, ask, go, facts.world, places),
            emptyHides: false,
            findings: [],
            programs: [],
          }),
        )
      const before = new Map(await Promise.all(NAMES.map(async (one) => [one, (await answerTo(one)).why] as const)))
      await askStarts(sys, facts, () => true, signal)
      for (const start of facts.starts) {
        const env = await askFresh(sys, places, start.shell, start.start, start.given, signal)
        if (env === null) continue
        const real = await sys.query([go.path, 'env', '-json', ...NAMES], { env: Object.fromEntries(env), cwd: '/' })
        const answers: unknown = JSON.parse(real.stdout)
        for (const one of NAMES) {
          const said = before.get(one)?.contexts.find(({ id }) => id === start.id)
          const later = (await answerTo(one)).why.contexts.find(({ id }) => id === start.id)
          const asked = said?.how === 'text' ? said : later
          count[said?.how === 'text' ? 'told' : later?.how === 'asked' ? 'asked' : 'open']++
          if (asked === undefined || asked.how === 'open') continue
          const message = `${start.id} ${one} ${JSON.stringify(files)}`
          expect({ [one]: asked.value ?? '' }, message).toEqual({
            [one]: Object.entries(answers ?? {}).find(([key]) => key === one)?.[1] ?? '',
          })
        }
      }
    }),
    { numRuns: CASES, ...SEED, endOnFailure: process.env['SHRINK'] !== '1' },
  )
  console.log(`agreement with go env: ${JSON.stringify(count)}`)
  expect(count.open).toBeLessThan(count.told)
  expect(count.told).toBeGreaterThan(count.asked)
}, 600_000)
