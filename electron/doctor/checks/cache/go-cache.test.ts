import { createHash } from 'node:crypto'
import { strToU8, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { type Machine, NOBODY, putGo, testContext } from '../../../engine/test-doctor-context.ts'
import { hashGoMod, hashZip } from '../../../mirrors/trust/dirhash.ts'
import type { Found } from '../../check.ts'
import { goCacheCheck } from './go-cache.ts'

const { signal } = new AbortController()
const CACHE = '/home/u/go/pkg/mod'

type Files = Record<string, string | Uint8Array>

/** A module as go caches it: capitals in names behind `!`. */
function cached(path: string, version: string, text: string): Files {
  const escape = (name: string): string => name.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`)
  const base = `${CACHE}/cache/download/${escape(path)}/@v/${escape(version)}`
  const dir = `${CACHE}/${escape(path)}@${escape(version)}`
  const mod = `module ${path}\n`
  const zip = zipSync({
    [`${path}@${version}/go.mod`]: strToU8(mod),
    [`${path}@${version}/sub/a.go`]: strToU8(text),
  })
  return {
    [`${base}.zip`]: zip,
    [`${base}.ziphash`]: hashZip(zip),
    [`${base}.mod`]: mod,
    [`${base}.info`]: JSON.stringify({ Version: version }),
    [`${base}.lock`]: '',
    [`${dir}/go.mod`]: mod,
    [`${dir}/sub/a.go`]: text,
  }
}

const A = cached('example.com/BigName/v2', 'v2.0.0-RC1', 'package sub\n')
const A_BASE = `${CACHE}/cache/download/example.com/!big!name/v2/@v/v2.0.0-!r!c1`
const A_DIR = `${CACHE}/example.com/!big!name/v2@v2.0.0-!r!c1`
const B = cached('example.com/b', 'v1.0.0', 'package b\n')
const B_SUM = `example.com/b v1.0.0 ${String(B[`${CACHE}/cache/download/example.com/b/@v/v1.0.0.ziphash`])}`

async function look(files: Files, machine: Machine = {}) {
  const { sys, context } = testContext({ http: NOBODY, ...machine, files: { ...files, ...machine.files } })
  putGo(sys, '/usr/local/go/bin/go', '1.26.4')
  expect(await goCacheCheck.applies?.(context, signal)).toBe(true)
  return goCacheCheck.check(context, signal)
}

const said = (found: readonly Found[]) =>
  found.map(({ code, subject, repairs = [] }) => [
    code,
    subject,
    repairs.flatMap((one) =>
      one.kind === 'changes' ? one.changes.map((change) => 'path' in change && change.path) : [],
    ),
  ])

test('a sound cache is one, and its size and an offer are told', async () => {
  const { found, facts, offers } = await look({ ...A, ...B })
  expect(found).toEqual([])
  expect(facts?.map(({ key, values }) => [key, values?.['modules']])).toEqual([
    ['doctor-cache:fact.size', 2],
    ['doctor-cache:fact.all', 2],
  ])
  expect(offers).toMatchObject([{ safe: false, changes: [{ kind: 'tree', path: CACHE, final: true }] }])
})

test('nothing is emptied for good in which something else lies than a cache', async () => {
  for (const name of ['Documents/x', '.bashrc', 'src/m/a.go'])
    expect((await look({ ...A, ...B, [`${CACHE}/${name}`]: '' })).offers).toEqual([])
  expect((await look({ ...A, ...B, [`${CACHE}/cache/lock`]: '' })).offers).toHaveLength(1)
})

test.each<[string, Files, string, string[]]>([
  ['a changed file', { [`${A_DIR}/sub/a.go`]: 'package evil\n' }, 'cache.module-modified', [A_DIR]],
  ['a file too many', { [`${A_DIR}/sub/b.go`]: 'package sub\n' }, 'cache.module-modified', [A_DIR]],
  [
    'a zip that is cut off',
    { [`${A_BASE}.zip`]: (A[`${A_BASE}.zip`] ?? '').slice(0, 90) },
    'cache.zip-damaged',
    [`${A_BASE}.zip`, `${A_BASE}.ziphash`],
  ],
  ['an empty zip', { [`${A_BASE}.zip`]: '' }, 'cache.zip-damaged', [`${A_BASE}.zip`, `${A_BASE}.ziphash`]],
  [
    'another zip',
    { [`${A_BASE}.zip`]: zipSync({ 'x/a': strToU8('x') }) },
    'cache.zip-damaged',
    [`${A_BASE}.zip`, `${A_BASE}.ziphash`],
  ],
  ['a wrong note', { [`${A_BASE}.ziphash`]: 'h1:wrong' }, 'cache.ziphash-wrong', [`${A_BASE}.ziphash`]],
])('%s: only the bad parts go', async (_, files, code, paths) => {
  const { found } = await look({ ...A, ...B, ...files })
  expect(said(found)).toEqual([[code, 'example.com/BigName/v2@v2.0.0-RC1', paths]])
  expect(found[0]?.repairs).toMatchObject([{ safe: true }])
})

test('what go itself puts right is nothing: no note, an unpacking that never ended, a toolchain that it changes', async () => {
  const toolchain = cached('golang.org/toolchain', 'v0.0.1-go1.26.4.linux-amd64', 'x')
  const { [`${A_BASE}.ziphash`]: _, ...unnoted } = A
  const { found } = await look({
    ...unnoted,
    ...B,
    ...toolchain,
    [`${CACHE}/cache/download/example.com/b/@v/v1.0.0.partial`]: '',
    [`${CACHE}/example.com/b@v1.0.0/sub/a.go`]: 'pack',
    [`${CACHE}/golang.org/toolchain@v0.0.1-go1.26.4.linux-amd64/src/go.mod`]: 'module std\n',
  })
  expect(found).toEqual([])
})

test('the project says that a sound cache holds something else than it should', async () => {
  const other = `example.com/b v1.0.0 h1:${createHash('sha256').update('x').digest('base64')}\n`
  const files = { '/p/go.mod': 'module p\n', '/p/go.sum': other }
  const { found } = await look(B, { files, project: '/p' })
  expect(said(found)).toEqual([['cache.republished', 'example.com/b@v1.0.0', []]])
  expect(found[0]?.values).toEqual({ by: '/p/go.sum' })
  const good = await look(B, { files: { ...files, '/p/go.sum': `${B_SUM}\n` }, project: '/p' })
  expect(good.found).toEqual([])
})

test("go's own look-up proves which part is bad", async () => {
  const goMod = hashGoMod(strToU8('module example.com/b\n'))
  const lookUp = `7\n${B_SUM}\nexample.com/b v1.0.0/go.mod ${goMod}\n\ngo.sum database tree\n8\n`
  const at = { [`${CACHE}/cache/download/sumdb/sum.golang.org/lookup/example.com/b@v1.0.0`]: lookUp }
  const base = `${CACHE}/cache/download/example.com/b/@v/v1.0.0`
  expect((await look({ ...B, ...at })).found).toEqual([])
  const all = zipSync({ 'example.com/b@v1.0.0/go.mod': strToU8('module evil\n') })
  const evil = {
    ...{ [`${base}.zip`]: all, [`${base}.ziphash`]: hashZip(all) },
    [`${CACHE}/example.com/b@v1.0.0/go.mod`]: 'module evil\n',
  }
  const { [`${CACHE}/example.com/b@v1.0.0/sub/a.go`]: _, ...less } = B
  expect(said((await look({ ...less, ...evil, ...at })).found)).toEqual([
    ['cache.republished', 'example.com/b@v1.0.0', []],
  ])
  const mod = { [`${base}.mod`]: 'module other\n' }
  expect(said((await look({ ...B, ...mod, ...at })).found)).toEqual([
    ['cache.mod-damaged', 'example.com/b@v1.0.0', [`${base}.mod`]],
  ])
})

test('only what may be asked is asked of the database', async () => {
  const asked: string[] = []
  const client = {
    ask: (url: string) => {
      asked.push(url)
      return Promise.reject(new Error('out of reach'))
    },
    ...{ connect: NOBODY, read: NOBODY, bytes: () => 0, close: () => {} },
  }
  const http = () => Promise.resolve(client)
  const env = (text: string) => ({ '/home/u/.config/go/env': text })
  await look({ ...A, ...B, ...env('GOPRIVATE=example.com/b\nGOPROXY=https://p.example\n') }, { http })
  expect(asked).toEqual(['https://p.example/sumdb/sum.golang.org/supported'])
  await look({ ...A, ...B, ...env('GOSUMDB=off\n') }, { http })
  await look({ ...A, ...B, ...env('GOPRIVATE=example.com\n') }, { http })
  expect(asked).toHaveLength(1)
})

test('leftovers count once they are a day old', async () => {
  const tmp = `${CACHE}/cache/download/example.com/b/@v/v1.0.1.zip123.tmp`
  const { sys, context } = testContext({ files: { ...B, [tmp]: 'half' } })
  putGo(sys, '/usr/local/go/bin/go', '1.26.4')
  const at = async (now: number) => said((await goCacheCheck.check({ ...context, now: () => now }, signal)).found)
  // The clock of files in memory begins at zero.
  expect(await at(86_000_000)).toEqual([])
  expect(await at(86_500_000)).toEqual([['cache.unfinished', CACHE, [tmp]]])
})

test('GOMODCACHE is where it is said to be', async () => {
  const moved = Object.fromEntries(Object.entries(B).map(([path, text]) => [path.replace(CACHE, '/srv/mods'), text]))
  const env = { '/home/u/.config/go/env': 'GOMODCACHE=/srv/mods\n' }
  const { facts } = await look({ ...moved, ...env })
  expect(facts?.[0]?.values).toMatchObject({ modules: 1, path: '/srv/mods' })
})
