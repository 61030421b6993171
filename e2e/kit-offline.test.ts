import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorOf, goready, type Outcome, type RunOptions, tree } from './harness.ts'
import { IMAGE, layOut, makeArgs, SAYS, startProject, type Wares } from './kit/wares.ts'
import { type Lab, startLab } from './lab/lab.ts'
import { must, run } from './lab/process.ts'

let lab: Lab
let wares: Wares
let stick: string
/** A seat: a home of its own, in a network without any way out. */
let seat: string
let netns: string
let asked: { go: number; docker: number; npm: number }

const counts = () => ({
  go: lab.goproxy.log().length,
  docker: lab.registry.log().length,
  npm: wares.npm.log().length,
})
const onSeat = (args: readonly string[], options: RunOptions = {}): Promise<Outcome> =>
  goready(lab, args, { home: seat, netns, ...options })
/** A program of the seat, as its terminal would start it. */
const inSeat = (argv: readonly [string, ...string[]], cwd: string) =>
  run(['nsenter', `--net=/run/netns/${netns}`, '--', ...argv], {
    cwd,
    env: { PATH: process.env.PATH, HOME: seat, LANG: 'C.UTF-8' },
  })

beforeAll(async () => {
  lab = await startLab()
  wares = await layOut(lab)
  stick = join(lab.dir, 'stick/GOREADY')
  seat = join(lab.dir, 'seat')
  await mkdir(seat)
  netns = `grkit${process.pid}`
  await must(['ip', 'netns', 'add', netns])
  const made = await goready(lab, makeArgs(wares, stick))
  expect(errorOf(made)).toEqual({})
  expect(made.code).toBe(0)
  await lab.docker('rmi', IMAGE)
  asked = counts()
})
afterAll(async () => {
  await run(['ip', 'netns', 'del', netns])
  await wares?.npm.stop()
  await lab?.stop()
  expect(await lab?.leftovers()).toEqual([])
})

test('a stick alone: the image, its go version, and every setting of the seat', async () => {
  expect((await inSeat(['ip', 'route'], seat)).stdout).toBe('')
  const before = tree(seat)
  const used = await onSeat(['kit', 'use', stick, '--yes', '--json'])
  expect(used.stderr).toBe('')
  expect(used.code).toBe(0)
  expect(used.last).toMatchObject({
    result: {
      changed: true,
      image: { reference: IMAGE, pulled: false },
      verification: { output: expect.stringContaining('go version go1.26'), module: { ok: true } },
    },
  })
  expect(await readFile(join(seat, '.config/go/env'), 'utf8')).toMatch(/^GOPROXY=file:\/\/\/.*\/go$/m)
  // Nobody but the stick was asked.
  expect(counts()).toEqual(asked)
  expect(tree(seat)).not.toEqual(before)
})

test('again: nothing changes', async () => {
  const before = tree(seat, true)
  const again = await onSeat(['kit', 'use', stick, '--yes', '--json'])
  expect(again.code).toBe(0)
  expect(again.last).toMatchObject({ result: { changed: false } })
  const settings = (all: Record<string, string>) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => !/^\.(cache|npm)(\/|$)/.test(name)))
  expect(settings(tree(seat, true))).toEqual(settings(before))
})

test('the stick is gone: go build on the machine and in the image, checked against the database', async () => {
  await rm(stick, { recursive: true })
  const project = join(seat, 'lesson')
  await startProject(wares, project)
  const download = await inSeat(['go', 'mod', 'tidy'], project)
  expect(download.code).toBe(0)
  expect(await readFile(join(project, 'go.sum'), 'utf8')).toContain('example.test/Room/Chain v1.2.0 h1:')
  const built = await inSeat(['go', 'run', '.'], project)
  expect(built.stdout.trim()).toBe(SAYS)
  expect((await inSeat(['go', 'env', 'GOSUMDB', 'GONOSUMDB', 'GOFLAGS'], project)).stdout).toBe(
    `${lab.goproxy.sumdb}\n\n\n`,
  )
  await rm(join(project, 'go.sum'))
  const inImage = await onSeat(['run', '--', 'sh', '-c', 'go mod tidy && go build -o program . && ./program'], {
    cwd: project,
  })
  expect(inImage.stderr).not.toContain('SECURITY')
  expect(inImage.stdout.trim()).toBe(SAYS)
  expect(counts()).toEqual(asked)
})

test('npm ci of a small project', async () => {
  const project = join(seat, 'lesson')
  const installed = await inSeat(['npm', 'ci', '--no-audit'], project)
  expect(installed.stderr).toBe('')
  expect(installed.code).toBe(0)
  expect(await readFile(join(project, 'node_modules/@room/right/index.js'), 'utf8')).toContain('1.0.0')
  expect(counts()).toEqual(asked)
})

test('undo gives every setting back', async () => {
  expect((await onSeat(['undo', '--json'])).code).toBe(0)
  const files = Object.keys(tree(seat)).filter((name) => /\.config|\.npmrc|\.profile|rc$/.test(name))
  expect(files).toEqual([])
})
