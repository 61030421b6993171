import { expect, test } from 'vitest'
import { MemorySystem } from '../../../system/memory.ts'
import { ownersCheck } from './owners.ts'
import { found, give, HOME, homeOf, placesOf } from './test-home.ts'

const GO = `${HOME}/.config/go`

test('a home without any file, and one whose files are its owner’s, are well', async () => {
  expect(await found(ownersCheck, homeOf())).toEqual([])
  expect(await found(ownersCheck, homeOf({}, 0))).toEqual([])
  const files = { [`${GO}/env`]: 'GOPROXY=direct\n', [`${HOME}/.npmrc`]: 'registry=https://r.example/\n' }
  expect(await found(ownersCheck, homeOf(files))).toEqual([])
  expect(await found(ownersCheck, homeOf(files, 0))).toEqual([])
})

test('links into somebody else’s store, shared folders and accounts that a share maps are well', async () => {
  const store = homeOf()
  store.put('/nix/store/npmrc', 'registry=x\n', { uid: 0, mode: 0o444 })
  store.link(`${HOME}/.npmrc`, '/nix/store/npmrc')
  expect(await found(ownersCheck, store)).toEqual([])
  const shared = homeOf()
  shared.put(`${HOME}/.npmrc`, 'registry=x\n', { uid: 2000, mode: 0o664 })
  expect(await found(ownersCheck, shared)).toEqual([])
  const mapped = new MemorySystem({ [`${HOME}/.npmrc`]: '' }, 1000)
  mapped.put(`${HOME}/.npmrc`, 'registry=x\n', { uid: 65_534 })
  mapped.folder(HOME, 65_534)
  mapped.obstacle = () => Promise.resolve(null)
  expect(await found(ownersCheck, mapped)).toEqual([])
  const roots = new MemorySystem({}, 0)
  roots.put('/root/.npmrc', '', { uid: 1000 })
  expect(await found(ownersCheck, roots, { places: { ...placesOf(), home: '/root' } })).toEqual([])
})

test('a folder that sudo has left goes back with all below: for the user by an administrator, for root at once', async () => {
  for (const uid of [1000, 0]) {
    const sys = homeOf({ [`${GO}/env`]: 'GOPROXY=direct\n', [`${HOME}/.npmrc`]: '' }, uid)
    give(sys, GO, uid === 0 ? 5 : 0)
    sys.put(`${GO}/env`, 'GOPROXY=direct\n', { uid: uid === 0 ? 5 : 0, mode: 0o640 })
    const all = await found(ownersCheck, sys)
    expect(all.map(({ code, severity, subject }) => [code, severity, subject])).toEqual([
      ['files.foreign-owner', 'error', GO],
    ])
    expect(all[0]?.values?.['command']).toMatch(/^sudo chown -R 1000:\d+ \/home\/u\/\.config\/go$/)
    const before = uid === 0 ? 5 : 0
    const admin = uid !== 0
    expect(all[0]?.repairs).toMatchObject([
      {
        kind: 'changes',
        safe: uid === 0,
        changes: [
          { path: GO, before: { mode: 0o755, uid: before }, after: { mode: 0o755, uid: 1000 }, admin },
          { path: `${GO}/env`, before: { mode: 0o640, uid: before }, after: { mode: 0o640, uid: 1000 }, admin },
        ],
      },
    ])
  }
})

test('a file that can be read is only a remark; several of one cache are one finding', async () => {
  const sys = homeOf({ [`${HOME}/.npm/_cacache/a`]: '', [`${HOME}/.npm/_cacache/b`]: '' })
  sys.put(`${HOME}/.npmrc`, '', { uid: 0 })
  for (const name of ['a', 'b']) sys.put(`${HOME}/.npm/_cacache/${name}`, '', { uid: 0, mode: 0o600 })
  const all = await found(ownersCheck, sys)
  expect(all.map(({ severity, subject }) => [severity, subject])).toEqual([
    ['warning', `${HOME}/.npmrc`],
    ['error', `${HOME}/.npm`],
  ])
})

