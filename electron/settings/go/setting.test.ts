import { expect, test } from 'vitest'
import { profileSchema } from '../../contract/profile.ts'
import type { Prober } from '../../core/setting.ts'
import { linuxPlaces } from '../../platform/linux/places.ts'
import { MemorySystem } from '../../system/memory.ts'
import { asksThirdParty, goOfImage, isUnsafeGo } from './old-go.ts'
import { goSetting } from './setting.ts'

const { signal } = new AbortController()
const never: Prober = () => Promise.reject(new Error('no probe'))

async function propose(
  files: Record<string, string>,
  profile: Record<string, unknown>,
  { environment = {}, probe = never }: { environment?: Record<string, string>; probe?: Prober } = {},
) {
  const sys = new MemorySystem(files)
  sys.put('/bin/bash', '', { mode: 0o755 })
  const places = linuxPlaces({ environment: { HOME: '/home/u', ...environment }, uid: 1000, username: 'u' })
  const state = await goSetting.detect(sys, places, signal)
  const chosen = await goSetting.choose(profileSchema.parse({ version: 1, ...profile }), state, probe, signal)
  if (!chosen) return null
  const edits = goSetting.plan(state, chosen.choice, places)
  return {
    ...chosen,
    edits: edits.map(({ target, owner, key, before, after }) => ({ path: target.path, owner, key, before, after })),
  }
}
const GOENV = '/home/u/.config/go/env'

test('a profile that says nothing about Go proposes nothing', async () => {
  expect(await propose({}, { env: { set: { FOO: 'x' } } })).toBeNull()
})

test('values go to the GOENV file; what is not named stays', async () => {
  const proposal = await propose(
    { [GOENV]: 'GOFLAGS=-mod=mod\nGOPRIVATE=old\n' },
    {
      sources: { go: 'https://a.example', sumdb: 'default' },
      private: ['a.com', 'b.com'],
      env: { set: { GOTOOLCHAIN: 'local', FOO: 'x' } },
    },
  )
  expect(proposal?.edits).toEqual([
    { path: GOENV, owner: 'go', key: 'GOPROXY', before: null, after: 'https://a.example' },
    { path: GOENV, owner: 'go', key: 'GOPRIVATE', before: 'old', after: 'a.com,b.com' },
    { path: GOENV, owner: 'go', key: 'GOTOOLCHAIN', before: null, after: 'local' },
  ])
})

test('official removes the key, and an empty private list, too', async () => {
  const proposal = await propose({ [GOENV]: 'GOPROXY=x\nGOPRIVATE=y\n' }, { sources: { go: 'official' }, private: [] })
  expect(proposal?.edits.map(({ key, after }) => [key, after])).toEqual([
    ['GOPROXY', null],
    ['GOPRIVATE', null],
  ])
})

test('auto: kept as written, the default for none, bars and direct for what the race chose', async () => {
  const settle = async (chosen: readonly string[], current: string) => {
    const probe: Prober = () => Promise.resolve({ chosen, note: { key: 'plan:auto.kept' } })
    const proposal = await propose({ [GOENV]: `GOPROXY=${current}\n` }, { sources: { go: 'auto' } }, { probe })
    return proposal?.choice.values.get('GOPROXY')
  }
  expect(await settle(['https://a.example,direct'], 'https://a.example,direct')).toBe('https://a.example,direct')
  expect(await settle(['https://a.example'], 'https://a.example')).toBe('https://a.example')
  expect(await settle([], 'https://a.example')).toBeNull()
  expect(await settle(['https://b.example', 'https://c.example'], 'x')).toBe(
    'https://b.example|https://c.example|direct',
  )
})

test.each(['off', 'direct', 'file:///srv/goproxy', 'file:///srv/goproxy,direct', 'file:///a|off'])(
  'auto leaves %s alone: there is nobody to ask',
  async (value) => {
    const proposal = await propose({ [GOENV]: `GOPROXY=${value}\n` }, { sources: { go: 'auto' } })
    expect(proposal?.edits).toEqual([])
    expect(proposal?.notes).toEqual([{ key: 'plan:auto.unasked', values: { target: 'go', value } }])
  },
)

test('auto hands over what a new terminal would use: the environment before the file', async () => {
  const seen: (readonly string[])[] = []
  const probe: Prober = (_target, current) => {
    seen.push(current)
    return Promise.resolve({ chosen: [], note: { key: 'plan:auto.official' } })
  }
  await propose({ [GOENV]: 'GOPROXY=https://file.example\r\n' }, { sources: { go: 'auto' } }, { probe })
  await propose(
    { [GOENV]: 'GOPROXY=x\n' },
    { sources: { go: 'auto' } },
    { probe, environment: { GOPROXY: 'https://env.example' } },
  )
  await propose({}, { sources: { go: 'auto' } }, { probe })
  // Our own empty export takes the old one out of every new terminal.
  await propose(
    { '/home/u/.config/goready/env.sh': "export GOPROXY=''\n" },
    { sources: { go: 'auto' } },
    { probe, environment: { GOPROXY: 'https://env.example' } },
  )
  expect(seen).toEqual([['https://file.example'], ['https://env.example'], [], []])
})

