import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { categorySchema } from '../electron/contract/doctor.ts'
import type { System } from '../electron/core/system.ts'
import type { DoctorContext } from '../electron/doctor/check.ts'
import { type FactParts, openFacts } from '../electron/doctor/facts.ts'
import { doctorChecks } from '../electron/doctor/index.ts'
import { runChecks } from '../electron/doctor/run.ts'
import { loadAssets } from '../electron/engine/assets.ts'
import { machineOverrides } from '../electron/engine/overrides.ts'
import { openMirrorHttp } from '../electron/mirrors/http/client.ts'
import { linuxPlaces } from '../electron/platform/linux/places.ts'
import { realSystem } from '../electron/system/real.ts'
import type { Ground } from './doctor/fault.ts'
import { allFaults } from './doctor/faults/index.ts'
import { type Field, openField } from './doctor/field.ts'
import { check, documents, openGround, say } from './doctor/ground.ts'
import { hung } from './doctor/matrix.ts'
import { formsOf, LANGUAGES, sentencesOf, unsaidOf } from './doctor/sayings.ts'
import { tree } from './harness.ts'

// What holds for all checks together: they only read, they end in time, and everything they say can be said.

let field: Field
beforeAll(async () => {
  field = await openField()
}, 600_000)
afterAll(() => field?.stop())

/** Does something on a ground of its own. */
async function on(work: (ground: Ground) => Promise<void>, alone = false): Promise<void> {
  const { ground, close } = await openGround(field, { alone })
  try {
    await work(ground)
  } finally {
    await close()
  }
}

const WRITING = [
  ...['replaceFile', 'removeFile', 'makeDir', 'removeDir', 'rename', 'setRights', 'removeTree', 'append'],
  ...['createExclusive', 'run', 'writeEnv', 'kill'],
] as const satisfies readonly (keyof System)[]

/** The machine, where every writing call throws and is noted. */
function readOnly(noted: string[]): System {
  const refusals = WRITING.map((name) => [
    name,
    () => {
      noted.push(name)
      throw new Error(`${name} writes`)
    },
  ])
  return { ...realSystem(), ...Object.fromEntries(refusals) }
}

async function contextOf(ground: Ground, sys: System, signal: AbortSignal): Promise<DoctorContext> {
  const { home, root, env } = ground
  const places = linuxPlaces({ home, root, environment: env, uid: 0, username: 'root' })
  const { mirrors, witnesses } = await loadAssets(ground.catalogue)
  const common = {
    ...{ sys, places, mirrors, witnesses, now: () => Date.now() },
    authorities: () => Promise.resolve(null),
  }
  const overrides: FactParts['overrides'] = (docker, go) => machineOverrides(sys, places, { docker, go }, signal)
  return {
    ...common,
    facts: openFacts({ ...common, systemProxy: null, overrides }, signal),
    http: (timeout) => Promise.resolve(openMirrorHttp({ environment: env, authorities: null, timeout })),
    setUp: false,
  }
}

test('no check writes, on a machine that is well and on broken ones', async () => {
  const faults = allFaults().filter(({ alone, whole }) => alone !== true && whole !== true)
  // One of each area: what is broken is looked at more closely.
  const broken = faults.filter(({ area }, index) => faults.findIndex((one) => one.area === area) === index)
  for (const fault of [null, ...broken])
    await on(async (ground) => {
      await fault?.plant(ground)
      if (ground.wrap.length > 0) return
      const noted: string[] = []
      const { signal } = new AbortController()
      const context = await contextOf(ground, readOnly(noted), signal)
      const { checkUp } = await runChecks(doctorChecks, { context, muted: new Set(), report() {} }, signal)
      expect(noted, fault?.name).toEqual([])
      expect(checkUp.checks.filter(({ state }) => state === 'failed')).toEqual([])
      expect(checkUp.checks).toHaveLength(doctorChecks.length)
    })
})

test('a check leaves nothing behind and changes no time', () =>
  on(async (ground) => {
    const temporary = join(ground.dir, 'tmp')
    mkdirSync(temporary)
    ground.env['TMPDIR'] = temporary
    const before = [tree(ground.home, true), tree(ground.root, true)]
    await check(field, ground)
    expect([tree(ground.home, true), tree(ground.root, true)]).toEqual(before)
    expect(readdirSync(temporary)).toEqual([])
    expect(existsSync(join(ground.home, '.local'))).toBe(false)
  }))

test('every code of every check has its three sentences in both languages, and belongs to one check', () => {
  const codes = doctorChecks.flatMap(({ codes: own, category }) => own.map((code) => ({ code, category })))
  expect(codes.length).toBeGreaterThan(60)
  expect(new Set(codes.map(({ code }) => code)).size).toBe(codes.length)
  expect(new Set(doctorChecks.map(({ id }) => id)).size).toBe(doctorChecks.length)
  const missing: string[] = []
  for (const { code, category } of codes) {
    expect(code.startsWith(`${category}.`), code).toBe(true)
    for (const language of LANGUAGES)
      for (const part of ['what', 'why', 'todo']) {
        const key = `doctor-${category}:${code.slice(category.length + 1)}.${part}`
        if (formsOf(sentencesOf(language), key).length === 0) missing.push(`${language} ${key}`)
      }
  }
  expect(missing).toEqual([])
})

