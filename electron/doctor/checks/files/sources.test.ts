import { expect, test } from 'vitest'
import type { Mirror } from '../../../mirrors/catalogue.ts'
import { MemorySystem } from '../../../system/memory.ts'
import { pathCutCheck } from './path-cut.ts'
import { sourcesCheck } from './sources.ts'
import { found, HOME, homeOf, mended, placesOf } from './test-home.ts'

const RC = `${HOME}/.bashrc`
const NPMRC = `${HOME}/.npmrc`
const [A, B] = ['https://a.example/', 'https://b.example/']

test('one source, the same twice, a project’s own and what is worked out at run time are no fight', async () => {
  for (const files of [
    {},
    { [NPMRC]: `registry=${A}\n` },
    { [NPMRC]: `registry=${A}\n`, [RC]: `export npm_config_registry=${A.slice(0, -1)}\n` },
    { [NPMRC]: `registry=${A}\n`, [RC]: 'export npm_config_registry=$(pick)\n' },
    { [NPMRC]: `registry=${A}\n@x:registry=${B}\n` },
    { [NPMRC]: `registry=${A}\n`, '/etc/profile.d/school.sh': `export npm_config_registry=${B}\n` },
  ])
    expect(await found(sourcesCheck, homeOf(files))).toEqual([])
  const project = { ...placesOf(), project: { folder: `${HOME}/p`, chosen: true } }
  const files = { [NPMRC]: `registry=${A}\n`, [`${HOME}/p/.npmrc`]: `registry=${B}\n` }
  expect(await found(sourcesCheck, homeOf(files), { places: project })).toEqual([])
})

test('a shell’s line hides .npmrc: either can be taken away', async () => {
  const sys = homeOf({ [NPMRC]: `registry=${A}\n`, [RC]: `alias a=b\nexport npm_config_registry=${B}\n` })
  const [one, ...more] = await found(sourcesCheck, sys)
  expect(more).toEqual([])
  expect(one).toMatchObject({
    ...{ code: 'files.sources-fight', severity: 'warning', subject: `${NPMRC}:1` },
    values: { tool: 'npm', winner: `${RC}:2`, winnerValue: B, loserValue: A },
    repairs: [{ safe: false }, { safe: false }],
  })
  expect(await mended(one, sys, 0)).toBe(`alias a=b\n# goready: export npm_config_registry=${B}\n`)
  expect(await mended(one, sys, 1)).toBeNull()
})

test('pip’s old file is hidden by its new one', async () => {
  const [old, young] = [`${HOME}/.pip/pip.conf`, `${HOME}/.config/pip/pip.conf`]
  const sys = homeOf({ [old]: `[global]\nindex-url = ${A}\n`, [young]: `[global]\nindex-url = ${B}\n` })
  const [one] = await found(sourcesCheck, sys)
  expect(one).toMatchObject({ subject: `${old}:2`, values: { tool: 'pip', winner: `${young}:2` } })
})

test('proxies in two spellings: only plain lines of the user’s that differ', async () => {
  const at = (text: string) => found(sourcesCheck, homeOf({ [RC]: text }))
  const [one] = await at('export http_proxy=http://a:1\nexport HTTP_PROXY=http://b:1\n')
  expect(one).toMatchObject({ code: 'files.proxies-differ', values: { first: `${RC}:1`, second: `${RC}:2` } })
  expect(one?.repairs).toHaveLength(2)
  for (const text of [
    'export http_proxy=http://a:1\nexport HTTP_PROXY=http://a:1/\n',
    'export http_proxy=http://a:1\n',
    'on() {\n  export http_proxy=http://a:1\n  export HTTP_PROXY=http://b:1\n}\n',
    'export http_proxy=http://a:1\nexport HTTP_PROXY=$http_proxy\n',
    'export http_proxy=http://a:1\nexport HTTP_PROXY=http://b:1\nexport HTTP_PROXY=http://a:1\n',
  ])
    expect(await at(text)).toEqual([])
})

test('leftovers on the domain of an ended registry go, all else stays', async () => {
  const mirror: Mirror = {
    ...{ id: 'gone', target: 'npm', name: { zh: 'x', en: 'x' }, url: 'https://registry.gone.example', status: 'dead' },
    ...{ operator: null, country: null, protocols: ['https'], sync: null, limits: null, since: '2024-01' },
    ...{ source: 'x', date: '2026-01-01' },
  }
  const text = `registry=${A}\ndisturl=https://gone.example/dist\n; mine\nx=https://cdn.gone.example/x\ny=https://other.example\n`
  const sys = homeOf({ [NPMRC]: text })
  const [one] = await found(sourcesCheck, sys, { mirrors: [mirror] })
  expect(one).toMatchObject({
    code: 'files.leftover-switcher',
    values: { keys: 'disturl, x' },
    repairs: [{ safe: true }],
  })
  expect(await mended(one, sys)).toBe(`registry=${A}\n; mine\ny=https://other.example\n`)
  expect(await found(sourcesCheck, sys, { mirrors: [{ ...mirror, status: 'alive' }] })).toEqual([])
  expect(
    await found(sourcesCheck, homeOf({ [NPMRC]: 'registry=https://registry.gone.example\n' }), { mirrors: [mirror] }),
  ).toEqual([])
})

test('a PATH of exactly as many characters as setx leaves', async () => {
  const places = { ...placesOf(), platform: 'win32' as const }
  const at = (length: number) => {
    const sys = new MemorySystem()
    sys.variables.user.set('Path', { type: 'REG_EXPAND_SZ', value: `C:\\a;${'x'.repeat(length - 5)}` })
    return found(pathCutCheck, sys, { places })
  }
  expect(await at(1024)).toMatchObject([{ code: 'files.path-cut', severity: 'warning' }])
  expect(await at(1023)).toEqual([])
  expect(await at(2000)).toEqual([])
  expect(await found(pathCutCheck, new MemorySystem(), { places })).toEqual([])
})
