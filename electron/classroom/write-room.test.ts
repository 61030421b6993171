import { join } from 'node:path'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { CLASSROOM_DEFAULTS, type Seat } from '../contract/classroom.ts'
import { classroomFolder } from '../engine/assets.ts'
import { realSystem } from '../system/real.ts'
import { readRoom, viewsOf } from './room-store.ts'
import { type NewRoom, renewRoom, writeRoom } from './write-room.ts'

const sys = realSystem()
const assets = classroomFolder()
const seats: Seat[] = [
  { name: 'pc01', address: '10.0.0.1', user: 'ann', system: 'linux' },
  { name: 'pc02', address: '[fd00::2]', port: 2222, system: 'linux' },
  { name: 'yes', address: '10.0.0.3', system: 'windows' },
]
const wanted: NewRoom = { seats, options: CLASSROOM_DEFAULTS, profile: null, kit: null }
let folder = ''
const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8')

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'goready-room-')), '机房 1')
})
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

test('a room is what Ansible and a person read', async () => {
  await writeFile(join(folder, '..', 'ca.pem'), 'PEM')
  const profile = {
    version: 1 as const,
    remark: '计算机系',
    authorities: [{ file: join(folder, '..', 'ca.pem'), for: ['go' as const] }],
  }
  expect(await writeRoom(folder, { ...wanted, profile }, assets, sys)).toEqual([])
  expect(parse(await text('inventory.yml'))).toEqual({
    all: {
      children: {
        seats: {
          hosts: {
            pc01: { ansible_host: '10.0.0.1', ansible_user: 'ann' },
            pc02: { ansible_host: 'fd00::2', ansible_port: 2222 },
            yes: { ansible_host: '10.0.0.3' },
          },
        },
        windows: { hosts: { yes: {} }, vars: { ansible_shell_type: 'cmd', goready_system: 'windows' } },
      },
    },
  })
  const [play] = parse(await text('playbook.yml'))
  expect(play).toMatchObject({ hosts: 'seats', serial: [1, '10%', '50%', '100%'], max_fail_percentage: 20 })
  expect(play.vars).toMatchObject({
    goready_profile: 'profile.goready.yml',
    goready_files: ['profile.goready.yml', 'ca.pem'],
  })
  expect(parse(await text('profile.goready.yml'))).toEqual({
    ...profile,
    authorities: [{ file: 'ca.pem', for: ['go'] }],
  })
  expect(await text('ca.pem')).toBe('PEM')
  expect(await text('windows/profile/ca.pem')).toBe('PEM')
  expect(await text('collections/ansible_collections/goready/classroom/galaxy.yml')).toContain('namespace: goready')
  const room = await readRoom(folder, sys)
  expect(room.seats).toEqual(seats)
  expect(room.state.profile).toEqual(['profile.goready.yml', 'ca.pem'])
  expect(await text('ansible.cfg')).not.toContain(folder)
})

test('what a person changed is kept: as it is while nothing else is to be written, beside it when something is', async () => {
  await writeRoom(folder, wanted, assets, sys)
  const mine = `${await text('playbook.yml')}# mine\n`
  await writeFile(join(folder, 'playbook.yml'), mine)
  expect(await renewRoom(await readRoom(folder, sys), assets, sys)).toEqual([])
  expect(await text('playbook.yml')).toBe(mine)
  const kept = await writeRoom(folder, { ...wanted, options: { ...CLASSROOM_DEFAULTS, tolerance: 50 } }, assets, sys)
  expect(kept).toEqual([join(folder, 'playbook.yml.bak')])
  expect(await text('playbook.yml.bak')).toBe(mine)
  expect(await text('playbook.yml')).toContain('max_fail_percentage: 50')
})

test('a signed profile stays as it was signed; the next one leaves nothing of it', async () => {
  const signed = join(folder, '..', 'lesson.yml')
  await writeFile(signed, 'version: 1 # signed\n')
  await writeFile(`${signed}.sig`, 'SIG')
  await writeRoom(folder, { ...wanted, profile: { version: 1 }, profileFile: signed }, assets, sys)
  expect(await text('profile.goready.yml')).toBe('version: 1 # signed\n')
  expect(await text('windows/profile/profile.goready.yml.sig')).toBe('SIG')
  await writeRoom(folder, { ...wanted, profile: { version: 1 } }, assets, sys)
  expect((await readRoom(folder, sys)).state.profile).toEqual(['profile.goready.yml'])
  await expect(text('profile.goready.yml.sig')).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(text('windows/profile/profile.goready.yml.sig')).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a list that was changed by hand is the room’s list', async () => {
  await writeRoom(folder, wanted, assets, sys)
  await writeFile(join(folder, 'seats.csv'), 'name,address\npc07,10.0.0.7\n')
  const room = await readRoom(folder, sys)
  expect(room.seats.map(({ name }) => name)).toEqual(['pc07'])
  await renewRoom(room, assets, sys)
  expect(parse(await text('inventory.yml')).all.children.seats.hosts).toEqual({ pc07: { ansible_host: '10.0.0.7' } })
  expect(await text('seats.csv')).toBe('name,address\npc07,10.0.0.7\n')
})

test('a folder that is no room is an empty one, and damaged options are told', async () => {
  expect(await readRoom(folder, sys)).toMatchObject({ seats: [], isRoom: false })
  await writeRoom(folder, wanted, assets, sys)
  await writeFile(join(folder, 'room.json'), '{\n"version": 1,\n"waves": 3 }')
  await expect(readRoom(folder, sys)).rejects.toMatchObject({ code: 'unparsable-file', values: { line: 3 } })
})

test('what lies among the reports is not believed', async () => {
  await writeRoom(folder, wanted, assets, sys)
  const at = (name: string) => join(folder, 'reports', name)
  const report = {
    version: 1,
    seat: 'PC01',
    at: '2026-11-30T08:00:00Z',
    state: 'well',
    step: 'check',
    changed: false,
    program: null,
    go: null,
    run: null,
    seconds: 1,
    verdict: 'ready',
    findings: [],
    error: null,
    cause: null,
  }
  await writeFile(at('PC01.json'), `\uFEFF${JSON.stringify(report)}`)
  await writeFile(at('pc02.json'), 'x'.repeat(2_000_000))
  await writeFile(at('yes.json'), `{"__proto__": {"state": "well"}, "seat": "yes"}`)
  const views = await viewsOf(await readRoom(folder, sys), sys)
  expect(views.map(({ state }) => state)).toEqual(['well', 'waiting', 'waiting'])
  expect(views[0]?.report?.seat).toBe('pc01')
})
