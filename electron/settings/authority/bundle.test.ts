import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { afterAll, expect, test } from 'vitest'
import { profileSchema } from '../../contract/profile.ts'
import { linuxPlaces } from '../../platform/linux/places.ts'
import { MemorySystem } from '../../system/memory.ts'
import { bundlePath, forBundle } from './bundle.ts'
import { forSystem } from './system-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'goready-bundle-'))
afterAll(() => rmSync(folder, { recursive: true }))
const ca = (name: string): string => {
  const file = join(folder, name)
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${file}.key`]
  execFileSync('openssl', ['req', '-x509', ...key, '-out', file, '-days', '30', '-subj', `/CN=${name}`], {
    stdio: 'pipe',
  })
  return readFileSync(file, 'utf8')
}
const [ROOM, FLOOR] = [ca('room'), ca('floor')]
const places = linuxPlaces({
  ...{ uid: 1000, gid: 1000, username: 'me', hostname: 'h', cwd: '/' },
  environment: { HOME: '/home/me', PATH: '' },
})
const OURS = bundlePath(places, 'npm')
const profile = (file = '/room.pem') => profileSchema.parse({ version: 1, authorities: [{ file, for: ['npm', 'go'] }] })
const after = async (sys: MemorySystem, file?: string): Promise<Record<string, unknown>> => {
  const { edits } = await forBundle('npm', profile(file), places, sys)
  return Object.fromEntries(edits.map(({ target, after: value }) => [target.path, value]))
}
const FILES = { '/room.pem': ROOM, '/floor.pem': FLOOR }

test('a new file holds the authority and all public ones, and is named', async () => {
  const { [OURS]: text, ...rest } = await after(new MemorySystem(FILES))
  expect(rest).toEqual({ '/home/me/.npmrc': OURS })
  for (const one of [ROOM.trim(), ...rootCertificates]) expect(text).toContain(one)
})

test('whom a person’s own file named before is still believed, and is not forgotten by the next time', async () => {
  const own = new MemorySystem({ ...FILES, '/home/me/.npmrc': 'cafile=/own.pem\n', '/own.pem': FLOOR })
  const first = await after(own)
  expect(String(first[OURS])).toContain(FLOOR.trim())
  expect(String(first[OURS])).not.toContain(rootCertificates[0])
  const files = { ...FILES, '/home/me/.npmrc': `cafile=${OURS}\n`, [OURS]: String(first[OURS]), '/own.pem': FLOOR }
  expect(await after(new MemorySystem(files))).toEqual({})
  expect(await after(new MemorySystem({ ...files, '/third.pem': ca('third') }), '/third.pem')).toEqual({
    [OURS]: expect.stringContaining(FLOOR.trim()),
  })
})

test('what a person’s own file holds already needs nothing', async () => {
  const sys = new MemorySystem({ ...FILES, '/home/me/.npmrc': 'cafile=/own.pem\n', '/own.pem': FLOOR + ROOM })
  expect(await after(sys)).toEqual({})
})

test('a system without a list of files says that it comes later', async () => {
  await expect(forSystem(profile(), places, new MemorySystem(FILES))).rejects.toMatchObject({
    code: 'not-yet',
    values: { key: 'authorities: go' },
  })
  const debian = new MemorySystem({ ...FILES, '/etc/ca-certificates.conf': '' })
  const { edits } = await forSystem(profile(), places, debian)
  expect(edits.map(({ target }) => target)).toMatchObject([
    {
      path: expect.stringMatching(/^\/usr\/local\/share\/ca-certificates\/goready-[0-9a-f]{16}\.crt$/),
      notify: ['authorities-update'],
    },
  ])
  const trusted = new MemorySystem({
    ...FILES,
    '/etc/ca-certificates.conf': '',
    '/etc/ssl/certs/ca-certificates.crt': ROOM,
  })
  expect((await forSystem(profile(), places, trusted)).edits).toEqual([])
})
