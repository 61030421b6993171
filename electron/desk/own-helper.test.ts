import { expect, test } from 'vitest'
import { type HelperParts, ownHelper } from './own-helper.ts'

const there =
  (...paths: readonly string[]) =>
  (path: string) =>
    paths.includes(path)
const parts: HelperParts = {
  packaged: false,
  program: '/usr/bin/node',
  built: '/p/out/node',
  node: true,
  windows: false,
  path: '/x:/usr/bin',
  exists: there('/usr/bin/node', '/p/out/node/elevated.js'),
}

test('in a checkout Node runs what was built; a window looks for a Node', () => {
  expect(ownHelper(parts)).toEqual(['/usr/bin/node', '/p/out/node/elevated.js'])
  const electron = { ...parts, node: false, program: '/p/electron' }
  expect(ownHelper(electron)).toEqual(['/usr/bin/node', '/p/out/node/elevated.js'])
  expect(ownHelper({ ...electron, path: 'bin:/x' })).toBeNull()
  expect(ownHelper({ ...parts, exists: there('/usr/bin/node') })).toBeNull()
})

test('installed it is the wrapper beside the program, and no argument', () => {
  const installed = { ...parts, packaged: true, node: false, program: '/opt/GoReady/goready-bin' }
  expect(ownHelper({ ...installed, exists: there('/opt/GoReady/goready-elevated') })).toEqual([
    '/opt/GoReady/goready-elevated',
  ])
  expect(ownHelper(installed)).toBeNull()
})

test('on Windows UAC starts the installed program itself', () => {
  const installed = { ...parts, packaged: true, windows: true, program: 'C:\\GoReady\\GoReady.exe' }
  expect(ownHelper(installed)).toEqual(['C:\\GoReady\\GoReady.exe', '--', 'elevated'])
})
