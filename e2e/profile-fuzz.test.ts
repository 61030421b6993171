import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tree } from './harness.ts'
import { HOSTILE } from './hostile/yaml.ts'
import { projectRoot } from './lab/cache.ts'

// A hostile file is refused by the real command line: quickly, in little memory, and with nothing written.
const dir = mkdtempSync(join(tmpdir(), 'goready-fuzz-'))
const [home, root] = [join(dir, 'home'), join(dir, 'root')]
const meter = join(dir, 'meter.mjs')
let base = { megabytes: 0, ms: 0 }
let before: unknown

/** `ms`: of a processor, so that a busy machine makes no difference. */
type Told = { code: number | null; stdout: string; megabytes: number; ms: number }

/** `apply` on a file, and what it took: the process itself says at its end how much memory it had at most. */
function apply(path: string): Promise<Told> {
  const own = ['--profile', path, '--yes', '--json', '--home', home, '--root', root]
  const argv = ['--import', meter, join(projectRoot(), 'out/node/cli.js'), 'apply', ...own]
  const child = spawn(process.execPath, argv, { cwd: dir, env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8' } })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      const [, kilobytes, ms] = /peak (\d+) (\d+)/.exec(stderr) ?? []
      resolve({ code, stdout, megabytes: Number(kilobytes) / 1024, ms: Number(ms) })
    })
  })
}

const look = () => [tree(home), tree(root)]

beforeAll(async () => {
  for (const folder of [home, root]) mkdirSync(folder)
  const numbers = '${u.maxRSS} ${Math.round((u.userCPUTime + u.systemCPUTime) / 1000)}'
  writeFileSync(
    meter,
    `process.on('exit', () => { const u = process.resourceUsage(); process.stderr.write(\`peak ${numbers}\\n\`) })\n`,
  )
  const tiny = join(dir, 'tiny.yml')
  writeFileSync(tiny, 'version: 2\n')
  before = look()
  const first = await apply(tiny)
  expect(first.code).toBe(2)
  base = first
  expect(base.megabytes).toBeGreaterThan(10)
})
afterAll(() => rmSync(dir, { recursive: true }))

test.each(Object.entries(HOSTILE))('%s', { timeout: 20_000 }, async (name, make) => {
  const path = join(dir, 'hostile.yml')
  writeFileSync(path, make())
  const { code, stdout, megabytes, ms } = await apply(path)
  process.stdout.write(`${name}: ${ms - base.ms} ms and ${Math.round(megabytes - base.megabytes)} MB more\n`)
  const last: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null')
  expect(last).toMatchObject({ type: 'error', error: { code: 'bad-profile', values: { line: expect.any(Number) } } })
  expect(code).toBe(2)
  expect(megabytes - base.megabytes).toBeLessThan(100)
  expect(ms - base.ms).toBeLessThan(2000)
  expect(look()).toEqual(before)
})