test('both languages have the same sentences about the same values, and none without a code', () => {
  const [zh, en] = LANGUAGES.map((language) => ofTheDoctor(sentencesOf(language)))
  expect([...(zh?.keys() ?? [])].toSorted()).toEqual([...(en?.keys() ?? [])].toSorted())
  const differ = [...(en ?? [])].filter(([key, text]) => valuesOf(zh?.get(key) ?? '') !== valuesOf(text))
  expect(differ.map(([key]) => key)).toEqual([])
  const codes = new Set(doctorChecks.flatMap(({ codes: own }) => own))
  const orphans = [...(en?.keys() ?? [])].flatMap((key) => {
    const [, category = '', rest = ''] = /^doctor-(\w+):([\w-]+)\.what$/.exec(key) ?? []
    return rest === '' || codes.has(`${category}.${rest}`) ? [] : [key]
  })
  expect(orphans).toEqual([])
})

const ofTheDoctor = (sentences: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map([...sentences].filter(([key]) => categorySchema.options.some((one) => key.startsWith(`doctor-${one}:`))))

/** The values that a sentence names; one that is told of a number may leave the number out. */
const valuesOf = (text: string): string =>
  [...new Set([...text.matchAll(/\{\{-?\s*(\w+)/g)].map(([, name = '']) => name))].toSorted().join(' ')

test('all checks end within two seconds on a good network', () =>
  on(async (ground) => {
    const looks = [await check(field, ground), await check(field, ground)]
    const [first = 0, second = 0] = looks.map(({ checkUp }) => checkUp.ms)
    const slowest = (looks[1]?.checkUp.checks ?? []).toSorted((a, b) => b.ms - a.ms).slice(0, 5)
    const named = slowest.map(({ id, ms }) => `${id} ${Math.round(ms)}`).join(', ')
    process.stdout.write(`all checks: ${Math.round(first)} and ${Math.round(second)} ms; ${named}\n`)
    // The goal is 2 s; a machine that does something else besides is slower.
    expect(Math.min(first, second)).toBeLessThan(6000)
  }))

const HOLE = [
  'ip link set lo up',
  'ip link add hole type veth peer name deep',
  'ip addr add 10.99.0.2/24 dev hole',
  'ip link set hole up',
  'ip link set deep up',
  'ip neigh add 10.99.0.1 lladdr 02:00:00:00:00:01 dev hole',
  'ip route add default via 10.99.0.1',
  'exec "$@"',
].join(' && ')

test('all checks end within ten seconds where every packet is lost', () =>
  on(async (ground) => {
    ground.wrap.push('unshare', '--net', '--', 'sh', '-c', HOLE, 'sh')
    const { checkUp, code, ms } = await check(field, ground)
    process.stdout.write(`without a network: ${Math.round(checkUp.ms)} ms, the whole run ${ms} ms\n`)
    expect(hung({ stalls: true }, { checkUp, code }).filter((one) => one.includes('failed'))).toEqual([])
    expect(unsaidOf(checkUp)).toEqual([])
    expect(checkUp.ms).toBeLessThan(13_000)
    expect(checkUp.findings.map(({ category }) => category)).toContain('network')
    expect(code).toBe(3)
  }))

const errorSchema = z.object({ error: z.object({ code: z.string() }) })

test('the command line: one check alone, a name that no check has, muting, both languages', async () => {
  const fault = allFaults(['go']).find(({ repair, severity }) => repair && severity !== 'info')
  if (fault === undefined) throw new Error('no fault of Go is repaired')
  await on(async (ground) => {
    await fault.plant(ground)
    const only = await check(field, ground, ['--only', 'go'])
    expect(only.checkUp.checks.length).toBeGreaterThan(1)
    expect(only.checkUp.checks.every(({ category }) => category === 'go')).toBe(true)
    const found = only.checkUp.findings.find(({ code }) => code === fault.code)
    const by = only.checkUp.checks.find(({ found: own }) => own.some(({ id }) => id === found?.id))
    const one = await check(field, ground, ['--only', by?.id ?? ''])
    expect(one.checkUp.checks.map(({ id }) => id)).toEqual([by?.id])
    const unknown = await say(field, ground, ['check', '--only', 'go.nonsense', '--json'])
    expect(unknown.code).toBe(2)
    expect(documents(unknown.stdout).flatMap((line) => errorSchema.safeParse(line).data ?? [])).toMatchObject([
      { error: { code: 'bad-arguments' } },
    ])
    expect((await say(field, ground, ['repair', 'nonsense-12345678', '--yes', '--json'])).code).toBe(2)
    for (const lang of ['zh-CN', 'en']) {
      const { stdout, code } = await say(field, ground, ['check', '--lang', lang])
      expect(code).toBe(3)
      expect(stdout).toContain(found?.id)
      expect(stdout).not.toMatch(/\{\{|\.(what|why|todo)\b|doctor(-\w+)?:\w/)
    }
    expect((await say(field, ground, ['check', '--mute', found?.id ?? '', '--json'])).code).toBe(0)
    const muted = await check(field, ground, ['--only', by?.id ?? ''])
    expect([muted.code, muted.checkUp.verdict]).toEqual([0, 'ready'])
    expect(muted.checkUp.findings.map((finding) => finding.muted)).toContain(true)
    expect((await say(field, ground, ['check', '--unmute', found?.id ?? ''])).code).toBe(0)
    expect((await check(field, ground, ['--only', by?.id ?? ''])).code).toBe(3)
  })
})

test('repair without a name mends all that is safe, and says so when nothing is to be mended', async () => {
  await on(async (ground) => {
    const nothing = await say(field, ground, ['repair', '--yes', '--json'])
    expect(nothing.code, nothing.stdout).toBe(0)
    expect(existsSync(join(ground.home, '.local/state/goready/runs'))).toBe(false)
  })
})
