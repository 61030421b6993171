import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_SEATS } from '../contract/classroom.ts'
import { readSeats } from './read-seats.ts'
import { seatsCsv } from './seats-csv.ts'
import { seatText } from './seat-text.ts'

const names = (text: string): string[] => readSeats(text).seats.map(({ name }) => name)
const problems = (text: string) => readSeats(text).problems.map(({ line, note }) => `${line} ${note.key}`)

test('a range stands for its seats, with zeros kept', () => {
  const { seats } = readSeats('pc[08-10] 192.168.1.[108-110] teacher')
  expect(seats).toEqual([
    { name: 'pc08', address: '192.168.1.108', user: 'teacher', system: 'linux' },
    { name: 'pc09', address: '192.168.1.109', user: 'teacher', system: 'linux' },
    { name: 'pc10', address: '192.168.1.110', user: 'teacher', system: 'linux' },
  ])
})

test.each([
  ['name,address,port,user,system\npc1,10.0.0.1,2222,ann,Windows 10', 'English'],
  ['座位号,IP地址,端口,用户名,操作系统\npc1,10.0.0.1,2222,ann,Windows 10', 'Chinese'],
  ['操作系统\t用户名\t名称\t地址\t端口\nwin11\tann\tpc1\t10.0.0.1\t2222', 'another order, tabs'],
  ['sep=;\nseat;ip;ssh_port;account;os\n"pc1";"10.0.0.1";"2222";ann;windows', 'semicolons, quotes'],
  ['pc1，ann@10.0.0.1:2222，，windows', 'no heading, full-width commas'],
])('%s (%s)', (text) => {
  expect(readSeats(text)).toEqual({
    seats: [{ name: 'pc1', address: '10.0.0.1', port: 2222, user: 'ann', system: 'windows' }],
    problems: [],
  })
})

test('only an address is a seat of that name, only a name its own address; comments and empty lines are none', () => {
  expect(readSeats('# room 2\n\n192.168.1.[7-8]\r\n').seats).toEqual([
    { name: '192.168.1.7', address: '192.168.1.7', system: 'linux' },
    { name: '192.168.1.8', address: '192.168.1.8', system: 'linux' },
  ])
  expect(readSeats('lab-3').seats).toEqual([{ name: 'lab-3', address: 'lab-3', system: 'linux' }])
  expect(readSeats('pc6 fd00::17').seats).toEqual([{ name: 'pc6', address: '[fd00::17]', system: 'linux' }])
})

test('what is wrong is told by its line and left out', () => {
  const text = ['pc1 10.0.0.1', 'PC1 10.0.0.2', 'pc2 10.0.0.1', 'pc[1-3] 10.0.0.[1-2]', 'pc[9-1]', 'all 10.0.0.9']
  expect(names([...text, 'pc3 10.0.0.3'].join('\n'))).toEqual(['pc1', 'pc3'])
  expect(problems(text.join('\n'))).toEqual([
    '2 room:list.twice',
    '3 room:list.twice',
    '4 room:list.counts',
    '5 room:list.range',
    '6 room:list.taken',
  ])
  expect(problems('pc1,10.0.0.1,ann,beos\n-oProxyCommand=x 10.0.0.1\npc2 -oProxyCommand=x\npc3,10.0.0.3,-x')).toEqual([
    '1 room:list.system',
    '2 room:list.name',
    '3 room:list.address',
    '4 room:list.user',
  ])
})

test('a room has so many seats, however many a list has', () => {
  const { seats, problems: told } = readSeats('a[1-400]\nb[1-400]')
  expect(seats).toHaveLength(MAX_SEATS)
  expect(told.length).toBeGreaterThan(0)
  expect(told.length).toBeLessThanOrEqual(50)
})

test('bytes of a spreadsheet: UTF-8 with a mark, UTF-16, GBK', () => {
  const text = '名称,地址\npc1,10.0.0.1\n'
  const gbk = new Uint8Array([
    0xc3,
    0xfb,
    0xb3,
    0xc6,
    0x2c,
    0xb5,
    0xd8,
    0xd6,
    0xb7,
    0x0a,
    ...new TextEncoder().encode('pc1,10.0.0.1\n'),
  ])
  for (const bytes of [Buffer.from(`\uFEFF${text}`), Buffer.from(`\uFEFF${text}`, 'utf16le'), gbk])
    expect(readSeats(seatText(bytes)).seats).toEqual([{ name: 'pc1', address: '10.0.0.1', system: 'linux' }])
})

test('whatever is pasted is read quickly, and what was read is written and read alike', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300, unit: 'binary' }), (text) => {
      const { seats } = readSeats(text)
      expect(readSeats(seatsCsv(seats)).seats).toEqual(seats)
    }),
    { numRuns: 300 },
  )
  const started = performance.now()
  readSeats('['.repeat(500_000))
  readSeats('"'.repeat(500_000))
  readSeats(':'.repeat(500_000))
  readSeats('a,'.repeat(250_000))
  expect(performance.now() - started).toBeLessThan(5000)
})
