import { expect, test } from 'vitest'
import { MemorySystem } from '../system/memory.ts'
import { askingOf, withRightsBelow } from './home.ts'

function machine(): MemorySystem {
  const sys = new MemorySystem({}, 0)
  const lines = ['root:x:0:0::/root:/bin/sh', 'ann:x:1000:1001::/home/ann:/bin/sh', 'bob:x:1002:1002::/:/bin/sh']
  sys.put('/etc/passwd', `${lines.join('\n')}\n`)
  sys.folder('/data/ann')
  sys.folder('/data/ann', 1000)
  sys.link('/home/ann', '/data/ann')
  return sys
}

test('whoever asks has the real home that the account database names, if it is his', async () => {
  const sys = machine()
  expect(await askingOf('ann', 'linux', sys)).toEqual({ uid: 1000, gid: 1001, home: '/data/ann' })
  for (const name of [null, 'root', 'bob', 'nobody-here'])
    expect([name, await askingOf(name, 'linux', sys)]).toEqual([name, null])
  expect(await askingOf('ann', 'darwin', sys)).toBeNull()
  sys.folder('/data/ann', 1002)
  expect(await askingOf('ann', 'linux', sys)).toBeNull()
})

test('rights change below that home and nowhere else, whatever was planned', async () => {
  const asking = { uid: 1000, gid: 1000, home: '/data/ann' }
  const rights = { mode: 0o600, uid: 1000, gid: 1000 }
  for (const path of ['/data/ann', '/data', '/data/anna/x', '/etc/shadow']) {
    const refused = withRightsBelow(machine(), asking).setRights(path, rights)
    await expect(refused, path).rejects.toMatchObject({ code: 'admin-forbidden', values: { path } })
  }
  await expect(withRightsBelow(machine(), null).setRights('/data/ann/x', rights)).rejects.toMatchObject({
    code: 'admin-forbidden',
  })
})
