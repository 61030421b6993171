import { beforeEach, expect, test } from 'vitest'
import type { OwnMirror } from '../../electron/contract/mirror.ts'
import { aMirror } from '../../electron/contract/test-mirror.ts'
import { NEW_OWN, ownReason, useOwnMirrors } from './own-mirrors.ts'
import { useSources } from './sources.ts'
import { playMain } from './test-bridge.ts'

const kept: OwnMirror = { id: 'own-1', target: 'go', name: '机房', url: 'https://room.example' }
beforeEach(() => useOwnMirrors.setState({ mirrors: null, form: null, busy: false, error: null }))

test('what is saved is asked of main, shown from its answer, and stands among the sources at once', async () => {
  const asked = playMain({
    'mirror.saveOwn': (mirror) => [{ ...mirror, id: 'own-1' }],
    'mirror.list': () => [aMirror({ id: 'own-1', own: true })],
  })
  useOwnMirrors.getState().edit({ ...NEW_OWN, name: ' 机房 ', url: ' https://room.example ' })
  await useOwnMirrors.getState().save()
  expect(asked[0]).toEqual({ name: 'mirror.saveOwn', input: { ...kept, id: '' } })
  expect(useOwnMirrors.getState()).toMatchObject({ mirrors: [kept], form: null, error: null })
  expect(useSources.getState().mirrors.map(({ id }) => id)).toEqual(['own-1'])
})

test('what main refuses leaves the form as it is and says why', async () => {
  playMain({})
  useOwnMirrors.getState().edit({ ...kept, id: '' })
  await useOwnMirrors.getState().save()
  expect(useOwnMirrors.getState()).toMatchObject({ form: { url: kept.url }, error: { code: 'internal' }, busy: false })
})

test('a removed one is gone, and its form as well', async () => {
  playMain({ 'mirror.removeOwn': () => [], 'mirror.list': () => [] })
  useOwnMirrors.setState({ mirrors: [kept], form: kept })
  await useOwnMirrors.getState().remove('own-1')
  expect(useOwnMirrors.getState()).toMatchObject({ mirrors: [], form: null })
})

test.each([
  ['', 'empty'],
  ['ftp://room.example', 'url-scheme'],
  ['https://me:word@room.example', 'url-credentials'],
  ['https://ROOM.example/', 'twice'],
  ['https://other.example', null],
])('%s: %s, as it is typed', async (url, reason) => {
  const asked = playMain({})
  const form = { ...NEW_OWN, url }
  expect(ownReason(form, [kept])).toBe(reason)
  useOwnMirrors.setState({ mirrors: [kept], form })
  if (reason !== null) await useOwnMirrors.getState().save()
  expect(asked).toEqual([])
})

test('the same address may serve another target, and one may be changed in place', () => {
  expect(ownReason({ ...NEW_OWN, target: 'docker', url: kept.url }, [kept])).toBeNull()
  expect(ownReason(kept, [kept])).toBeNull()
  const many = Array.from({ length: 64 }, (_, at) => ({ ...kept, id: `${at}`, url: `https://${at}.example` }))
  expect(ownReason({ ...NEW_OWN, url: 'https://x.example' }, many)).toBe('too-many')
})