test('an export of another value is replaced in the shell that has it, and only there', async () => {
  const rc = '/home/u/.bashrc'
  const hidden = await propose(
    { [rc]: 'export GOPROXY=https://old.example\n' },
    { sources: { go: 'https://a.example' } },
  )
  expect(hidden?.edits.map(({ path, owner, key, after }) => [path, owner, key, after])).toEqual([
    [GOENV, 'go', 'GOPROXY', 'https://a.example'],
    ['/home/u/.config/goready/env.sh', 'go', 'var:GOPROXY', 'https://a.example'],
    [rc, 'shell', 'source', expect.stringContaining('"$HOME"/\'.config/goready/env.sh\'')],
    ['/home/u/.profile', 'shell', 'source', expect.any(String)],
  ])
  const same = await propose({ [rc]: 'export GOPROXY=https://a.example\n' }, { sources: { go: 'https://a.example' } })
  expect(same?.edits).toHaveLength(1)
  const other = await propose({ '/home/u/.zshrc': 'export GOPROXY=x\n' }, { sources: { go: 'https://a.example' } })
  expect(other?.edits).toHaveLength(1)
})

test('official under an export writes an empty one, which Go reads as not set', async () => {
  const proposal = await propose(
    {},
    { sources: { go: 'official' } },
    { environment: { GOPROXY: 'https://old.example' } },
  )
  expect(proposal?.edits[0]).toMatchObject({ key: 'var:GOPROXY', after: '' })
})

test('a damaged file of ours is refused with path and line; a look at the machine still works', async () => {
  const files = { '/home/u/.config/goready/env.sh': 'touch canary\n', '/home/u/.bashrc': 'export GOPROXY=x\n' }
  await expect(propose(files, { sources: { go: 'off' } })).rejects.toMatchObject({
    code: 'unparsable-file',
    values: { path: '/home/u/.config/goready/env.sh', line: 1 },
  })
})

test('one variable with two different values is an error, GOENV=off, too', async () => {
  await expect(propose({}, { sources: { go: 'off' }, env: { set: { GOPROXY: 'direct' } } })).rejects.toMatchObject({
    code: 'bad-profile',
    values: { key: 'env.set.GOPROXY' },
  })
  await expect(propose({}, { sources: { go: 'off' } }, { environment: { GOENV: 'off' } })).rejects.toMatchObject({
    code: 'setting-not-effective',
  })
})

test('an old Go in the chosen image is told before anything is done', async () => {
  const proposal = await propose({}, { image: 'golang:1.25.9-alpine', sources: { go: 'https://a.example' } })
  expect(proposal?.notes).toEqual([{ key: 'setting:go.oldImage', values: { version: '1.25.9' } }])
  expect((await propose({}, { image: 'golang:1.26-alpine', sources: { go: 'https://a.example' } }))?.notes).toEqual([])
})

test('old and third party', () => {
  const old = ['go1.19.8', '1.24', '1.24.99', '1.25.9', '1.25rc1', '1.26.0', '1.26.2']
  const fine = ['1.25.10', '1.25', '1.26', '1.26.3', '1.27', '1.30.1', 'devel', '']
  expect(old.filter((version) => !isUnsafeGo(version))).toEqual([])
  expect(fine.filter(isUnsafeGo)).toEqual([])
  expect([null, 'direct', 'off', 'https://proxy.golang.org,direct', 'file:///x'].filter(asksThirdParty)).toEqual([])
  expect(asksThirdParty('https://proxy.golang.org|https://a.example')).toBe(true)
  expect(
    ['golang:1.21.5-alpine', 'docker.io/library/golang:1.26', 'golang:latest', 'newest', 'other:1.2'].map(goOfImage),
  ).toEqual(['1.21.5', '1.26', null, null, null])
})

test('GONOPROXY and GONOSUMDB count instead of GOPRIVATE where they are set, and that is told', async () => {
  const keys = async (files: Record<string, string>, extra: Record<string, unknown> = {}) =>
    (await propose(files, { private: ['corp.example'], ...extra }))?.notes.map(({ key, values }) => [
      key,
      values?.value,
    ])
  expect(await keys({})).toEqual([])
  expect(await keys({ [GOENV]: 'GONOSUMDB=other.example\n' })).toEqual([
    ['setting:go.privateHidden.GONOSUMDB', 'other.example'],
  ])
  expect(await keys({ [GOENV]: 'GONOPROXY=none\nGONOSUMDB=other.example,corp.example\n' })).toEqual([])
  // A private proxy: its modules come through it, and nobody outside is asked for their hashes.
  const set = { GONOPROXY: 'none', GONOSUMDB: 'corp.example' }
  const proposal = await propose({ [GOENV]: 'GONOSUMDB=x.example\n' }, { private: ['corp.example'], env: { set } })
  expect(proposal?.notes).toEqual([])
  expect(proposal?.edits.map(({ key, after }) => [key, after])).toEqual([
    ['GOPRIVATE', 'corp.example'],
    ['GONOPROXY', 'none'],
    ['GONOSUMDB', 'corp.example'],
  ])
})
