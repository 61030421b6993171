import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { type Machine, testContext } from '../../../engine/test-doctor-context.ts'
import { npmCacheCheck } from './npm-cache.ts'

const { signal } = new AbortController()

function content(folder: string, text: string, real = text, algorithm = 'sha512'): [string, string] {
  const hash = createHash(algorithm).update(text).digest('hex')
  return [`${folder}/_cacache/content-v2/${algorithm}/${hash.slice(0, 2)}/${hash.slice(2, 4)}/${hash.slice(4)}`, real]
}

async function look(machine: Machine) {
  const { context } = testContext(machine)
  return (await npmCacheCheck.applies?.(context, signal)) === true ? npmCacheCheck.check(context, signal) : null
}

test('no cache, and a sound one', async () => {
  expect(await look({})).toBeNull()
  const sound = await look({
    files: Object.fromEntries([content('/home/u/.npm', 'a'), content('/home/u/.npm', 'b', 'b', 'sha1')]),
  })
  expect(sound?.found).toEqual([])
  expect(sound?.facts).toMatchObject([{ key: 'doctor-cache:fact.npm', values: { files: 2, size: '2 B' } }])
  expect(sound?.offers).toMatchObject([{ safe: false, changes: [{ path: '/home/u/.npm/_cacache', final: true }] }])
})

test('exactly the damaged files go', async () => {
  const [path] = content('/home/u/.npm', 'c')
  const files = Object.fromEntries([content('/home/u/.npm', 'a'), [path, 'C']])
  const damaged = await look({ files })
  expect(damaged?.found).toMatchObject([
    { code: 'cache.npm-damaged', repairs: [{ safe: true, changes: [{ kind: 'tree', path, final: false }] }] },
  ])
})

test.each<[string, Machine]>([
  ['the environment', { environment: { npm_config_cache: '/srv/npm' } }],
  ["the user's file", { files: { '/home/u/.npmrc': 'cache=/srv/npm\n' } }],
  ["the project's file", { files: { '/p/package.json': '{}', '/p/.npmrc': 'cache = /srv/npm\n' }, project: '/p' }],
])('the cache lies where %s says', async (_, machine) => {
  const [path] = content('/srv/npm', 'c')
  const found = await look({ ...machine, files: { ...machine.files, [path]: 'C' } })
  expect(found?.found).toMatchObject([{ subject: '/srv/npm/_cacache' }])
})
