import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildDriver, CHANGING, countCalls, Field, USER, WRITING } from './changes/field.ts'
import { spread } from './faults/window.ts'

/** Trees, rights and notices on real files: as root, as an ordinary user, killed and failing at real calls. */

const FULL = process.env.GOREADY_FULL === '1'
const HOURS = 3 * 3_600_000
let dir: string
let driver: string
/** Another file system than the home's. */
let elsewhere: string

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'goready-changes-'))
  elsewhere = mkdtempSync('/dev/shm/goready-changes-')
  for (const path of [dir, elsewhere]) chmodSync(path, 0o755)
  driver = await buildDriver(dir)
})
afterAll(() => {
  for (const path of [dir, elsewhere]) rmSync(path, { recursive: true, force: true })
})

function field(name: string, uid: number, state?: string): Field {
  const place = join(dir, name)
  mkdirSync(place, { recursive: true })
  const made = new Field(place, driver, uid, state)
  made.prepare()
  return made
}

const MODULE = 'go/pkg/mod/example.com/x@v1.0.0'

for (const [who, uid] of [
  ['an ordinary user', USER],
  ['root', 0],
] as const)
  test(`as ${who}: applied, and given back to the last bit and time`, async () => {
    const one = field(`whole-${uid}`, uid)
    const before = one.look()
    const { code, result } = await one.run('apply')
    expect(result['error']).toBeUndefined()
    expect(code).toBe(0)
    expect(one.look()[MODULE]).toBeUndefined()
    expect(lstatSync(join(one.home, 'go/env'))).toMatchObject({ uid: USER, gid: USER, mode: 0o100644 })
    const kept = join(one.state, 'kept', String(result['run']))
    expect(readdirSync(kept).toSorted()).toEqual(['0', '2'])
    expect(lstatSync(kept).mode & 0o7777).toBe(0o700)
    // What root alone can give back stands in a record of root's.
    expect(lstatSync(kept).uid).toBe(uid)
    expect(lstatSync(join(kept, '0'))).toMatchObject({ uid: USER, mode: 0o40555 })
    expect((await one.run('back')).code).toBe(0)
    expect(one.look()).toEqual(before)
    expect(one.strays()).toEqual([])
  })

test('records on another file system: a tree waits beside its place, and what is to go is gone', async () => {
  for (const final of [false, true]) {
    const one = field(`elsewhere-${final}`, USER, join(elsewhere, `${final}`))
    const before = one.look()
    const { result } = await one.run('apply', { final })
    expect(result['error']).toBeUndefined()
    const beside = Object.keys(one.look()).filter((name) => name.includes('.goready-'))
    expect(beside.length > 0).toBe(!final)
    expect((await one.run('back')).code).toBe(0)
    const { [MODULE]: _, ...rest } = one.look()
    if (final)
      expect(Object.keys(rest).filter((name) => name.includes('x@v1.0.0') || name.includes('.zip'))).toEqual([])
    else expect(one.look()).toEqual(before)
    expect(one.strays()).toEqual([])
  }
})

test('what cannot be moved leaves everything as it was', async () => {
  const one = field('closed', USER)
  const folder = join(one.home, 'go/pkg/mod/cache')
  chmodSync(folder, 0o555)
  const before = one.look()
  const { code, result } = await one.run('apply')
  expect(code).toBe(1)
  expect(result['error']).toMatchObject({ code: 'no-permission' })
  expect(result['error']).not.toHaveProperty('remaining')
  expect(one.look()).toEqual(before)
  expect(one.strays()).toEqual([])
})

type Point = { op: 'apply' | 'back'; inject: string; final: boolean }

/** Every call of a run, or some of each kind, as a point to meet it at. */
async function points(what: (call: string, n: number) => string, some: number): Promise<readonly Point[]> {
  const found: Point[] = []
  for (const final of [false, true]) {
    const one = field('dry', USER)
    for (const op of ['apply', 'back'] as const) {
      const log = join(dir, `calls-${op}.log`)
      writeFileSync(log, '', { mode: 0o666 })
      chmodSync(log, 0o666)
      await one.run(op, { final, log })
      for (const [call, count] of countCalls(log)) {
        if (![...CHANGING, ...WRITING].includes(call) || (final && op === 'back')) continue
        const all = Array.from({ length: count }, (_, n) => ({ op, final, inject: what(call, n + 1) }))
        const wanted = ['rename', 'chmod'].includes(call) ? 2 * some : some
        found.push(...spread(all, FULL ? all.length : wanted, final ? 0.5 : 0))
      }
    }
  }
  return found
}

/** Meets a point and gives everything back; answers whether the run stood by then. */
async function meet(one: Field, { op, inject, final }: Point): Promise<'back' | 'gone'> {
  one.prepare()
  const before = one.look()
  if (op === 'back') await one.run('apply', { final })
  const { code, result } = await one.run(op, { final, inject })
  if (inject.includes('KILL')) expect(code).not.toBe(0)
  const error = result['error']
  const told = typeof error === 'object' && error !== null && 'remaining' in error
  // A failure that nobody told of, and that was not a kill, has given everything back by itself.
  if (op === 'apply' && error !== undefined && !told && !inject.includes('KILL')) expect(one.look()).toEqual(before)
  const again = await one.run('back')
  expect(again.result['error']).toBeUndefined()
  expect(one.strays(!inject.startsWith('rmdir:error'))).toEqual([])
  const after = one.look()
  if (!final || after[MODULE] !== undefined) {
    expect(after).toEqual(before)
    return 'back'
  }
  expect(Object.keys(after).filter((name) => name.includes('x@v1.0.0') || name.includes('x.zip'))).toEqual([])
  return 'gone'
}

async function sweep(all: readonly Point[]): Promise<Record<string, number>> {
  const broken: string[] = []
  const counts: Record<string, number> = {}
  const one = field('sweep', USER)
  for (const point of all)
    try {
      const end = `${point.final} ${await meet(one, point)}`
      counts[end] = (counts[end] ?? 0) + 1
    } catch (error) {
      broken.push(`${JSON.stringify(point)}: ${error instanceof Error ? error.message : String(error)}`)
      if (broken.length <= 20) process.stdout.write(`${broken.at(-1)}\n`)
    }
  process.stdout.write(`${all.length} points ${JSON.stringify(counts)}\n`)
  expect(broken).toEqual([])
  return counts
}

test(
  'killed at real calls: the next start settles it, and an undo gives all back but what is gone for good',
  async () => {
    const counts = await sweep(await points((call, n) => `${call}:signal=KILL:when=${n}`, 2))
    expect(counts['false back']).toBeGreaterThan(20)
    expect(counts['true back']).toBeGreaterThan(3)
    expect(counts['true gone']).toBeGreaterThan(1)
  },
  HOURS,
)

test(
  'an error at real calls: all is done, or given back, or told and given back by the next start',
  async () => {
    const errors = ['ENOSPC', 'EIO', 'EACCES']
    const counts = await sweep(await points((call, n) => `${call}:error=${errors[n % errors.length]}:when=${n}`, 1))
    expect(counts['false back']).toBeGreaterThan(10)
  },
  HOURS,
)
