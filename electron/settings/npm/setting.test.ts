import { expect, test } from 'vitest'
import { profileSchema } from '../../contract/profile.ts'
import type { Plan } from '../../contract/plan.ts'
import type { Places } from '../../core/places.ts'
import { fold } from '../../core/plan.ts'
import type { Prober } from '../../core/setting.ts'
import { viewPlan } from '../../core/view.ts'
import { linuxPlaces } from '../../platform/linux/places.ts'
import { MemorySystem } from '../../system/memory.ts'
import { formats } from '../index.ts'
import { npmTokenEdits, tokenKey } from './credential.ts'
import { npmSetting } from './setting.ts'

const { signal } = new AbortController()
const never: Prober = () => Promise.reject(new Error('no probe'))
const A = 'https://a.example/'
const RC = '/home/u/.npmrc'
const PROJECT = '/home/u/work/app'

type Given = { environment?: Record<string, string>; probe?: Prober; project?: Places['project'] }

function machine(files: Record<string, string>, { environment = {}, project = null }: Given = {}) {
  const sys = new MemorySystem({ '/home/u/.keep': '', ...files })
  const home = { HOME: '/home/u', ...environment }
  return { sys, places: { ...linuxPlaces({ environment: home, uid: 1000, username: 'u' }), project } }
}

async function propose(files: Record<string, string>, npm: unknown, given: Given = {}) {
  const { sys, places } = machine(files, given)
  const state = await npmSetting.detect(sys, places, signal)
  const profile = profileSchema.parse({ version: 1, sources: npm === undefined ? {} : { npm } })
  const chosen = await npmSetting.choose(profile, state, given.probe ?? never, signal)
  if (!chosen) return null
  const edits = npmSetting.plan(state, chosen.choice, places)
  return { notes: chosen.notes, edits: edits.map(({ target, key, after }) => [target.path, key, after]) }
}

test('a profile that says nothing about npm proposes nothing', async () => {
  expect(await propose({}, undefined)).toBeNull()
  expect(await propose({}, {})).toBeNull()
})

test('the default registry and those of scopes go to the user’s file; official removes the override', async () => {
  const npm = { default: A, scopes: { '@corp': 'https://nexus.example/npm/' } }
  expect((await propose({}, npm))?.edits).toEqual([
    [RC, 'registry', A],
    [RC, '@corp:registry', 'https://nexus.example/npm/'],
  ])
  expect((await propose({ [RC]: 'registry=https://b.example\n' }, 'official'))?.edits).toEqual([[RC, 'registry', null]])
  expect((await propose({}, 'official'))?.edits).toEqual([])
  const named = { environment: { npm_config_userconfig: '/home/u/other' } }
  expect((await propose({}, A, named))?.edits).toEqual([['/home/u/other', 'registry', A]])
})

test('what npm reads as the same source is left alone', async () => {
  expect((await propose({ [RC]: 'registry=https://a.example\n' }, A))?.edits).toEqual([])
  const given = { environment: { MIRROR: 'a.example' } }
  expect((await propose({ [RC]: 'registry = "https://${MIRROR}/" \n' }, A, given))?.edits).toEqual([])
})

test('auto: what stands in the file is what is kept or replaced; nothing chosen is npm’s own default', async () => {
  const asked: unknown[] = []
  const probe =
    (chosen: readonly string[]): Prober =>
    (target, current) => {
      asked.push([target, current])
      return Promise.resolve({ chosen, note: { key: 'plan:auto.kept' } })
    }
  const file = { [RC]: 'registry=https://b.example/\n' }
  expect((await propose(file, 'auto', { probe: probe([A]) }))?.edits).toEqual([[RC, 'registry', A]])
  expect((await propose(file, 'auto', { probe: probe([]) }))?.edits).toEqual([[RC, 'registry', null]])
  expect(asked[0]).toEqual(['npm', ['https://b.example/']])
})

test('pnpm’s own file is kept up to date where it names a registry, else left alone', async () => {
  const auth = '/home/u/.config/pnpm/auth.ini'
  expect((await propose({ [auth]: 'registry=https://b.example\n' }, A))?.edits).toContainEqual([auth, 'registry', A])
  expect((await propose({ [auth]: '//b.example/:_authToken=x\n' }, A))?.edits).toEqual([[RC, 'registry', A]])
})

