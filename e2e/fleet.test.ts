import { afterAll, beforeAll, expect, test } from 'vitest'
import { locked } from '../scripts/build.mjs'
import { type Break, deadSshd, fullHome, wrongAuthority } from './fleet/breaks.ts'
import { type Fleet, openFleet } from './fleet/fleet.ts'
import { STUDENT } from './fleet/layer.ts'
import { complaints, recap, ROOM, standing, teach, walk, writeRoom } from './fleet/room.ts'
import type { LabSeat } from './fleet/seat.ts'
import { homeOf, newer, stamp } from './fleet/snapshot.ts'

// Thirty machines, really: each with an sshd, a root, a home and a network of its own, and a teacher's machine from
// which Ansible goes through them in waves of 1, 3, 15 and the rest.
const COUNT = 30
let fleet: Fleet
let broken: readonly (readonly [LabSeat, Break])[]
let back: readonly LabSeat[]
let before: readonly (readonly string[])[]

beforeAll(async () => {
  fleet = await openFleet({ seats: COUNT, locked })
  // Three of the third wave's fifteen are more than it bears; two would not be.
  const said = await writeRoom(fleet, '--waves', '1,10%,50%,100%', '--tolerance', '15', '--forks', '6')
  expect(said).toMatchObject({ code: 0 })
  // What does not answer here does not come back by itself.
  const options = await fleet.teacher.must(['cat', `${ROOM}/room.json`])
  await fleet.teacher.write(`${ROOM}/room.json`, JSON.stringify({ ...JSON.parse(options), wait: 5 }))
  broken = [[seat(6), fullHome] as const, [seat(11), deadSshd] as const, [seat(17), wrongAuthority] as const]
  back = [seat(1), seat(17), seat(COUNT)]
  before = await Promise.all(back.map(homeOf))
})

afterAll(async () => {
  await fleet.stop()
  expect(await fleet.leftovers()).toEqual([])
})

function seat(number: number): LabSeat {
  const found = fleet.seats[number - 1]
  if (found === undefined) throw new Error(`no seat ${number}`)
  return found
}

/** Those of some seats that were written since their stamp, and where. */
async function written(seats: readonly LabSeat[]): Promise<Record<string, readonly string[]>> {
  const found = await Promise.all(seats.map(async (one) => [one.name, await newer(one)] as const))
  return Object.fromEntries(found.filter(([, paths]) => paths.length > 0))
}

test('check mode tells what would change, with a diff, and writes nothing', async () => {
  const last = seat(COUNT)
  await stamp(last)
  const script = `cd ${ROOM} && exec ansible-playbook --check --diff --limit ${last.name} playbook.yml`
  const looked = await fleet.teacher.run(['sh', '-c', script])
  expect(looked.stderr).toBe('')
  expect(looked.code).toBe(0)
  expect(looked.stdout).toContain(`+GOPROXY=${fleet.lab.goproxy.httpsUrl}`)
  expect(looked.stdout).toMatch(/seat-30 +: ok=\d+ +changed=1 +unreachable=0 +failed=0/)
  expect(await written([last])).toEqual({})
})

test('a wave with too many broken seats stops the room; each of them says why', async () => {
  for (const [one, { plant }] of broken) await plant(one)
  const later = fleet.seats.slice(1 + 3 + 15)
  await Promise.all(later.map(stamp))
  const { said, result } = await walk(fleet, 'run')
  for (const [one, { repair }] of broken) await repair(one)
  const names = broken.map(([{ name }]) => name)
  expect(complaints(result.seats.filter(({ seat: one }) => !names.includes(one.name)).slice(0, 16))).toEqual({})
  expect(said.code).toBe(1)
  expect(result).toMatchObject({ stopped: true, counts: { well: 16, failed: 2, unreachable: 1, held: 11 } })
  expect(standing(result.seats, 'failed')).toEqual([seat(6).name, seat(17).name])
  expect(standing(result.seats, 'unreachable')).toEqual([seat(11).name])
  expect(standing(result.seats, 'held')).toEqual(later.map(({ name }) => name))
  expect([6, 11, 17].map((number) => result.seats[number - 1]?.reason?.key)).toEqual([
    'error:no-space.what',
    'room:reason.refused',
    // The room's authority is still known to the engine there, and no more to Go.
    'doctor-certificate:tool-lacks-authority.what',
  ])
  // Nobody has been at the seats of the last wave.
  expect(await written(later)).toEqual({})
})

test('repaired, the room is gone through to its end, and all is well', async () => {
  const left = [...broken.map(([one]) => one), ...fleet.seats.slice(1 + 3 + 15)].map(({ name }) => name)
  const { said, result } = await walk(fleet, 'run', '--only', left.join(','))
  expect(complaints(result.seats)).toEqual({})
  expect(result.counts).toEqual({ well: left.length })
  expect(said.code).toBe(0)
  // The lesson: a student fetches a module.
  const asked = 'GOMODCACHE=/tmp/modules go mod download -json github.com/pkg/errors@v0.9.1'
  const lesson = await fleet.teacher.must(['ssh', `${STUDENT.name}@${seat(20).address}`, asked])
  expect(JSON.parse(lesson)).toMatchObject({ Path: 'github.com/pkg/errors', Version: 'v0.9.1' })
})

test('a second run changes nothing on any seat', async () => {
  await Promise.all(fleet.seats.map(stamp))
  const { said, result } = await walk(fleet, 'run')
  expect(complaints(result.seats)).toEqual({})
  expect(result.counts).toEqual({ well: COUNT })
  expect(await written(fleet.seats)).toEqual({})
  const sums = recap(said)
  expect([...sums.keys()].toSorted()).toEqual(fleet.seats.map(({ name }) => name))
  for (const sum of sums.values()) expect(sum).toMatch(/changed=0 +unreachable=0 +failed=0/)
})

test('the report tells of every seat as a table, as data and as a page', async () => {
  const [csv, json, html] = await Promise.all(
    ['csv', 'json', 'html'].map(async (format) => {
      const file = `/root/report.${format}`
      expect(await teach(fleet, 'classroom', 'report', ROOM, '--format', format, '--out', file)).toMatchObject({
        code: 0,
      })
      return fleet.teacher.must(['cat', file])
    }),
  )
  for (const { name, address } of fleet.seats)
    for (const text of [csv, json, html]) {
      expect(text).toContain(name)
      expect(text).toContain(address)
    }
  expect(csv?.trim().split('\n')).toHaveLength(1 + COUNT)
  expect(JSON.parse(json ?? '')).toMatchObject({ counts: { well: COUNT } })
  expect(html?.match(/<tr class="well">/g)).toHaveLength(COUNT)
})

test('seats that give it back are as they were', async () => {
  const names = back.map(({ name }) => name)
  const { result } = await walk(fleet, 'undo', '--only', names.join(','))
  expect(standing(result.seats, 'given-back')).toEqual(names)
  expect(await Promise.all(back.map(homeOf))).toEqual(before)
})
