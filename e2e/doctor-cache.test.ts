import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { download, realGo, cacheFaults, MODULES } from './doctor/faults/cache.ts'
import { type Field, openField } from './doctor/field.ts'
import { check, look, openGround, say } from './doctor/ground.ts'

// What go itself says of a module cache that was repaired: the bad parts alone went, and it fetches them again.

let field: Field
beforeAll(async () => {
  field = await openField()
}, 600_000)
afterAll(() => field?.stop())

const ONLY = ['--only', 'cache']
const repaired = cacheFaults.filter(({ code, repair }) => repair && /^cache\.(?:module|zip|mod)/.test(code))

test('go verifies a cache after its repair and a download of what is missing', { timeout: 600_000 }, async () => {
  expect(repaired.length).toBeGreaterThanOrEqual(6)
  for (const fault of repaired) {
    const { ground, close } = await openGround(field, { alone: false })
    try {
      const wanted = MODULES.map((one) => `\t${one.replace('@', ' ')}\n`).join('')
      await writeFile(join(ground.dir, 'go.mod'), `module example.com/mine\n\ngo 1.19\n\nrequire (\n${wanted})\n`)
      await fault.plant(ground)
      const planted = look(ground)
      const { checkUp } = await check(field, ground, ONLY)
      expect(
        checkUp.findings.map(({ code }) => code),
        fault.name,
      ).toEqual([fault.code])
      const { code } = await say(field, ground, ['repair', '--yes', '--json', ...ONLY])
      expect([fault.name, code]).toEqual([fault.name, 0])
      expect((await check(field, ground, ONLY)).checkUp.findings, fault.name).toEqual([])
      expect((await say(field, ground, ['undo', '--json'])).code).toBe(0)
      expect(look(ground), fault.name).toEqual(planted)
      expect((await say(field, ground, ['repair', '--yes', '--json', ...ONLY])).code).toBe(0)
      await download(ground)
      expect(await realGo(ground, ['mod', 'verify']), fault.name).toMatch(/all modules verified/)
      expect((await check(field, ground, ONLY)).checkUp.findings, fault.name).toEqual([])
    } finally {
      await close()
    }
  }
})

test('emptying the cache frees it for good, and go fills it again', { timeout: 120_000 }, async () => {
  const { ground, close } = await openGround(field, { alone: false })
  try {
    await download(ground)
    const { checkUp } = await check(field, ground, ONLY)
    expect(checkUp.findings).toEqual([])
    const [offer] = checkUp.checks.flatMap(({ offers }) => offers)
    expect(offer).toMatchObject({ final: true, safe: false, note: { key: 'doctor-cache:repair.emptyGo' } })
    expect((await say(field, ground, ['repair', offer?.id ?? '', '--yes', '--json'])).code).toBe(0)
    expect(Object.keys(look(ground)).filter((path) => path.startsWith('home/go/pkg/mod'))).toEqual([])
    await download(ground)
    expect((await check(field, ground, ONLY)).checkUp.findings).toEqual([])
  } finally {
    await close()
  }
})
