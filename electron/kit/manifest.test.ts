import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isPortable, parseManifest } from './manifest.ts'

const HASH = 'a'.repeat(64)
const FILE = { path: 'profile.goready.yml', size: 1, sha256: HASH }
const LIST = {
  ...{ version: 1, made: '2026-11-30T00:00:00Z', program: 'GoReady', files: [FILE], images: [], go: null, npm: null },
  ...{ profile: FILE.path, catalogue: null, installers: [] },
}
const parse = (changes: Record<string, unknown>) => parseManifest(JSON.stringify({ ...LIST, ...changes }), 'list')
const files = (...paths: string[]) => ({ files: [FILE, ...paths.map((path) => ({ path, size: 1, sha256: HASH }))] })

test('a list is read, and what could lie elsewhere or twice is refused', () => {
  expect(parse({}).profile).toBe(FILE.path)
  expect(parse(files('go/!x/@v/v1.0.0+incompatible.zip', 'installers/应用.deb')).files).toHaveLength(3)
  const refused = [
    ...[
      '../x',
      'a/../b',
      '/etc/passwd',
      './x',
      'a//b',
      'C:/x',
      'a\\b',
      'a\0b',
      'PROFILE.goready.yml',
      'goready-kit.json',
    ],
    ...['nul', 'aux.txt', 'a/com1', 'x.', 'x ', 'a:b', 'a?b', 'Goready-Kit.json', ''],
  ]
  for (const path of refused) expect(() => parse(files(path)), path).toThrow('kit-damaged')
  for (const changes of [
    { version: 2 },
    { more: 1 },
    { profile: 'elsewhere.yml' },
    { images: [{ reference: 'golang:1', file: 'images/x.tar', digest: '', platform: '' }] },
    { images: [{ reference: 'golang:1', file: FILE.path, digest: 'sha256:../../../x', platform: '' }] },
    { files: [{ ...FILE, size: 2 ** 41 }] },
    { files: [{ ...FILE, size: -1 }] },
    { go: { folder: '../go', sumdb: null, modules: [] } },
  ])
    expect(() => parse(changes), JSON.stringify(changes)).toThrow('kit-damaged')
  for (const text of ['', '[]', 'null', '{"version":1', '{"__proto__":{}}'])
    expect(() => parseManifest(text, 'list')).toThrow('kit-damaged')
})

test('whatever a list says, no path leaves the folder', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom('..', '.', '', 'a', '~', 'x:y', '\\', 'é'), fc.string()), { maxLength: 6 }),
      (parts) => {
        const path = parts.join('/')
        try {
          parse(files(path))
        } catch {
          return true
        }
        return isPortable(path) && !path.startsWith('/') && !path.split('/').includes('..') && !path.includes('\\')
      },
    ),
  )
})
