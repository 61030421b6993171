import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { formats } from '../../../settings/index.ts'
import type { DoctorCheck } from '../../check.ts'
import { dockerApiCheck } from './api.ts'
import { dockerClientConfigCheck } from './client-config.ts'
import { dockerClockCheck } from './clock.ts'
import { dockerImagesCheck } from './images.ts'
import { dockerSpaceCheck } from './space.ts'
import { info } from './test-engine.ts'
import { type Machine, makeMachine } from './test-machine.ts'

const machines: Machine[] = []
afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.remove()
})
async function made(options: Parameters<typeof makeMachine>[0] = {}): Promise<Machine> {
  const machine = await makeMachine(options)
  machines.push(machine)
  return machine
}
const codes = async (machine: Machine, check: DoctorCheck): Promise<readonly string[]> =>
  (await machine.check(check)).found.map(({ code, severity, subject }) => `${severity} ${code} ${subject}`)

const MIB = 1024
const GIB = 1024 * MIB
const df = (total: number, free: number, mount = '/'): string =>
  `/dev/sda1 ${total} ${total - free} ${free} 50% ${mount}\n`

test.each([
  ['half of it free', 100 * GIB, 50 * GIB, []],
  ['a large disk with little of it free', 4000 * GIB, 40 * GIB, []],
  ['under 3 %', 200 * GIB, 4 * GIB, ['warning docker.disk-full /var/lib/docker']],
  ['under 1 GiB', 20 * GIB, 900 * MIB, ['error docker.disk-full /var/lib/docker']],
  ['nothing, as the home says itself', 20 * GIB, MIB, []],
])('%s', async (_, total, free, wanted) => {
  const machine = await made()
  await machine.engine()
  machine.programs.set('df', {
    stdout: `Filesystem 1024-blocks Used Available Capacity Mounted on\n${df(total, free)}${df(total, free)}`,
  })
  expect(await codes(machine, dockerSpaceCheck)).toEqual(wanted)
})

test('the disk of an engine elsewhere is not ours', async () => {
  const machine = await made()
  await machine.engine(info({ Name: 'colima' }))
  machine.programs.set('df', { stdout: df(GIB, 0) })
  expect(await codes(machine, dockerSpaceCheck)).toEqual([])
})

const NOW = Date.UTC(2026, 10, 22)
test.each([
  ['colima', 3_600_000, 1],
  ['colima', -3_600_000, 1],
  ['colima', 60_000, 0],
  ['seat', 3_600_000, 0],
])('the clock of %s, %d ms ahead', async (Name, ahead, count) => {
  const machine = await made({ now: () => NOW })
  await machine.engine(info({ Name, SystemTime: new Date(NOW + ahead).toISOString() }))
  const { found } = await machine.check(dockerClockCheck)
  expect(found.map(({ code, values }) => [code, values?.['minutes']])).toEqual(
    count === 0 ? [] : [['docker.clock-skew', 60]],
  )
})

test('an engine of long ago, and one of today', async () => {
  const machine = await made()
  const stop = await machine.engine()
  expect(await codes(machine, dockerApiCheck)).toEqual([])
  await stop()
  await machine.engine({ '/version': { Version: '18.03.1-ce', ApiVersion: '1.37', MinAPIVersion: '1.12' } })
  expect(await codes(machine, dockerApiCheck)).toEqual([`warning docker.api-too-old unix://${machine.socket}`])
})

test.each([
  ['1.44', []],
  ['1.99', ['error docker.api-forced DOCKER_API_VERSION']],
  ['1.23', ['error docker.api-forced DOCKER_API_VERSION']],
])('a forced version %s', async (DOCKER_API_VERSION, wanted) => {
  const machine = await made({ environment: { DOCKER_API_VERSION } })
  await machine.engine()
  expect(await codes(machine, dockerApiCheck)).toEqual(wanted)
})

