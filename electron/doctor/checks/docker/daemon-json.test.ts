import { afterEach, beforeEach, expect, test } from 'vitest'
import { formats } from '../../../settings/index.ts'
import type { Checked } from '../../check.ts'
import { dockerDaemonJsonCheck } from './daemon-json.ts'
import { dockerStateCheck } from './state.ts'
import { info } from './test-engine.ts'
import { type Machine, makeMachine } from './test-machine.ts'

let machine: Machine
beforeEach(async () => {
  machine = await makeMachine()
  await machine.write(`${machine.dir}/bin/docker`, '')
})
afterEach(() => machine.remove())

/** The file as the repair leaves it. */
function repaired({ found }: Checked, before: string): string | null {
  const [repair] = found[0]?.repairs ?? []
  if (repair?.kind !== 'edits') return null
  const target = repair.edits[0]?.target
  const format = target?.kind === 'file' ? formats.get(target.format) : undefined
  const bytes = format?.edit(new TextEncoder().encode(before), repair.edits) ?? null
  return bytes === null ? null : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}
const summary = ({ found }: Checked) => found.map(({ code, severity, values }) => ({ code, severity, ...values }))

test.each([
  ['{"registry-mirrors": ["https://a.example"],}\n', '{"registry-mirrors": ["https://a.example"]}\n'],
  ['{"debug": true', '{"debug": true}'],
])('a stopped engine with %j is told of by its file alone', async (text, mended) => {
  await machine.write(machine.daemonJson, text)
  const checked = await machine.check(dockerDaemonJsonCheck)
  expect(summary(checked)).toEqual([{ code: 'docker.daemon-json-broken', severity: 'error', line: 1 }])
  expect(repaired(checked, text)).toBe(mended)
  expect((await machine.check(dockerStateCheck)).found).toEqual([])
})

test('an engine that runs only remarks on its file', async () => {
  await machine.engine()
  await machine.write(machine.daemonJson, '{"debug" true}')
  const { found } = await machine.check(dockerDaemonJsonCheck)
  expect(found).toMatchObject([{ code: 'docker.daemon-json-broken', severity: 'warning', repairs: [] }])
})

test('a mark at the front and an empty file stop only engines of before 23', async () => {
  await machine.write(machine.daemonJson, '\ufeff{}')
  expect((await machine.check(dockerDaemonJsonCheck)).found).toEqual([])
  await machine.write(`${machine.dir}/bin/dockerd`, '')
  machine.programs.set('dockerd', { stdout: 'Docker version 20.10.24+dfsg1, build 5d6db84\n' })
  const marked = await machine.check(dockerDaemonJsonCheck)
  expect(repaired(marked, '\ufeff{}')).toBe('{}')
  await machine.write(machine.daemonJson, '')
  expect(repaired(await machine.check(dockerDaemonJsonCheck), '')).toBe('{}\n')
  machine.programs.set('dockerd', { stdout: 'Docker version 28.5.1, build e180ab8\n' })
  expect((await machine.check(dockerDaemonJsonCheck)).found).toEqual([])
})

test.each([
  ['{"debug": "true"}', '{"debug": true}'],
  ['{"registry-mirrors": "https://a.example"}', '{"registry-mirrors": ["https://a.example"]}'],
  ['{"mtu": "1400"}', '{"mtu": 1400}'],
  ['{"log-opts": {"max-file": 3}}', '{"log-opts": {"max-file":"3"}}'],
  ['{"debug": "yes"}', null],
  ['{"dns": 8}', null],
])('%s holds a value of the wrong kind', async (text, mended) => {
  await machine.write(machine.daemonJson, text)
  const checked = await machine.check(dockerDaemonJsonCheck)
  expect(summary(checked)).toMatchObject([{ code: 'docker.daemon-json-value', severity: 'error', line: 1 }])
  expect(repaired(checked, text)).toBe(mended)
})

