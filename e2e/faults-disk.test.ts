import { execFileSync } from 'node:child_process'
import { existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { replaceFile } from '../electron/system/atomic-write.ts'
import { Ground, look, torn } from './faults/ground.ts'
import { type Scenario, SCENARIOS } from './faults/scenarios.ts'
import { endTracing } from './faults/traced.ts'
import { type Desk, errorOf, goready, profile, tree } from './harness.ts'
import { projectRoot } from './lab/cache.ts'

const FULL = process.env.GOREADY_FULL === '1'
const HOURS = 3 * 3_600_000
const PAGE = 4096
const catalogue = join(projectRoot(), 'assets/golang-tags.json')

let dir: string
let mounts: string[] = []
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'goready-disk-'))
})
afterEach(() => {
  for (const path of mounts.reverse()) execFileSync('umount', ['--lazy', path])
  mounts = []
})
afterAll(async () => {
  await endTracing()
  rmSync(dir, { recursive: true, force: true })
})

/** A small file system at a path, which it makes. */
function small(path: string, bytes: number): string {
  mkdirSync(path, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=755`, 'tmpfs', path])
  mounts.push(path)
  return path
}

function bind(from: string, to: string): void {
  execFileSync('mount', ['--bind', from, to])
  mounts.push(to)
}

type Writer = (path: string, bytes: Buffer) => Promise<unknown>
const ours: Writer = (path, bytes) =>
  replaceFile(path, bytes, { mode: 0o644, uid: 0, gid: 0, temporary: `${path}.goready-new` })
const peer: Writer = (path, bytes) => writeFileAtomic(path, bytes)

/** Replaces a file on a file system that may be too small, and says what came of it. */
async function replaced(path: string, write: Writer, bytes: Buffer): Promise<'new' | 'refused' | 'torn' | 'left'> {
  const old = Buffer.from('{"old": true}\n')
  writeFileSync(path, old)
  const done = await write(path, bytes).then(
    () => true,
    () => false,
  )
  const now = readFileSync(path)
  if (!now.equals(done ? bytes : old)) return 'torn'
  if (readdirSync(join(path, '..')).length > 1) return 'left'
  return done ? 'new' : 'refused'
}

test('a disk too small for a file, in every size: ours is whole or refused, what a peer calls success may be a part', async () => {
  const bytes = Buffer.from(JSON.stringify({ rows: Array.from({ length: 9000 }, (_, at) => `row ${at}`) }))
  const counts: Record<string, Record<string, number>> = { ours: {}, peer: {} }
  for (let pages = 1; pages <= 64; pages++)
    for (const [name, write] of [['ours', ours] as const, ['peer', peer] as const]) {
      const folder = small(join(dir, `${name}${pages}`), pages * PAGE)
      const outcome = await replaced(join(folder, 'settings.json'), write, bytes)
      counts[name] = { ...counts[name], [outcome]: (counts[name]?.[outcome] ?? 0) + 1 }
    }
  process.stdout.write(`short writes of ${bytes.length} bytes on 64 sizes: ${JSON.stringify(counts)}\n`)
  expect(Object.keys(counts['ours'] ?? {}).toSorted()).toEqual(['new', 'refused'])
  expect(counts['peer']?.['torn']).toBeGreaterThan(0)
})

const fresh = scenario('a fresh home')
const livedIn = scenario('a home with files, links and attributes')

function scenario(name: string): Scenario {
  const found = SCENARIOS.find((one) => one.name === name)
  if (found === undefined) throw new Error(name)
  return found
}

test(
  'a home too small for a run, in every size: all is done or nothing is, and undo gives all back',
  async () => {
    const sizes = Array.from({ length: FULL ? 60 : 6 }, (_, at) => (FULL ? at + 1 : at * 9 + 4))
    const grounds = sizes.map((pages) => {
      small(join(dir, `home${pages}/home`), pages * PAGE)
      return new Ground(join(dir, `home${pages}`), catalogue, fresh)
    })
    const codes: Record<string, number> = {}
    for (const ground of grounds) {
      const before = ground.look()
      await ground.prepare()
      const { code } = await ground.run('apply')
      codes[`${code}`] = (codes[`${code}`] ?? 0) + 1
      if (code !== 0) expect(ground.look()).toEqual(before)
      await ground.giveBack(0)
      expect(ground.look()).toEqual(before)
    }
    await endTracing()
    process.stdout.write(`a home of ${sizes.length} sizes: ${JSON.stringify(codes)}\n`)
    expect(codes['0']).toBeGreaterThan(0)
    expect(codes['1']).toBeGreaterThan(0)
  },
  HOURS,
)

test(
  'undo on a disk that is full to the last byte: it is done, or it says what is open and does it later',
  async () => {
    small(join(dir, 'full/home'), 100 * PAGE)
    const ground = new Ground(join(dir, 'full'), catalogue, livedIn)
    await ground.prepare()
    const before = ground.look()
    expect((await ground.run('apply')).code).toBe(0)
    const after = ground.look()
    const filler = join(ground.desk.home, 'filler')
    expect(() => writeFileSync(filler, Buffer.alloc(200 * PAGE))).toThrow('ENOSPC')
    const undone = await ground.run('undo')
    rmSync(filler)
    expect(undone.code, undone.stdout).toBe(1)
    expect(undone.stdout).toMatch(/"code":"no-space"/)
    expect(undone.stdout).toMatch(/"remaining":\[".*home\/\.npmrc/)
    expect(torn(look(ground.desk, false), before, after, false)).toEqual([])
    await ground.giveBack(0)
    expect(ground.look()).toEqual(before)
    await endTracing()
  },
  HOURS,
)

let desk: Desk
let count = 0
beforeEach(() => {
  const own = join(dir, `desk${count++}`)
  desk = { dir: own, home: join(own, 'home'), root: join(own, 'root'), catalogue }
  for (const path of [desk.home, desk.root]) mkdirSync(path, { recursive: true })
  writeFileSync(join(desk.home, '.npmrc'), 'registry=https://old.example/\n')
})

/** What an apply that must be refused says; nothing may have moved. */
async function refusal(): Promise<string | undefined> {
  const before = tree(desk.home)
  const path = await profile(desk, {
    sources: { go: 'https://goproxy.example.com', npm: 'https://npm.example.com/' },
  })
  const outcome = await goready(desk, ['apply', '--profile', path, '--yes', '--json'])
  expect(outcome.code).toBe(1)
  expect(errorOf(outcome).remaining).toBeUndefined()
  expect(tree(desk.home)).toEqual(before)
  return errorOf(outcome).code
}
const npmrc = (): string => join(desk.home, '.npmrc')

test('an immutable file has a refusal of its own', async () => {
  execFileSync('chattr', ['+i', npmrc()])
  try {
    expect(await refusal()).toBe('immutable')
  } finally {
    execFileSync('chattr', ['-i', npmrc()])
  }
})

test('an immutable folder has it too', async () => {
  mkdirSync(join(desk.home, '.config/go'), { recursive: true })
  execFileSync('chattr', ['+i', join(desk.home, '.config/go')])
  try {
    expect(await refusal()).toBe('immutable')
  } finally {
    execFileSync('chattr', ['-i', join(desk.home, '.config/go')])
  }
})

test('a file that is mounted from elsewhere has a refusal of its own', async () => {
  writeFileSync(join(desk.dir, 'elsewhere'), 'registry=https://old.example/\n')
  bind(join(desk.dir, 'elsewhere'), npmrc())
  expect(await refusal()).toBe('mount-point')
})

test('a hard-linked file has a refusal of its own', async () => {
  linkSync(npmrc(), join(desk.dir, 'second'))
  expect(await refusal()).toBe('hard-linked')
})

test('a folder that is mounted read-only has a refusal of its own', async () => {
  const folder = join(desk.home, '.config/go')
  mkdirSync(folder, { recursive: true })
  bind(folder, folder)
  execFileSync('mount', ['-o', 'remount,bind,ro', folder])
  expect(await refusal()).toBe('read-only')
  expect(existsSync(join(folder, 'env'))).toBe(false)
})
