import { expect, test } from 'vitest'
import type { System } from '../../core/system.ts'
import { MemorySystem } from '../../system/memory.ts'
import { win32Places } from './places.ts'
import { windowsSystem } from './system.ts'

const places = win32Places({ environment: { USERPROFILE: 'C:\\Users\\u' }, username: 'u' })
const options = { mode: 0o666, uid: -1, gid: -1, temporary: 'C:/Users/u/.x' }

/** A file that another program has open for the first `times` attempts. */
function held(times: number, code = 'EPERM') {
  const tries: string[] = []
  const base: Partial<System> = {
    identity: { uid: -1, gid: -1 },
    resolve: () => Promise.resolve('C:\\Users\\u\\陈\\x'),
    lstat: (path) => new MemorySystem({ '/x': '' }).lstat(path),
    replaceFile(path) {
      tries.push(path)
      return tries.length > times ? Promise.resolve() : Promise.reject(Object.assign(new Error(code), { code }))
    },
  }
  return { tries, sys: windowsSystem(base as System, places) }
}

test('a file that another program has open for a moment is tried again, and named when it stays so', async () => {
  const moment = held(3)
  await moment.sys.replaceFile('C:/Users/u/x', new Uint8Array(), options)
  expect(moment.tries).toHaveLength(4)
  const stays = held(Number.POSITIVE_INFINITY, 'EBUSY')
  await expect(stays.sys.replaceFile('C:/Users/u/x', new Uint8Array(), options)).rejects.toMatchObject({
    code: 'file-in-use',
    values: { path: 'C:\\Users\\u\\x' },
  })
  expect(stays.tries).toHaveLength(9)
})

test('what has another reason is not tried again', async () => {
  const full = held(1, 'ENOSPC')
  await expect(full.sys.replaceFile('C:/x', new Uint8Array(), options)).rejects.toMatchObject({ code: 'ENOSPC' })
  expect(full.tries).toHaveLength(1)
})

test('paths come back in our form, and nobody owns anything by number', async () => {
  const { sys } = held(0)
  expect(await sys.resolve('C:/Users/u/x')).toBe('C:/Users/u/陈/x')
  expect(await sys.lstat('/x')).toMatchObject({ uid: -1, gid: -1 })
})