test('yarn 2 and later gets its own file, where it is used', async () => {
  const own = '/home/u/.yarnrc.yml'
  const npm = { default: A, scopes: { '@corp': A } }
  expect((await propose({ [own]: 'nodeLinker: pnp\n' }, npm))?.edits.slice(1)).toEqual([
    [own, 'npmRegistryServer', A],
    [RC, '@corp:registry', A],
    [own, 'npmScopes.corp', A],
  ])
  await expect(propose({ [own]: 'a: [\n' }, A)).rejects.toMatchObject({
    code: 'unparsable-file',
    values: { path: own, line: 2 },
  })
})

test('a chosen project: its own files change, the user’s stay', async () => {
  const given = { project: { folder: PROJECT, chosen: true } }
  const files = { [RC]: 'registry=https://b.example/\n', [`${PROJECT}/package.json`]: '{}' }
  expect((await propose(files, A, given))?.edits).toEqual([[`${PROJECT}/.npmrc`, 'registry', A]])
  const berry = { ...files, [`${PROJECT}/package.json`]: '{"packageManager": "yarn@4.1.0"}' }
  expect((await propose(berry, A, given))?.edits).toContainEqual([`${PROJECT}/.yarnrc.yml`, 'npmRegistryServer', A])
})

test('what hides the user’s file is told: a project around us, a variable here or in a shell’s file', async () => {
  const files = {
    [`${PROJECT}/package.json`]: '{}',
    [`${PROJECT}/.npmrc`]: 'registry=https://user:hush@p.example/\n//p.example/:_authToken=s3cret\n',
    '/home/u/.bashrc': 'export npm_config_registry=https://shell.example\n',
  }
  const environment = { NPM_CONFIG_REGISTRY: 'https://env.example' }
  const found = await propose(files, A, { environment, project: { folder: `${PROJECT}/src`, chosen: false } })
  expect(found?.edits).toEqual([[RC, 'registry', A]])
  expect(found?.notes.map(({ key, values }) => [key, values?.['file'] ?? values?.['from']])).toEqual([
    ['setting:npm.hiddenByVariable', '/home/u/.bashrc:1'],
    ['setting:npm.hiddenByVariable', 'environment'],
    ['setting:npm.hiddenByProject', `${PROJECT}/.npmrc`],
  ])
  expect(JSON.stringify(found)).not.toMatch(/hush|s3cret/)
  const same = { ...files, [`${PROJECT}/.npmrc`]: `registry=${A}\n`, '/home/u/.bashrc': '' }
  expect((await propose(same, A, { project: { folder: PROJECT, chosen: false } }))?.notes).toEqual([])
})

test('a view shows no token of the file, and none that is put into it', async () => {
  const file =
    '//b.example/:_authToken=ab,c"d;e\n_auth = dTpw==\n//b.example/:username=ann\n//b.example/:_password=cA==\n'
  const { sys, places } = machine({ [RC]: file })
  const edits = await npmTokenEdits(sys, places, 'https://nexus.example/npm', 'npm_TOPSECRET')
  const changes = await fold(edits, formats, sys)
  const plan: Plan = { id: 'x', changes, findings: [] }
  const view = JSON.stringify(viewPlan(plan, [], 'not-needed'))
  expect(view).not.toMatch(/ab,|dTpw|ann"|cA==|TOPSECRET/)
  expect(view).toContain('+//nexus.example/npm/:_authToken=••••')
  expect(view).toContain('"after":"••••"')
  const [change] = changes
  expect(change).toMatchObject({ kind: 'file', before: { mode: 0o644 }, after: { mode: 0o600 } })
  if (change?.kind !== 'file' || change.after === null) throw new Error('no file')
  expect(new TextDecoder().decode(change.after.bytes)).toBe(`${file}//nexus.example/npm/:_authToken=npm_TOPSECRET\n`)
})

test('tokens: npm’s name for a registry, the same one twice, taken out, what no token can be', async () => {
  expect(tokenKey('http://localhost:4873')).toBe('//localhost:4873/:_authToken')
  const { sys, places } = machine({ [RC]: '//a.example/:_authToken=t\n' })
  expect(await npmTokenEdits(sys, places, A, 't')).toEqual([])
  expect(await npmTokenEdits(sys, places, A, null)).toMatchObject([{ before: 't', after: null, secret: true }])
  for (const bad of ['', 'a b', 'a\nregistry=x', '${HOME}', '"x'])
    await expect(npmTokenEdits(sys, places, A, bad)).rejects.toMatchObject({ code: 'bad-request' })
})
