import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { TARGETS } from './package/targets.mjs'
import { billOfMaterials, released } from './release.mjs'

const root = join(import.meta.dirname, '..')
const step = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.looseObject({}).optional(),
})
const job = z.looseObject({
  'runs-on': z.string(),
  'timeout-minutes': z.number().max(60),
  permissions: z.record(z.string(), z.string()).optional(),
  steps: z.array(step),
})
const text = readFileSync(join(root, '.github/workflows/release.yml'), 'utf8')
const workflow = z
  .looseObject({
    permissions: z.record(z.string(), z.string()),
    env: z.record(z.string(), z.string()),
    jobs: z.record(z.string(), job),
  })
  .parse(parse(text))
const jobs = Object.entries(workflow.jobs)
const steps = jobs.flatMap(([, one]) => one.steps)

test('the workflow may read, and one job may publish; it knows no secret but its own token', () => {
  expect(workflow.permissions).toEqual({ contents: 'read' })
  const more = jobs.flatMap(([name, { permissions }]) => (permissions ? [[name, permissions]] : []))
  expect(more).toEqual([['release', { contents: 'write' }]])
  const secrets = [...text.matchAll(/secrets\s*(\.|\[)\s*['"]?(\w+)/g)].map(([, , name]) => name)
  expect(new Set(secrets)).toEqual(new Set(['GITHUB_TOKEN']))
  // What somebody else names never gets into a script.
  for (const { run = '' } of steps) expect(run).not.toContain('${{')
})

test('every action is one commit, and none keeps the token', () => {
  for (const { uses, with: inputs } of steps) {
    if (uses === undefined) continue
    expect(uses).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40}$/)
    if (uses.startsWith('actions/checkout@')) expect(inputs).toMatchObject({ 'persist-credentials': false })
  }
})

test('every package is made on its own system, with the official Electron alone', () => {
  expect(workflow.env).toEqual({ GOREADY_OFFICIAL: '1' })
  const runners = { linux: /^ubuntu/, win32: /^windows/, darwin: /^macos/ }
  for (const [system, runner] of Object.entries(runners)) {
    const wanted = Object.entries(TARGETS).flatMap(([name, one]) => (one.ending && one.system === system ? [name] : []))
    const made = jobs
      .filter(([, one]) => runner.test(one['runs-on']))
      .flatMap(([, one]) => one.steps)
      .flatMap(({ run = '' }) => /npm run package -- (.*)/.exec(run)?.[1]?.split(' ') ?? [])
    expect(made.toSorted()).toEqual(wanted.toSorted())
  }
})

test('electron-builder’s targets are those that the script knows', () => {
  const config = z.looseObject({ target: z.array(z.string()) })
  const all = z
    .looseObject({ linux: config, win: config, mac: config })
    .parse(parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8')))
  for (const name of [...all.linux.target, ...all.win.target, ...all.mac.target]) expect(TARGETS).toHaveProperty([name])
})

test('the bill of materials names what the program brings, Electron too, and nothing that only made it', async () => {
  const bill = await billOfMaterials('45.4.1')
  const names = bill.components.map(({ name }) => name)
  expect(bill.bomFormat).toBe('CycloneDX')
  expect(names).toEqual(expect.arrayContaining(['react', 'zod', 'dockerode', 'electron']))
  expect(names).not.toContain('vitest')
  expect(bill.dependencies.some(({ dependsOn }) => dependsOn?.includes('electron@45.4.1'))).toBe(true)
})

test('of a folder only packages are listed', () => {
  const names = [
    'win-unpacked',
    'goready_0.1.0_amd64.deb',
    'builder-debug.yml',
    'GoReady-0.1.0-setup.exe',
    'a.cdx.json',
  ]
  expect(released([...names, 'latest.yml', 'SHA256SUMS'])).toEqual([
    'GoReady-0.1.0-setup.exe',
    'a.cdx.json',
    'goready_0.1.0_amd64.deb',
  ])
})
