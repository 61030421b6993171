import { expect, test } from 'vitest'
import type { Change, Edit, FormatId } from '../contract/plan.ts'
import type { Proposal } from '../core/setting.ts'
import { forHomesToCome, refuseOwnName } from './skeleton.ts'

const HOME = '/etc/skel'
const edit = (format: FormatId, before: string | null, after: string): Edit => ({
  target: { kind: 'file', path: `${HOME}/.x`, format, mode: 0o644, notify: [] },
  owner: 'authority',
  key: 'cafile',
  before,
  after,
})
const proposal = (...edits: Edit[]): Proposal => ({
  id: 'authority',
  edits,
  notes: [],
  registries: [],
  verify: () => Promise.reject(new Error('asked in the skeleton')),
})
const proof = { id: 'skel.proved', severity: 'ok', note: { key: 'plan:skel.proved' } } as const
const skeleton = { state: '/root/.local/state/goready', prove: () => Promise.resolve([proof]) }

test('each file spells the home of whoever reads it, and what stands already is no edit', () => {
  const given = proposal(
    edit('npmrc', null, `${HOME}/.config/goready/authorities/npm.pem`),
    edit('pip-conf', null, `${HOME}/.config/goready/authorities/pip.pem`),
    edit('npmrc', '${HOME}/a.pem', `${HOME}/a.pem`),
    edit('goenv', null, 'https://goproxy.example'),
  )
  const [own] = forHomesToCome([given], HOME, skeleton)
  expect(own?.edits.map(({ after }) => after)).toEqual([
    '${HOME}/.config/goready/authorities/npm.pem',
    '~/.config/goready/authorities/pip.pem',
    'https://goproxy.example',
  ])
})

test('nothing is asked in the skeleton itself, but in a copy of it', async () => {
  const all = forHomesToCome([proposal()], HOME, skeleton)
  const sys = {} as Parameters<Proposal['verify']>[0]
  const found = await Promise.all(all.map(({ verify }) => verify(sys, new AbortController().signal)))
  expect(found.flat()).toEqual([proof])
})

test('a text that names the skeleton is refused; one that did before is not ours', () => {
  const state = (text: string) => ({ bytes: new TextEncoder().encode(text), mode: 0o644, uid: 0, gid: 0 })
  const change = (before: string | null, after: string): Change => ({
    kind: 'file',
    path: `${HOME}/.profile`,
    real: `${HOME}/.profile`,
    before: before === null ? null : state(before),
    after: state(after),
    edits: [],
    notify: [],
    admin: false,
  })
  expect(() => refuseOwnName([change(null, `. ${HOME}/env.sh`)], HOME)).toThrow('setting-not-effective')
  refuseOwnName([change(`# from ${HOME}/`, `# from ${HOME}/\n. "$HOME/env.sh"`)], HOME)
})
