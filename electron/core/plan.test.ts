import { expect, test } from 'vitest'
import { MemorySystem } from '../system/memory.ts'
import { fold } from './plan.ts'
import { edit, testFormats } from './test-format.ts'

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)

test('two edits of one file become one change, foreign lines stay', async () => {
  const sys = new MemorySystem({ '/home/u/env': 'x=1\nOTHER=2' })
  const changes = await fold([edit('/home/u/env', 'x', '9'), edit('/home/u/env', 'y', '3')], testFormats, sys)
  expect(changes).toHaveLength(1)
  const [change] = changes
  expect(change?.kind === 'file' && text(change.after?.bytes)).toBe('x=9\nOTHER=2\ny=3')
  expect(sys.writes).toEqual([])
})

test('a file that would stay the same is no change', async () => {
  const sys = new MemorySystem({ '/home/u/env': 'x=1' })
  expect(await fold([edit('/home/u/env', 'x', '1')], testFormats, sys)).toEqual([])
})

test('missing folders come first, outermost first', async () => {
  const sys = new MemorySystem({ '/home/u/keep': '' })
  const changes = await fold([edit('/home/u/.config/go/env', 'x', '1')], testFormats, sys)
  expect(changes.map((change) => ('path' in change ? change.path : change.name))).toEqual([
    '/home/u/.config',
    '/home/u/.config/go',
    '/home/u/.config/go/env',
  ])
})

test('two names of one file become one change of the file behind the links', async () => {
  const sys = new MemorySystem({ '/dots/rc': 'a=1' })
  sys.link('/home/u/rc', '/dots/rc')
  sys.link('/home/u/login', 'rc')
  const changes = await fold([edit('/home/u/rc', 'x', '1'), edit('/home/u/login', 'x', '1')], testFormats, sys)
  expect(changes).toHaveLength(1)
  expect(changes[0]).toMatchObject({ path: '/home/u/rc', real: '/dots/rc' })
})

test('two settings that want different values for one key are refused', async () => {
  const sys = new MemorySystem({ '/e': '' })
  await expect(fold([edit('/e', 'x', '1'), edit('/e', 'x', '2')], testFormats, sys)).rejects.toMatchObject({
    code: 'edit-conflict',
  })
})

test('what another account owns needs an administrator; what is closed to its own owner is refused', async () => {
  const sys = new MemorySystem()
  sys.folder('/home/u')
  sys.put('/etc/theirs', 'x=1', { uid: 0 })
  expect(await fold([edit('/etc/theirs', 'x', '2')], testFormats, sys)).toMatchObject([{ kind: 'file', admin: true }])
  sys.obstacle = () => Promise.resolve({ path: '/home/u', why: 'read-only' })
  const refused = { code: 'read-only', values: { path: '/home/u' } }
  await expect(fold([edit('/home/u/.rc', 'x', '2')], testFormats, sys)).rejects.toMatchObject(refused)
})

test('hard-linked, read-only and odd files are refused, but only when they would change', async () => {
  const sys = new MemorySystem()
  sys.put('/h', 'x=1', { links: 2 })
  sys.put('/r', 'x=1', { mode: 0o444 })
  sys.folder('/d')
  await expect(fold([edit('/h', 'x', '2')], testFormats, sys)).rejects.toMatchObject({
    code: 'hard-linked',
    values: { path: '/h', links: 2 },
  })
  await expect(fold([edit('/r', 'x', '2')], testFormats, sys)).rejects.toMatchObject({ code: 'read-only' })
  await expect(fold([edit('/d', 'x', '2')], testFormats, sys)).rejects.toMatchObject({ code: 'not-a-file' })
  expect(await fold([edit('/h', 'x', '1'), edit('/r', 'x', '1')], testFormats, sys)).toEqual([])
})

test("what this user can't write needs an administrator", async () => {
  const sys = new MemorySystem()
  sys.put('/etc/f', 'x=1', { uid: 0 })
  expect((await fold([edit('/etc/f', 'x', '2')], testFormats, sys))[0]).toMatchObject({ admin: true })
})

test('root writes new files for the owner of the folder', async () => {
  const sys = new MemorySystem({}, 0)
  sys.put('/home/u/keep', '', { uid: 1000 })
  const student = new MemorySystem({ '/home/u/keep': '' }, 1000)
  expect((await fold([edit('/home/u/env', 'x', '1')], testFormats, student))[0]).toMatchObject({ after: { uid: 1000 } })
  expect((await fold([edit('/home/u/env', 'x', '1')], testFormats, sys))[0]).toMatchObject({ after: { uid: 0 } })
})

test('a file that may not be read is refused by name', async () => {
  const sys = new MemorySystem({ '/f': 'x=1' })
  sys.readFile = (path) => Promise.reject(Object.assign(new Error(path), { code: 'EACCES' }))
  await expect(fold([edit('/f', 'x', '2')], testFormats, sys)).rejects.toMatchObject({
    code: 'no-permission',
    values: { path: '/f' },
  })
})
