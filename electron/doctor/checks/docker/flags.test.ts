import { expect, test } from 'vitest'
import { testPlaces } from '../../../docker/test-places.ts'
import { recordReader } from '../../../docker/test-reader.ts'
import { keysOf, optionOf, runningDaemon, serviceDaemon } from './flags.ts'

test('options by the keys that daemon.json has for them', () => {
  const args = [
    '-H',
    'fd://',
    '--registry-mirror=https://a',
    '-D',
    '--dns',
    '1.1.1.1',
    '--config-file',
    '/x',
    '--add-runtime=a=b',
  ]
  expect([...keysOf(args)]).toEqual([
    ['hosts', '-H'],
    ['registry-mirrors', '--registry-mirror'],
    ['debug', '-D'],
    ['dns', '--dns'],
  ])
  expect(optionOf(args, 'config-file')).toBe('/x')
  expect(optionOf(['--config-file=/y'], 'config-file')).toBe('/y')
  expect(optionOf(args, 'data-root')).toBeNull()
})

test('a pid file may name a process that is no dockerd', async () => {
  const sys = recordReader({
    '/a.pid': '7\n',
    '/b.pid': '8',
    '/c.pid': 'x',
    '/proc/7/cmdline': 'bash\0-c\0dockerd\0',
    '/proc/8/cmdline': '/usr/bin/dockerd\0--debug\0',
  })
  expect(await runningDaemon(sys, ['/none', '/c.pid', '/a.pid'])).toBeNull()
  expect(await runningDaemon(sys, ['/a.pid', '/b.pid'])).toMatchObject({ args: ['--debug', ''] })
})

test('the unit of the machine beats the one of the package; quotes and continued lines are read', async () => {
  const unit = 'ExecStart=/usr/bin/dockerd -H fd:// \\\n  "--label=a b"\n'
  const files = { '/usr/lib/systemd/system/docker.service': unit }
  const read = (more: Record<string, string>) => serviceDaemon(recordReader({ ...files, ...more }), testPlaces())
  expect((await read({}))?.args).toEqual(['-H', 'fd://', '--label=a b'])
  expect((await read({ '/etc/systemd/system/docker.service': 'ExecStart=-/usr/bin/dockerd --debug\n' }))?.args).toEqual(
    ['--debug'],
  )
  expect(await read({ '/etc/systemd/system/docker.service': 'ExecStart=/usr/bin/podman system service\n' })).toBeNull()
  expect(await serviceDaemon(recordReader({}), testPlaces())).toBeNull()
})