const image = (Id: string, tag: string, Size = 1) => ({ Id, RepoTags: [tag], Size })
test('images: for another processor, with a part missing, without a name', async () => {
  const machine = await made()
  await machine.engine({
    '/images/json': [
      image('own', 'golang:1.26'),
      image('other', 'docker.m.example/library/golang:1.26-alpine'),
      image('half', 'golang:1.25'),
      image('gone', 'golang:1.24'),
      image('stranger', 'postgres:17'),
      image('a', '<none>:<none>', 1024 ** 3),
      { Id: 'b', RepoTags: null, Size: 1024 ** 3 / 2 },
    ],
    '/images/own/json': { Architecture: 'amd64', Os: 'linux' },
    '/images/other/json': { Architecture: 's390x', Os: 'linux' },
    '/images/half/json': 500,
    '/images/gone/json': 403,
    '/images/stranger/json': { Architecture: 's390x', Os: 'linux' },
  })
  expect(await codes(machine, dockerImagesCheck)).toEqual([
    'warning docker.platform-mismatch docker.m.example/library/golang:1.26-alpine',
    'error docker.half-pulled golang:1.25',
  ])
  expect((await machine.check(dockerImagesCheck)).facts).toMatchObject([{ values: { count: 2, size: '1.5 GiB' } }])
})

test('a virtual machine may imitate any processor', async () => {
  const machine = await made()
  await machine.engine({
    ...info({ Name: 'colima' }),
    '/images/json': [image('other', 'golang:1.26')],
    '/images/other/json': { Architecture: 's390x', Os: 'linux' },
  })
  expect(await codes(machine, dockerImagesCheck)).toEqual([])
})

test.each([
  ['{"credsStore": "desktop.exe", "auths": {}}', '{"auths": {}}', 'docker-credential-desktop.exe'],
  ['{"credHelpers": {"gcr.io": "nobody"}}', '{}', 'docker-credential-nobody'],
  [
    '{"credHelpers": {"gcr.io": "nobody", "r.example": "here"}}',
    '{"credHelpers": {"r.example":"here"}}',
    'docker-credential-nobody',
  ],
])('%s asks a program that is not there', async (before, after, program) => {
  const machine = await made({ environment: { SHLVL: '1' } })
  await machine.engine()
  await machine.write(`${machine.dir}/bin/docker-credential-here`, '')
  await machine.write(join(machine.dir, 'home/.docker/config.json'), before)
  expect(await codes(machine, dockerClientConfigCheck)).toEqual([`warning docker.credential-helper-missing ${program}`])
  const [repair] = (await machine.check(dockerClientConfigCheck)).found[0]?.repairs ?? []
  const edits = repair?.kind === 'edits' ? repair.edits : []
  const bytes = formats.get('daemon-json')?.edit(new TextEncoder().encode(before), edits)
  expect(new TextDecoder().decode(bytes ?? new Uint8Array())).toBe(after)
})

test('a window from the desktop does not know the folders of the terminal, and claims nothing of other helpers', async () => {
  const machine = await made()
  await machine.engine()
  await machine.write(join(machine.dir, 'home/.docker/config.json'), '{"credHelpers": {"gcr.io": "gcloud"}}')
  expect(await codes(machine, dockerClientConfigCheck)).toEqual([])
})

test.each([['{"credsStore": "here"}'], ['{}'], [''], ['{"auths": {"r.example": {}}, "HttpHeaders": {"a": "b"}}']])(
  '%j is well',
  async (text) => {
    const machine = await made()
    await machine.engine()
    await machine.write(`${machine.dir}/bin/docker-credential-here`, '')
    await machine.write(join(machine.dir, 'home/.docker/config.json'), text)
    expect(await codes(machine, dockerClientConfigCheck)).toEqual([])
  },
)

test('a file of the client that is no JSON; what is mended in it is kept from view', async () => {
  const machine = await made()
  await machine.engine()
  const path = join(machine.dir, 'home/.docker/config.json')
  await machine.write(path, '{"auths": {},}')
  expect(await codes(machine, dockerClientConfigCheck)).toEqual([`warning docker.client-config-broken ${path}`])
  const [repair] = (await machine.check(dockerClientConfigCheck)).found[0]?.repairs ?? []
  expect(repair).toMatchObject({ safe: true, edits: [{ after: '{"auths": {}}', secret: true }] })
})
