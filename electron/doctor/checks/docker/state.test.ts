import { createHash } from 'node:crypto'
import { chmod } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { formats } from '../../../settings/index.ts'
import { dockerContextCheck } from './context.ts'
import { dockerStateCheck } from './state.ts'
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
const codes = async (machine: Machine): Promise<readonly string[]> => {
  const answers = [await machine.check(dockerStateCheck), await machine.check(dockerContextCheck)]
  return answers.flatMap(({ found }) => found.map(({ code, severity, subject }) => `${severity} ${code} ${subject}`))
}
/** A context as `docker context create` leaves it. */
async function context({ dir, write }: Machine, name: string, host: string): Promise<void> {
  const id = createHash('sha256').update(name).digest('hex')
  const meta = { Name: name, Endpoints: { docker: { Host: host } } }
  await write(join(dir, `home/.docker/contexts/meta/${id}/meta.json`), JSON.stringify(meta))
}
const choose = ({ dir, write }: Machine, name: string): Promise<void> =>
  write(join(dir, 'home/.docker/config.json'), `{"auths": {}, "currentContext": "${name}"}`)

test('an engine that runs is no finding, and tells what it is', async () => {
  const machine = await made()
  await machine.engine()
  const { found, facts } = await machine.check(dockerStateCheck)
  expect(found).toEqual([])
  expect(facts).toEqual([
    {
      key: 'doctor-docker:fact.engine',
      values: { flavour: 'docker-engine', version: '27.3.1', endpoint: `unix://${machine.socket}` },
    },
  ])
})

test('without Docker: graver where there is no Go either', async () => {
  const machine = await made()
  expect(await codes(machine)).toEqual(['error docker.not-installed Docker'])
  await machine.write(`${machine.dir}/bin/go`, '')
  machine.programs.set('go', { stdout: 'go version go1.26.1 linux/amd64\n' })
  expect(await codes(machine)).toEqual(['warning docker.not-installed Docker'])
  const { found } = await machine.check(dockerStateCheck)
  expect(found[0]?.repairs?.map(({ kind }) => kind)).toEqual(['docker-help'])
})

test('installed and not running', async () => {
  const machine = await made()
  await machine.write(`${machine.dir}/bin/docker`, '')
  expect(await codes(machine)).toEqual([`error docker.not-running unix://${machine.socket}`])
})

test('an engine that is mute is unreachable', async () => {
  const machine = await made()
  const server = createServer(() => {})
  await new Promise<void>((resolve) => server.listen(machine.socket, resolve))
  expect(await codes(machine)).toEqual([`error docker.unreachable unix://${machine.socket}`])
  server.close()
})

test('an engine of another computer that does not answer', async () => {
  const machine = await made({ ownRoot: true, environment: { DOCKER_HOST: 'tcp://127.0.0.1:9' } })
  expect(await codes(machine)).toEqual(['error docker.unreachable tcp://127.0.0.1:9'])
})

test('DOCKER_HOST that leads nowhere past an engine that runs', async () => {
  const machine = await made({ ownRoot: true, environment: { DOCKER_HOST: 'tcp://127.0.0.1:9' } })
  await machine.engine()
  expect(await codes(machine)).toEqual(['error docker.wrong-context DOCKER_HOST'])
})

test('a context that does not exist is mended, and safely', async () => {
  const machine = await made({ ownRoot: true })
  await machine.engine()
  await choose(machine, 'gone')
  expect(await codes(machine)).toEqual(['error docker.context-missing gone'])
  const [repair] = (await machine.check(dockerContextCheck)).found[0]?.repairs ?? []
  expect(repair).toMatchObject({ kind: 'edits', safe: true })
  const edits = repair?.kind === 'edits' ? repair.edits : []
  const bytes = formats
    .get('daemon-json')
    ?.edit(new TextEncoder().encode('{"auths": {}, "currentContext": "gone"}'), edits)
  expect(new TextDecoder().decode(bytes ?? new Uint8Array())).toBe('{"auths": {}}')
})

test('a context whose engine sleeps: told only where another one answers, and not mended unasked', async () => {
  const machine = await made({ ownRoot: true })
  await machine.write(`${machine.dir}/bin/docker`, '')
  const asleep = `unix://${machine.dir}/home/.colima/default/docker.sock`
  await context(machine, 'colima', asleep)
  await choose(machine, 'colima')
  expect(await codes(machine)).toEqual([`error docker.not-running ${asleep}`])
  await machine.engine()
  expect(await codes(machine)).toEqual(['error docker.wrong-context colima'])
  const [repair] = (await machine.check(dockerContextCheck)).found[0]?.repairs ?? []
  expect(repair?.safe).toBe(false)
})

test('DOCKER_CONTEXT is named, and is nothing that a file could mend', async () => {
  const machine = await made({ ownRoot: true, environment: { DOCKER_CONTEXT: 'lab' } })
  expect(await codes(machine)).toEqual(['error docker.context-missing lab'])
  expect((await machine.check(dockerContextCheck)).found[0]?.repairs).toEqual([])
})

test('a context of a virtual machine that runs is well', async () => {
  const machine = await made({ ownRoot: true })
  await machine.write(join(machine.dir, 'home/.colima/x'), '')
  const socket = join(machine.dir, 'home/.colima/docker.sock')
  await machine.engine(info({ Name: 'colima' }), socket)
  await context(machine, 'colima', `unix://${socket}`)
  await choose(machine, 'colima')
  expect(await codes(machine)).toEqual([])
})

// As root file modes mean nothing; a socket of others is planted in the fault lab.
test('a socket that is open to all asks for no group', async () => {
  const machine = await made()
  await machine.engine()
  await chmod(machine.socket, 0o666)
  expect(await codes(machine)).toEqual([])
})