test.each([
  ['docker.m.example.cn', 'https://docker.m.example.cn'],
  [' https://a.example ', 'https://a.example'],
  ['https:/a.example', 'https://a.example'],
  ['https://a.example/?x=1', null],
  ['https://u:p@a.example', null],
  ['ftp://a.example', null],
])('the mirror %j is not as Docker takes it', async (mirror, meant) => {
  const text = (one: string) => `{"registry-mirrors": ["http://10.0.0.1:5000","${one}"]}`
  await machine.write(machine.daemonJson, text(mirror))
  const checked = await machine.check(dockerDaemonJsonCheck)
  expect(summary(checked)).toEqual([{ code: 'docker.mirror-invalid', severity: 'error', line: 1, mirror }])
  expect(repaired(checked, text(mirror))?.replaceAll(', ', ',') ?? null).toBe(meant === null ? null : text(meant))
})

test('a path in a mirror is refused before engine 24 only', async () => {
  await machine.write(machine.daemonJson, '{"registry-mirrors": ["https://a.example/hub"]}')
  const stop = await machine.engine()
  expect((await machine.check(dockerDaemonJsonCheck)).found).toEqual([])
  await stop()
  await machine.engine({ '/version': { Version: '20.10.24', ApiVersion: '1.41' } })
  expect((await machine.check(dockerDaemonJsonCheck)).found).toMatchObject([
    { code: 'docker.mirror-invalid', repairs: [] },
  ])
})

test('a key that the service gives as an option, too', async () => {
  const unit = `${machine.dir}/root/lib/systemd/system/docker.service`
  await machine.write(
    unit,
    '[Service]\nEnvironmentFile=-/etc/default/docker\nExecStart=/usr/bin/dockerd -H fd:// $DOCKER_OPTS\n',
  )
  const text = '{"hosts": ["unix:///var/run/docker.sock"], "debug": true}'
  await machine.write(machine.daemonJson, text)
  const checked = await machine.check(dockerDaemonJsonCheck)
  expect(summary(checked)).toEqual([
    { code: 'docker.daemon-json-doubled', severity: 'error', key: 'hosts', option: '-H', from: unit, line: 1 },
  ])
  expect(repaired(checked, text)).toBe('{"debug": true}')
  const drop = `${machine.dir}/root/etc/systemd/system/docker.service.d/override.conf`
  await machine.write(drop, '[Service]\nExecStart=\nExecStart=/usr/bin/dockerd --containerd=/run/c.sock $DOCKER_OPTS\n')
  expect((await machine.check(dockerDaemonJsonCheck)).found).toEqual([])
  await machine.write(`${machine.dir}/root/etc/default/docker`, 'DOCKER_OPTS="--debug --dns 1.1.1.1"\n')
  expect(summary(await machine.check(dockerDaemonJsonCheck))).toMatchObject([
    { key: 'debug', option: '--debug', from: drop },
  ])
})

test('what only dockerd itself knows, from its own check', async () => {
  await machine.remove()
  machine = await makeMachine({ uid: 0 })
  await machine.write(machine.daemonJson, '{"no-such-key": 1}')
  for (const name of ['docker', 'dockerd']) await machine.write(`${machine.dir}/bin/${name}`, '')
  const stderr = `unable to configure the Docker daemon with file ${machine.daemonJson}: no match: no-such-key\n`
  machine.programs.set('dockerd', { code: 1, stderr })
  expect((await machine.check(dockerDaemonJsonCheck)).found).toMatchObject([
    { code: 'docker.daemon-json-refused', severity: 'error', evidence: [stderr.trim()] },
  ])
  machine.programs.set('dockerd', { code: 125, stderr: 'unknown flag: --validate\n' })
  expect((await machine.check(dockerDaemonJsonCheck)).found).toEqual([])
})

test.each([
  ['{}'],
  [
    '{"registry-mirrors": ["https://a.example", "http://10.0.0.1:5000/"], "log-driver": "json-file", "new-key": {"x": 1}}',
  ],
  [
    '{"debug": null, "runtimes": {}, "live-restore": true, "default-address-pools": [{"base": "10.0.0.0/8", "size": 24}]}',
  ],
])('%s is well', async (text) => {
  await machine.write(machine.daemonJson, text)
  await machine.engine()
  expect((await machine.check(dockerDaemonJsonCheck)).found).toEqual([])
})

test('the file of an engine that is another machine is nobody’s matter', async () => {
  await machine.write(machine.daemonJson, '{')
  await machine.engine(info({ Name: 'colima' }))
  expect((await machine.check(dockerDaemonJsonCheck)).found).toEqual([])
})
