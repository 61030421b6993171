import { expect, test } from 'vitest'
import type { DockerState } from '../contract/machine.ts'
import { testPlaces } from '../docker/test-places.ts'
import type { Platform } from '../platform/platform.ts'
import { linuxDockerSetup } from '../platform/linux/docker-setup.ts'
import { linuxElevator } from '../platform/linux/elevate.ts'
import { lastWords, linuxPresence } from '../platform/linux/presence.ts'
import { MemorySystem } from '../system/memory.ts'
import { dockerHelp } from './docker-help.ts'
import { testPlanBook } from './test-plan-book.ts'

const { signal } = new AbortController()

/** A machine without Docker; `files` makes it a distribution. */
async function machine(files: Readonly<Record<string, string>>, uid = 0) {
  const sys = new MemorySystem(files, uid)
  sys.programs.set('dpkg-query', () => ({ stdout: '' }))
  sys.programs.set('service', () => ({ code: 3 }))
  sys.programs.set('apt-get', () => ({ stdout: 'Inst docker.io (20 x [amd64])\nInst runc (1 x [amd64])\n' }))
  const places = testPlaces()
  const presence = linuxPresence(places)
  const platform: Platform = {
    places,
    handlers: [],
    presence,
    elevator: linuxElevator(places),
    dockerSetup: (reader, docker: DockerState) => linuxDockerSetup(reader, places, presence, docker, 'ann'),
    dockerLog: (reader) => lastWords(reader, 'docker'),
    facts: () => Promise.reject(new Error('not asked')),
    reloadDocker: () => Promise.reject(new Error('not asked')),
    openTerminal: () => Promise.reject(new Error('not asked')),
  }
  const { plans, elevation } = await testPlanBook(sys, places, platform.elevator)
  return { sys, plans, help: () => dockerHelp(platform, sys, plans, elevation, signal) }
}
const DEBIAN = { '/etc/os-release': 'ID=debian\n' }

test('no Docker: a plan that is held, shown with all its steps, and has changed nothing', async () => {
  const { sys, plans, help } = await machine(DEBIAN)
  const answer = await help()
  if (answer.kind !== 'plan') throw new Error('a plan was expected')
  expect(answer).toMatchObject({ possible: true, relogin: true })
  expect(answer.steps[0]).toEqual({ key: 'plan:presence.package-with', values: { name: 'docker.io', count: 1 } })
  expect(sys.writes).toEqual([])
  const { plan, proposals, image } = plans.take(answer.planId)
  expect(plan.changes.map(({ kind }) => kind)).toEqual(['package', 'service', 'group'])
  expect(image).toBeNull()
  expect(proposals.map(({ notes }) => notes)).toEqual([answer.steps])
  expect(() => plans.take(answer.planId)).toThrow(expect.objectContaining({ code: 'plan-expired' }))
})

test('somebody who cannot carry it out sees it all the same, with the commands', async () => {
  const { help } = await machine(DEBIAN, 1000)
  expect(await help()).toMatchObject({ possible: false, commands: expect.arrayContaining(['sudo apt-get update']) })
})

test('what is done by hand has no plan to carry out', async () => {
  const { help } = await machine({ '/etc/os-release': 'ID=nixos\n' })
  expect(await help()).toMatchObject({ kind: 'guide', reboot: false })
})

test('a window that is left open on its page does not fill the memory with plans', async () => {
  const { plans, help } = await machine(DEBIAN)
  const held: string[] = []
  for (let look = 0; look < 20; look++) {
    const answer = await help()
    held.push(answer.kind === 'plan' ? answer.planId : '')
  }
  expect(new Set(held).size).toBe(20)
  const taken = held.filter((id) => {
    try {
      return plans.take(id).plan.changes.length > 0
    } catch {
      return false
    }
  })
  // The newest sixteen.
  expect(taken).toEqual(held.slice(-16))
})

test('the cancelled wait for an engine ends', async () => {
  const { sys, plans, help } = await machine(DEBIAN)
  const answer = await help()
  const [proposal] = plans.take(answer.kind === 'plan' ? answer.planId : '').proposals
  const stop = new AbortController()
  const waiting = proposal?.verify(sys, stop.signal)
  stop.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
})
