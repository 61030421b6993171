import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'

// Each line is planted as a file of its own; the linter has to refuse it by the named rule.
const WALL = 'eslint(no-restricted-imports)'
const planted: readonly [file: string, text: string, rule: string][] = [
  ['renderer/a.ts', "export * from '../electron/core/errors.ts'", WALL],
  ['renderer/b.ts', "export { readFile } from 'node:fs/promises'", WALL],
  ['renderer/c.ts', "export { ipcRenderer } from 'electron'", WALL],
  ['renderer/deep/d.ts', "export * from '../../electron/docker/pull/stream.ts'", WALL],
  ['electron/contract/a.ts', "export * from '../core/errors.ts'", WALL],
  ['electron/contract/b.ts', "export * from 'yaml'", WALL],
  ['electron/core/a.ts', "export * from '../docker/pull.ts'", WALL],
  ['electron/core/b.ts', "export type { Real } from '../system/real.ts'", WALL],
  ['electron/core/c.ts', "export { readFile } from 'node:fs'", WALL],
  ['electron/core/d.ts', "export const late = await import('../platform/index.ts')", WALL],
  ['electron/mirrors/a.ts', "export * from '../docker/pull.ts'", WALL],
  ['electron/mirrors/b.ts', "export * from '../system/real.ts'", WALL],
  ['electron/mirrors/c.ts', "export * from '../engine.ts'", WALL],
  ['electron/docker/a.ts', "export * from '../settings/docker/setting.ts'", WALL],
  ['electron/docker/b.ts', "export * from '../mirrors/race.ts'", WALL],
  ['electron/docker/c.ts', "export { spawn } from 'node:child_process'", WALL],
  ['electron/settings/go/a.ts', "export * from '../../platform/linux/places.ts'", WALL],
  ['electron/settings/go/b.ts', "export * from '../../system/real.ts'", WALL],
  ['electron/settings/c.ts', "export * from '../engine.ts'", WALL],
  ['electron/doctor/a.ts', "export * from '../platform/index.ts'", WALL],
  ['electron/doctor/b.ts', "export * from '../tasks/registry.ts'", WALL],
  ['electron/kit/a.ts', "export * from '../platform/index.ts'", WALL],
  ['electron/kit/b.ts', "export * from '../engine.ts'", WALL],
  ['electron/classroom/a.ts', "export * from '../system/real.ts'", WALL],
  ['electron/classroom/b.ts', "export { spawn } from 'node:child_process'", WALL],
  ['electron/telemetry/a.ts', "export * from '../settings/index.ts'", WALL],
  ['electron/telemetry/b.ts', "export * from '../engine/plans.ts'", WALL],
  ['electron/platform/linux/a.ts', "export * from '../../settings/index.ts'", WALL],
  ['electron/system/a.ts', "export * from '../platform/index.ts'", WALL],
  ['electron/system/b.ts', "export { execFile } from 'node:child_process'", WALL],
  ['electron/system/exec.ts', "export { exec } from 'node:child_process'", WALL],
  ['electron/tasks/a.ts', "export * from '../docker/pull.ts'", WALL],
  ['electron/engine.ts', "export { app } from 'electron'", WALL],
  ['electron/cli/a.ts', "export { app } from 'electron'", WALL],
  ['electron/cli/b.ts', "export * from '../ipc/serve.ts'", WALL],
  ['electron/cli/c.ts', "export { execSync } from 'node:child_process'", WALL],
  [
    'electron/preload.ts',
    "import { requests } from './contract/requests.ts'\nexport const names = Object.keys(requests)",
    WALL,
  ],
  ['electron/window.ts', "import { ipcMain } from 'electron'\nipcMain.removeAllListeners()", WALL],
  ['electron/main.ts', "import { ipcMain } from 'electron'\nipcMain.removeAllListeners()", WALL],
  ['electron/ipc/a.ts', "export { spawn } from 'node:child_process'", WALL],
  ['e2e/a.ts', "export { exec } from 'node:child_process'", WALL],
  ['scripts/a.mjs', "export { execSync } from 'node:child_process'", WALL],
  ['electron/cli/d.ts', 'export const options = { shell: true }', 'goready(no-shell)'],
  [
    'e2e/b.ts',
    "import { spawn } from 'node:child_process'\nspawn('ls', [], { shell: '/bin/sh' })",
    'goready(no-shell)',
  ],
  ['electron/tasks/b.ts', 'const work = async () => 1\nwork()', 'typescript(no-floating-promises)'],
  ['electron/tasks/c.ts', 'export const value: any = 1', 'typescript(no-explicit-any)'],
  ['renderer/e.ts', "export const run = () => eval('1')", 'eslint(no-eval)'],
]

// Every row of the table the other way round: what is allowed passes.
const clean: readonly [file: string, text: string][] = [
  ['renderer/ok.ts', "export type { Machine } from '../electron/contract/machine.ts'"],
  ['electron/contract/ok.ts', "export { z } from 'zod'"],
  ['electron/core/ok.ts', "export type { Note } from '../contract/note.ts'\nexport { parse } from 'yaml'"],
  ['electron/mirrors/ok.ts', "export { errno } from '../core/errors.ts'\nexport { connect } from 'node:net'"],
  ['electron/docker/ok.ts', "export type { Note } from '../contract/note.ts'"],
  [
    'electron/settings/docker/ok.ts',
    "export { tags } from '../../docker/tags.ts'\nexport { edit } from '../go/text.ts'",
  ],
  ['electron/doctor/ok.ts', "export { race } from '../mirrors/race.ts'"],
  ['electron/kit/ok.ts', "export { tags } from '../docker/tags.ts'\nexport { errno } from '../core/errors.ts'"],
  ['electron/telemetry/ok.ts', "export { errno } from '../core/errors.ts'"],
  ['electron/platform/ok.ts', "export { errno } from '../core/errors.ts'\nexport { places } from './linux/places.ts'"],
  ['electron/cli/ok.ts', "export { createEngine } from '../engine.ts'"],
  ['electron/core/ok.test.ts', "export { memory } from '../system/memory.ts'"],
]

const here = dirname(dirname(fileURLToPath(import.meta.url)))
let folder = ''
let found: readonly { file: string; rule: string }[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'goready-walls-'))
  await cp(join(here, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
  await cp(join(here, 'tsconfig.json'), join(folder, 'tsconfig.json'))
  await cp(join(here, 'scripts/lint'), join(folder, 'scripts/lint'), { recursive: true })
  await symlink(join(here, 'node_modules'), join(folder, 'node_modules'))
  for (const [file, text] of [...planted, ...clean]) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), `${text}\n`)
  }
  const report = z.object({ diagnostics: z.array(z.object({ code: z.string(), filename: z.string() })) })
  const output = await new Promise<string>((resolve) => {
    const argv = [
      join(here, 'node_modules/oxlint/bin/oxlint'),
      '--type-aware',
      '--format=json',
      'electron',
      'renderer',
      'e2e',
      'scripts',
    ]
    execFile(process.execPath, argv, { cwd: folder, maxBuffer: 1 << 26 }, (_error, stdout) => resolve(stdout))
  })
  found = report.parse(JSON.parse(output)).diagnostics.map(({ code, filename }) => ({ file: filename, rule: code }))
}, 60_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

test.each(planted)('%s is refused: %s', (file, _text, rule) => {
  expect(found.filter((entry) => entry.file === file).map((entry) => entry.rule)).toContain(rule)
})

test.each(clean)('%s is let through', (file) => {
  expect(found.filter((entry) => entry.file === file)).toEqual([])
})
