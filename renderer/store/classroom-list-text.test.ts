import { expect, test } from 'vitest'
import { ROOM } from '../../electron/classroom/room-folder.ts'
import { readSeats } from '../../electron/classroom/read-seats.ts'
import type { Seat } from '../../electron/contract/classroom.ts'
import { ROOM_FILES } from './classroom-files.ts'
import { listOf, listText } from './classroom-list-text.ts'

const seats: Seat[] = [
  { name: 'pc-01', address: '192.168.1.101', system: 'linux' },
  { name: 'pc-02', address: '192.168.1.102', port: 2222, user: 'teacher', system: 'windows' },
  { name: 'pc-03', address: '[fe80::1]', port: 22, system: 'linux' },
  { name: 'pc-04', address: 'pc-04.room', system: 'windows' },
]

test('a room’s seats as text are read as the same seats', () => {
  expect(readSeats(listText(seats))).toEqual({ seats, problems: [] })
})

test.each([
  ['UTF-8', Buffer.from('座位,地址')],
  ['UTF-16 with its mark', Buffer.from('\uFEFF座位,地址', 'utf16le')],
  ['GBK', Buffer.from('d7f9cebb2cb5d8d6b7', 'hex')],
])('a list as %s is read', (_, bytes) => {
  expect(listOf(new Uint8Array(bytes)).replace('\uFEFF', '')).toBe('座位,地址')
})

test('the page names what lies in a room’s folder', () => {
  const names = ROOM_FILES.map((name) => name.replace(/\/$/, ''))
  expect(Object.values(ROOM)).toEqual(expect.arrayContaining(names))
})
