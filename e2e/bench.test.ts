import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { projectRoot } from './lab/cache.ts'

// That it measures, not how fast: times mean nothing on a machine that runs tests.
test('the benchmark of the start measures a pair and replays a pull into the window', async () => {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV|TEST$)/.test(name)))
  const script = join(projectRoot(), 'scripts', 'bench', 'start.mjs')
  const argv = [script, '--pairs', '1', '--events', '40000']
  const { stdout } = await promisify(execFile)(process.execPath, argv, { env })
  for (const name of ['first paint', 'usable'])
    expect(stdout).toMatch(new RegExp(`[✓✕] ${name} +[1-9]\\d* ms +[1-9]\\d* ms +\\d+\\.\\d\\d`))
  expect(stdout).toMatch(/[✓✕] memory +[1-9]\d+ MB +[1-9]\d+ MB +\d+\.\d\d/)
  // However fast the engine speaks, the window hears no more than it can show.
  expect(stdout).toMatch(/40\d{3} pull events/)
  expect(stdout).toMatch(/✓ messages a second +[1-9]\d* /)
})

test('the benchmark of a room measures a loop over ssh, xargs and both ways of the room', async () => {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV|TEST$)/.test(name)))
  const script = join(projectRoot(), 'scripts', 'bench', 'fleet.mjs')
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--seats', '2', '--forks', '2', '--json'], {
    env,
  })
  const { rows } = JSON.parse(stdout.slice(stdout.indexOf('{')))
  expect(rows.map(({ name }: { name: string }) => name)).toEqual([
    ...['a loop over ssh', 'xargs -P 2', 'GoReady, one wave', 'GoReady, in waves'],
  ])
  for (const { perSeat, ratio } of rows) expect(Math.min(perSeat, ratio)).toBeGreaterThan(0)
})
