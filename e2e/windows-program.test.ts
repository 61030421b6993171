import { execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WHY, wineRoot } from '../scripts/wine.mjs'
import { projectRoot } from './lab/cache.ts'

// The packaged Windows program under Wine 10: part of `npm run test:windows` alone, for it takes minutes. That takes this
// system's Wine, or gets one; where none can be had, it says so and fails.
let root: string | null = null
let home = ''
let program = ''

beforeAll(async () => {
  root = process.getuid?.() === 0 ? await wineRoot({ fetch: true }) : null
  if (root === null) throw new Error(WHY)
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV|TEST$)/.test(name)))
  const script = join(projectRoot(), 'scripts', 'package.mjs')
  const { stdout } = await promisify(execFile)(process.execPath, [script, 'win-dir'], { env })
  program = stdout.trim()
  home = mkdtempSync(join(tmpdir(), 'goready-windows-'))
  mkdirSync(join(home, 'windows'))
  expect(await inWine()).toBe(0)
})
afterAll(() => {
  if (home !== '') rmSync(home, { recursive: true, force: true })
})

function inWine(...argv: readonly string[]): Promise<number | null> {
  const own = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--']
  const script = ['sh', join(projectRoot(), 'e2e/wine-root.sh'), root ?? '', program, home, ...argv]
  const child = spawn('unshare', [...own, ...script], { stdio: ['ignore', 'ignore', 'inherit'] })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
}

async function run(...argv: readonly string[]) {
  const code = await inWine(...argv)
  return { code, stdout: readFileSync(join(home, 'out'), 'utf8'), stderr: readFileSync(join(home, 'err'), 'utf8') }
}
/** The command line's wrapper, as somebody at a prompt starts it. */
const goready = (...argv: readonly string[]) => run('cmd', '/c', 'Z:\\tmp\\goready\\program\\goready.cmd', ...argv)

test('the Windows program under Wine 10: detect, plan, apply of the user’s variables, undo', async () => {
  const detect = await goready('detect', '--json')
  expect(detect.code, detect.stderr).toBe(0)
  expect(JSON.parse(detect.stdout)).toMatchObject({ os: { platform: 'win32', arch: 'x64' } })

  writeFileSync(join(home, 'room.goready.yml'), 'version: 1\nenv: { set: { GREETING: 你好 }, path: [~/go/bin] }\n')
  const profile = ['--profile', 'Z:\\tmp\\goready\\home\\room.goready.yml']
  const before = (await run('reg', 'query', 'HKCU\\Environment')).stdout
  const plan = await goready('plan', ...profile)
  expect(plan.code, plan.stderr).toBe(3)
  expect(plan.stdout).toContain('GREETING=你好')
  const applied = await goready('apply', '--yes', '--json', ...profile)
  expect(applied.code, applied.stdout + applied.stderr).toBe(0)
  const after = (await run('reg', 'query', 'HKCU\\Environment')).stdout
  expect(after).toMatch(/GREETING\s+REG_SZ/)
  expect(after).toMatch(/go\\bin/i)
  expect((await goready('plan', ...profile)).code).toBe(0)
  const undone = await goready('uninstall', '--yes')
  expect(undone.code, undone.stdout + undone.stderr).toBe(0)
  expect((await run('reg', 'query', 'HKCU\\Environment')).stdout).toBe(before)
})
