import { expect, test } from 'vitest'
import { controlOf, parseArguments } from './fpm.mjs'
import { possible } from './targets.mjs'

const ARGUMENTS = [
  ...['-s', 'dir', '--force', '-t', 'deb', '-d', 'libgbm1', '-d', 'libnss3', '--deb-recommends', 'docker.io | podman'],
  ...['--deb-compression', 'xz', '--architecture', 'amd64', '--after-install', '/tmp/a', '--after-remove', '/tmp/b'],
  ...['--description', 'One line\n more of it\n\n and more', '--version', '1.0~beta', '--package', 'out/x.deb'],
  ...['--name', 'goready', '--maintainer', 'Ann <ann@example.com>', '--url', 'https://example.com'],
  ...['--deb-priority', 'optional', '--license', 'MIT', '--before-remove=prerm.sh', '/dist/=/opt/GoReady', 'a=/usr/b'],
]

test('what electron-builder passes to fpm is understood', () => {
  const { options, mappings } = parseArguments(ARGUMENTS)
  expect(options).toMatchObject({ depends: ['libgbm1', 'libnss3'], 'before-remove': 'prerm.sh', version: '1.0~beta' })
  expect(mappings).toEqual([
    { source: '/dist/', target: '/opt/GoReady' },
    { source: 'a', target: '/usr/b' },
  ])
  expect(controlOf(options, 12)).toBe(`Package: goready
Version: 1.0~beta
Architecture: amd64
Maintainer: Ann <ann@example.com>
Installed-Size: 12
Depends: libgbm1, libnss3
Recommends: docker.io | podman
Section: default
Priority: optional
Homepage: https://example.com
Description: One line
 more of it
 .
 and more
`)
})

test('what it would only pretend to do stops it', () => {
  expect(() => parseArguments([...ARGUMENTS, '--deb-systemd', 'x'])).toThrow('--deb-systemd')
  expect(() => parseArguments([...ARGUMENTS, '-t', 'rpm'])).toThrow('rpm')
  expect(() => parseArguments([...ARGUMENTS, 'b=relative'])).toThrow('b=relative')
  expect(() => parseArguments(ARGUMENTS.filter((one) => one !== '--name' && one !== 'goready'))).toThrow('--name')
  const { options } = parseArguments([...ARGUMENTS, '--url', 'https://a\nDepends: evil'])
  expect(() => controlOf(options, 1)).toThrow('Homepage')
})

test('what can be made here is told from what needs another system or the network', () => {
  const on = (system: string, ...tools: string[]) => possible({ system, has: (name) => tools.includes(name) })
  expect(on('linux', 'dpkg-deb', '7za').here).toEqual(['dir', 'deb', 'win-dir', 'zip'])
  const { here, elsewhere } = on('linux')
  expect(here).toEqual(['dir', 'win-dir'])
  expect(elsewhere.map(({ name }) => name)).toEqual(['deb', 'AppImage', 'zip', 'nsis', 'portable', 'dmg'])
  expect(on('win32').here).toEqual(['dir', 'win-dir', 'zip', 'nsis', 'portable'])
  expect(on('darwin').here).toEqual(expect.arrayContaining(['dir', 'dmg']))
})
