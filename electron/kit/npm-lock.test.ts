import { expect, test } from 'vitest'
import { readLock, strongest } from './npm-lock.ts'

const SUM = `sha512-${'A'.repeat(86)}==`
const lock = (packages: Record<string, unknown>) => JSON.stringify({ lockfileVersion: 3, packages })
const read = (packages: Record<string, unknown>) => readLock(lock(packages), 'package-lock.json')

test('registry packages, each once; what lies elsewhere is left out', () => {
  const found = read({
    '': { name: 'app', version: '1.0.0' },
    'packages/own': { version: '1.0.0' },
    'node_modules/own': { resolved: 'packages/own', link: true },
    'node_modules/a': { version: '1.0.0', integrity: SUM },
    'node_modules/b/node_modules/a': { version: '1.0.0', integrity: SUM },
    'node_modules/@s/c': {
      version: '2.0.0-rc.1',
      integrity: SUM,
      resolved: 'https://r.example/@s/c/-/c-2.0.0-rc.1.tgz',
    },
    'node_modules/alias': { name: 'JSONStream', version: '1.3.5', integrity: SUM },
    'node_modules/g': { version: '1.0.0', resolved: 'git+ssh://git@example.com/g.git#abc' },
    'node_modules/d': { version: '1.0.0', integrity: SUM, inBundle: true },
  })
  expect(found.map(({ name, version }) => `${name}@${version}`)).toEqual([
    ...['a@1.0.0', '@s/c@2.0.0-rc.1', 'JSONStream@1.3.5'],
  ])
})

test('what nobody could check, and what is no name, is refused', () => {
  for (const [path, entry] of [
    ['node_modules/a', { version: '1.0.0' }],
    ['node_modules/a', { version: '1.0.0', integrity: 'md5-x' }],
    ['node_modules/../../x', { version: '1.0.0', integrity: SUM }],
    ['node_modules/a', { name: '../x', version: '1.0.0', integrity: SUM }],
    ['node_modules/a', { version: '../1', integrity: SUM }],
    ['node_modules/a/b', { version: '1.0.0', integrity: SUM }],
  ] as const)
    expect(() => read({ [path]: entry }), path).toThrow('unparsable-file')
  for (const text of ['', '{}', '{"lockfileVersion":1,"dependencies":{}}'])
    expect(() => readLock(text, 'package-lock.json')).toThrow('unparsable-file')
  expect(strongest('sha1-x sha512-y?opt')).toEqual({ algorithm: 'sha512', digest: 'y' })
})
