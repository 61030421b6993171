import { expect, test } from 'vitest'
import type { Draft } from '../../electron/contract/wizard.ts'
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
