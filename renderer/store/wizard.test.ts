import { expect, test } from 'vitest'
import type { Profile } from '../../electron/contract/profile.ts'
import type { Draft, OpenedProfile } from '../../electron/contract/wizard.ts'
import { playMain } from './test-bridge.ts'
import { FIRST_PROFILE, useWizard } from './wizard.ts'

const at = (page: Draft['page']): Draft => ({ page, profile: FIRST_PROFILE, opened: null, taskId: null, runId: 'r' })

async function loaded(page: Draft['page'], started: boolean) {
  const asked = playMain({ 'draft.load': () => at(page), 'draft.save': () => true })
  await useWizard.getState().load(false, started)
  const saved = asked.filter(({ name }) => name === 'draft.save').map(({ input }) => input)
  return { page: useWizard.getState().page, saved }
}

test('a later start begins with the check-up, and a page that is loaded anew then stays there', async () => {
  expect(await loaded('done', true)).toEqual({ page: 'check-up', saved: [at('check-up')] })
})

test('a page that is loaded anew stays where it was, and so does a start in the middle', async () => {
  expect(await loaded('done', false)).toEqual({ page: 'done', saved: [] })
  expect(await loaded('sources', true)).toEqual({ page: 'sources', saved: [] })
})

const opened = (profile: Partial<Profile>, more: Partial<OpenedProfile> = {}): OpenedProfile => {
  const whole: Profile = { version: 1, ...profile }
  return { name: 'class.yaml', profile: whole, locked: whole.locked ?? [], remark: whole.remark ?? null, ...more }
}

test('what a teacher locked stays, whatever changes the choices, and when all begins anew', () => {
  playMain({ 'draft.save': () => true })
  const wizard = useWizard.getState()
  const room: Partial<Profile> = {
    image: 'golang:1.26',
    pull: 'direct',
    locked: ['image', 'sources.go'],
    remark: '三班',
  }
  wizard.open(opened(room))
  wizard.edit((profile) => ({ ...profile, image: 'golang', pull: 'auto', sources: { go: 'official', npm: 'auto' } }))
  expect(useWizard.getState().profile).toEqual({ version: 1, ...room, pull: 'auto', sources: { npm: 'auto' } })
  wizard.reset()
  const { profile, page, opened: still } = useWizard.getState()
  expect(profile).toEqual({ ...FIRST_PROFILE, ...room, pull: undefined, sources: { docker: 'auto' } })
  expect([page, still?.name]).toEqual(['check-up', 'class.yaml'])
  wizard.leave()
  expect(useWizard.getState()).toMatchObject({ profile: FIRST_PROFILE, opened: null })
})

test('what wants to be believed is asked about first, and nothing of it is taken over before', () => {
  playMain({ 'draft.save': () => true })
  const wizard = useWizard.getState()
  wizard.leave()
  const asked = opened({ authorities: [{ file: '/usb/ca.pem', for: ['go'] }] })
  wizard.open(asked)
  expect(useWizard.getState()).toMatchObject({ asked, profile: FIRST_PROFILE, opened: null })
  wizard.answer(false)
  expect(useWizard.getState()).toMatchObject({ asked: null, profile: FIRST_PROFILE, opened: null })
  wizard.answer(true)
  expect(useWizard.getState().opened).toBeNull()
  wizard.open(asked)
  wizard.answer(true)
  expect(useWizard.getState()).toMatchObject({ asked: null, profile: asked.profile, page: 'review' })
  wizard.leave()
  wizard.open(opened(asked.profile, { signature: { state: 'known', by: 'Lab' } }))
  expect(useWizard.getState()).toMatchObject({ asked: null, opened: { signature: { by: 'Lab' } } })
  wizard.leave()
  wizard.open(opened(asked.profile, { signature: { state: 'unknown', by: '0123456789abcdef' } }))
  expect(useWizard.getState().asked).not.toBeNull()
  wizard.answer(false)
})