test('what no helper would make, or nobody could be shown, is left to the command', async () => {
  const state = `${HOME}/.local/state/goready`
  const cases: readonly (readonly [name: string, path: string, plant: (sys: MemorySystem) => void])[] = [
    ['another account’s', GO, (sys) => give(sys, GO, 5)],
    ['another account’s below root’s', GO, (sys) => sys.put(`${GO}/env`, '', { uid: 5 })],
    ['setuid below it', GO, (sys) => sys.put(`${GO}/tool`, '', { uid: 0, mode: 0o4755 })],
    ['the way to our own records', `${HOME}/.local`, (sys) => give(sys, `${HOME}/.local`, 0)],
    ['closed to the user', GO, (sys) => (sys.list = (path) => refuse(path === GO ? 'EACCES' : 'ENOENT'))],
  ]
  for (const [name, path, plant] of cases) {
    const sys = homeOf({ [`${GO}/env`]: '', [`${state}/runs/x.jsonl`]: '' })
    if (path === GO) give(sys, GO, 0)
    plant(sys)
    const [one, ...more] = await found(ownersCheck, sys)
    expect([name, one?.code, one?.subject, one?.repairs, more.length]).toEqual([
      ...[name, 'files.foreign-owner', path, undefined, 0],
    ])
    expect(one?.values?.['command']).toContain(`sudo chown -R 1000:`)
  }
})

const refuse = (code: string): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }))

test('more than one repair may change is left to the command', async () => {
  const sys = homeOf({}, 0)
  for (const path of [`${HOME}/.config`, GO]) give(sys, path, path === GO ? 5 : 1000)
  for (let at = 0; at < 2001; at++) sys.put(`${GO}/telemetry/${at}`, '', { uid: 5 })
  const [one] = await found(ownersCheck, sys)
  expect(one?.code).toBe('files.foreign-owner')
  expect(one?.repairs).toBeUndefined()
})

test('a home that is somebody else’s is said once, and nothing in it', async () => {
  const sys = homeOf({ [`${HOME}/.npmrc`]: '' })
  sys.folder(HOME, 0)
  sys.put(`${HOME}/.npmrc`, '', { uid: 0 })
  const all = await found(ownersCheck, sys)
  expect(all.map(({ subject }) => subject)).toEqual([HOME])
})

test('what its owner cannot use is opened, and only by the bits that are missing', async () => {
  const sys = homeOf({ [`${HOME}/.config/goready/env.sh`]: '' })
  sys.put(`${HOME}/.config/goready/env.sh`, '', { mode: 0o404 })
  sys.put(`${HOME}/.npmrc`, '', { mode: 0o400 })
  sys.put(`${HOME}/.netrc`, '', { mode: 0 })
  const all = await found(ownersCheck, sys)
  expect(all.map(({ code, subject }) => [code, subject])).toEqual([
    ['files.mode-closed', `${HOME}/.netrc`],
    ['files.mode-closed', `${HOME}/.config/goready/env.sh`],
  ])
  expect(all.flatMap(({ repairs }) => repairs ?? [])).toMatchObject([
    { safe: true, changes: [{ before: { mode: 0 }, after: { mode: 0o400, uid: 1000 } }] },
    { safe: true, changes: [{ before: { mode: 0o404 }, after: { mode: 0o604 } }] },
  ])
})

test('a token is only told of where everybody can read it', async () => {
  const token = '//r.example/:_authToken=hush\n'
  const cases: readonly (readonly [name: string, text: string, mode: number, count: number])[] = [
    ['.npmrc', token, 0o644, 1],
    ['.npmrc', token, 0o640, 0],
    ['.npmrc', token, 0o600, 0],
    ['.npmrc', '//r.example/:_authToken=${TOKEN}\n', 0o644, 0],
    ['.npmrc', 'registry=https://r.example/\n', 0o644, 0],
    ['.netrc', 'machine h login u password p\n', 0o644, 1],
    ['.docker/config.json', '{"auths":{"h":{"auth":"dTpw"}}}', 0o644, 1],
    ['.docker/config.json', '{"auths":{"h":{}},"credsStore":"secretservice"}', 0o644, 0],
  ]
  for (const [name, text, mode, count] of cases) {
    const sys = homeOf({ [`${HOME}/${name}`]: text })
    sys.put(`${HOME}/${name}`, text, { mode })
    const all = await found(ownersCheck, sys)
    expect([name, text, mode, all.length]).toEqual([name, text, mode, count])
    if (count === 1) {
      expect(all[0]).toMatchObject({ code: 'files.secrets-open', severity: 'warning' })
      expect(all[0]?.repairs).toMatchObject([{ safe: true, changes: [{ after: { mode: 0o600 } }] }])
      expect(JSON.stringify(all)).not.toContain('hush')
    }
  }
})

test('a file that is made to be slow is read in a moment', async () => {
  const begin = performance.now()
  const [long, lines] = [' '.repeat(200_000), '\n'.repeat(200_000)]
  for (const text of [`${long}x`, `${lines}x`, `_auth=${long}\${X}`, `${'_auth '.repeat(40_000)}`, `_auth${long}x`])
    expect(await found(ownersCheck, homeOf({ [`${HOME}/.npmrc`]: text }))).toEqual([])
  expect(performance.now() - begin).toBeLessThan(10_000)
})
