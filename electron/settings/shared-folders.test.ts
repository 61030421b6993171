import { expect, test } from 'vitest'
import { linuxPlaces } from '../platform/linux/places.ts'
import { MemorySystem } from '../system/memory.ts'
import { refuseSharedFolders } from './shared-folders.ts'

const places = linuxPlaces({ environment: { HOME: '/tmp/me/home' }, uid: 1000, username: 'me' })

async function verdict(path: string, modes: Readonly<Record<string, number>>): Promise<string> {
  const sys = new MemorySystem()
  for (const [folder, mode] of Object.entries(modes)) {
    sys.folder(folder)
    await sys.setRights(folder, { mode, uid: 1000, gid: 1000 })
  }
  return refuseSharedFolders({ version: 1, env: { path: [path] } }, places, sys).then(
    () => 'taken',
    ({ code, values }: { code: string; values: { reason: string } }) => `${code} ${values.reason}`,
  )
}
const SHARED = 'bad-profile shared-folder'

test.each([
  ['/opt/bin', { '/opt': 0o755, '/opt/bin': 0o755 }, 'taken'],
  ['/opt/bin', { '/opt': 0o755, '/opt/bin': 0o777 }, SHARED],
  ['/opt/bin', { '/opt': 0o777, '/opt/bin': 0o755 }, SHARED],
  // Whoever is first could make it.
  ['/srv/share/bin', { '/srv/share': 0o1777 }, SHARED],
  ['/srv/share/mine', { '/srv/share': 0o1777, '/srv/share/mine': 0o755 }, 'taken'],
  ['~/go/bin', { '/tmp': 0o1777, '/tmp/me/home': 0o700 }, 'taken'],
  ['~/go/bin', { '/tmp/me/home': 0o700, '/tmp/me/home/go': 0o777 }, SHARED],
] as const)('%s with %j: %s', async (path, modes, wanted) => {
  expect(await verdict(path, modes)).toBe(wanted)
})
