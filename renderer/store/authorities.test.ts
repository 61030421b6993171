import { beforeEach, expect, test } from 'vitest'
import { addAuthority, chooseClient, dropClient, removeAuthority, toggleTool } from './authorities.ts'
import { playMain } from './test-bridge.ts'
import { FIRST_PROFILE, useWizard } from './wizard.ts'

const authorities = () => useWizard.getState().profile.authorities
const first = () => authorities()?.[0] ?? expect.fail('no authority')
/** A person who chooses these files, in this order; null closes the dialog. */
const choosing = (...files: (string | null)[]) =>
  playMain({ 'file.choose': () => files.shift() ?? null, 'draft.save': () => true })

beforeEach(() => useWizard.setState({ profile: FIRST_PROFILE, opened: null }))

test('a certificate that the dialog gave is a choice, once; a closed dialog changes nothing', async () => {
  const asked = choosing('/d/ca.pem', '/d/ca.pem', null)
  for (let times = 0; times < 3; times++) await addAuthority()
  expect(authorities()).toEqual([{ file: '/d/ca.pem', for: ['docker'] }])
  expect(asked.find(({ name }) => name === 'file.choose')?.input).toEqual({ kind: 'certificate' })
})

test("a client's certificate comes with its key or not at all, and can go again", async () => {
  choosing('/d/ca.pem', '/d/me.pem', null, '/d/me.pem', '/d/me.key')
  await addAuthority()
  await chooseClient(first())
  expect(first()).not.toHaveProperty('client')
  await chooseClient(first())
  expect(first().client).toEqual({ cert: '/d/me.pem', key: '/d/me.key' })
  dropClient(first())
  expect(first()).toEqual({ file: '/d/ca.pem', for: ['docker'] })
  removeAuthority(first())
  expect(useWizard.getState().profile).toEqual(FIRST_PROFILE)
})

test('tools are ticked and unticked, and one at least stays', async () => {
  choosing('/d/ca.pem')
  await addAuthority()
  toggleTool(first(), 'npm')
  toggleTool(first(), 'docker')
  expect(first().for).toEqual(['npm'])
  toggleTool(first(), 'npm')
  expect(first().for).toEqual(['npm'])
})

test('what a teacher closed stays', async () => {
  useWizard.setState({ opened: { name: 'class.yaml', locked: ['authorities'], remark: null } })
  choosing('/d/ca.pem')
  await addAuthority()
  expect(authorities()).toBeUndefined()
})
