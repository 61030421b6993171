import { beforeEach, expect, test, vi } from 'vitest'
import type { KitServer } from '../../electron/contract/kit.ts'
import { imagesOf, kindOf, useKit } from './kit.ts'
import { useTasks } from './tasks.ts'
import { playMain } from './test-bridge.ts'
import { aTask } from './test-doctor.ts'
import { FIRST_PROFILE } from './wizard.ts'

const first = useKit.getState()
const kit = () => useKit.getState()
const folder = { id: 'kit-1', folder: '/kit' }
const wlan = { name: 'wlan0', address: '192.168.1.20' }
const server: KitServer = {
  folder: '/kit',
  interface: wlan,
  go: 'https://192.168.1.20:8443/go',
  docker: 'https://192.168.1.20:8443',
  npm: null,
  page: 'http://192.168.1.20:8080',
  authority: '/kit/room-ca.pem',
  fingerprint: 'AA:BB',
  since: '2026-11-30T08:00:00.000Z',
}

beforeEach(() => {
  vi.stubGlobal('requestAnimationFrame', (work: () => void) => setTimeout(work))
  vi.stubGlobal('cancelAnimationFrame', clearTimeout)
  useKit.setState(first, true)
  useTasks.setState({ tasks: new Map() })
})

/** A main whose tasks end at once with `result`. */
function play(result: unknown, serving: KitServer | null = null) {
  let now = serving
  const tasks: ReturnType<typeof aTask>[] = []
  const begin = () => {
    tasks.push(aTask(`task-${tasks.length}`, { type: 'done', result }))
    return { taskId: `task-${tasks.length - 1}` }
  }
  return playMain({
    'folder.choose': () => folder,
    'kit.show': () => ({ folder: '/kit', manifest: null, bytes: 0 }),
    'kit.make': begin,
    'kit.serve': begin,
    'kit.interfaces': () => [wlan, { name: 'lo', address: '127.0.0.1' }],
    'kit.serving': () => now,
    'kit.stop': () => {
      now = null
      return true
    },
    'task.list': () => tasks,
  })
}

const file = (name: string, text: string) => new File([text], name)

test.each([
  ['go.mod', 'goMod'],
  ['hello-go.mod', 'goMod'],
  ['package-lock.json', 'npmLock'],
  ['npm-shrinkwrap.json', 'npmLock'],
  ['package.json', null],
  ['mango.mod', null],
])('%s is for %s', (name, kind) => {
  expect(kindOf(name)).toBe(kind)
})

test('what was given is taken by its name; what is of no use is said', async () => {
  expect(await kit().take([file('go.mod', 'module x\n'), file('package-lock.json', '{}')])).toBe(true)
  expect(kit()).toMatchObject({ goMod: { text: 'module x\n' }, npmLock: { text: '{}' }, refused: null })
  expect(await kit().take([file('seats.csv', '')])).toBe(false)
  expect(kit().refused).toEqual({ name: 'seats.csv', why: 'kind' })
  expect(await kit().take([file('go.mod', 'x'.repeat(200_001))])).toBe(false)
  expect(kit()).toMatchObject({ refused: { why: 'large' }, goMod: { text: 'module x\n' } })
})

test('a kit is made of the wizard’s image unless others were named', async () => {
  expect(imagesOf(kit(), 'newest')).toEqual(['newest'])
  expect(imagesOf(kit(), undefined)).toEqual([])
  const asked = play({ folder: '/kit', files: 3, bytes: 10, kept: 0 })
  await kit().choose()
  kit().setImages(['golang:1.26'])
  await kit().make()
  await vi.waitFor(() => expect(kit().made).toMatchObject({ files: 3 }))
  expect(asked.find(({ name }) => name === 'kit.make')?.input).toEqual({
    id: 'kit-1',
    profile: FIRST_PROFILE,
    images: ['golang:1.26'],
    goMod: null,
    npmLock: null,
  })
})

test('it is served on the first interface unless another was picked, until it is stopped', async () => {
  const asked = play(server)
  await kit().choose()
  await kit().look()
  expect(kit()).toMatchObject({ chosen: 'wlan0', server: null })
  await kit().serve()
  expect(asked.find(({ name }) => name === 'kit.serve')?.input).toEqual({ id: 'kit-1', interface: 'wlan0' })
  expect(kit().server).toEqual(server)
  await kit().stop()
  expect(kit()).toMatchObject({ server: null, starting: { step: 'idle' } })
})

test('what is served already is known to a window that was opened later', async () => {
  play(null, server)
  await kit().look()
  expect(kit().server).toEqual(server)
})
