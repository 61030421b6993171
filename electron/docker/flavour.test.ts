import { expect, test } from 'vitest'
import type { Endpoint } from './endpoint.ts'
import { lowerVersion } from './engine.ts'
import { configFile, engineFlavour } from './flavour.ts'
import { goArch } from './pull-diagnosis.ts'
import { infoSchema, versionSchema } from './state.ts'
import { testPlaces } from './test-places.ts'

const endpoint: Endpoint = {
  address: 'unix:///var/run/docker.sock',
  source: 'default',
  context: null,
  flavour: 'docker-engine',
  tls: null,
}
const places = testPlaces()

test.each([
  [{ OperatingSystem: 'Docker Desktop' }, {}, 'docker-desktop', '/home/ann/.docker/daemon.json'],
  [{}, { Platform: { Name: 'Docker Desktop 4.50.0 (1)' } }, 'docker-desktop', '/home/ann/.docker/daemon.json'],
  [{}, { Components: [{ Name: 'Podman Engine' }] }, 'podman', null],
  [{ OperatingSystem: 'OrbStack' }, {}, 'orbstack', null],
  [{ Name: 'colima' }, {}, 'colima', null],
  [{ Name: 'lima-rancher-desktop' }, {}, 'rancher-desktop', null],
  [{ SecurityOptions: ['name=rootless'] }, {}, 'rootless', '/home/ann/.config/docker/daemon.json'],
  [{ OperatingSystem: 'Debian GNU/Linux 12' }, {}, 'docker-engine', '/etc/docker/daemon.json'],
])('info %j and version %j are %s', (info, version, flavour, file) => {
  const found = engineFlavour(endpoint, infoSchema.parse(info), versionSchema.parse(version))
  expect(found).toBe(flavour)
  expect(configFile(endpoint, found, places)).toBe(file)
})

test('an engine in the network has no file here', () => {
  expect(configFile({ ...endpoint, address: 'tcp://far:2375' }, 'docker-engine', places)).toBeNull()
})

test('the lower API version is spoken, by number and not by letter', () => {
  expect(lowerVersion('1.47', '1.41')).toBe('1.41')
  expect(lowerVersion('1.9', '1.47')).toBe('1.9')
  expect(lowerVersion('1.47', '1.52')).toBe('1.47')
})

test('processors are named as registries do', () => {
  expect(['x86_64', 'aarch64', 's390x'].map(goArch)).toEqual(['amd64', 'arm64', 's390x'])
})
