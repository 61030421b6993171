import { expect, test } from 'vitest'
import { openText } from '../cli/text.ts'
import type { SeatView } from '../contract/classroom.ts'
import { exportSeats } from './export.ts'

const hostile: SeatView = {
  seat: { name: 'pc1', address: '10.0.0.1', system: 'linux' },
  state: 'failed',
  reason: { key: 'room:reason.said', values: { text: '=HYPERLINK("http://x")<script>alert(1)</script>' } },
  wave: 2,
  report: null,
}
const now = new Date('2026-11-30T08:00:00Z')

test('a spreadsheet runs nothing that a seat wrote', async () => {
  const csv = exportSeats([hostile], 'csv', await openText('en'), now)
  expect(csv.startsWith('\uFEFFSeat,Address,')).toBe(true)
  expect(csv.split('\r\n')[1]).toBe(
    `pc1,10.0.0.1,linux,failed,"'=HYPERLINK(""http://x"")<script>alert(1)</script>",2,,,,`,
  )
})

test.each(['＝1+1', '\u0000=1', '\n@x', '－1'])('%j is no formula', async (text) => {
  const seat = { ...hostile, reason: { key: 'room:reason.said', values: { text } } }
  expect(exportSeats([seat], 'csv', await openText('en'), now)).toContain(`'${text}`)
})

test('neither does a browser, in both languages', async () => {
  for (const lang of ['en', 'zh-CN'] as const) {
    const html = exportSeats([hostile], 'html', await openText(lang), now)
    expect(html).toContain(`<html lang="${lang}">`)
    expect(html).not.toContain('<script')
    expect(html).toContain('&#60;script&#62;')
    expect(html).not.toMatch(/(src|href)=/)
  }
})

test('a program gets all of it, with the sentence', async () => {
  const told = JSON.parse(exportSeats([hostile], 'json', await openText('en'), now))
  expect(told).toMatchObject({
    version: 1,
    counts: { failed: 1 },
    seats: [{ state: 'failed', reasonText: /HYPERLINK/ }].map((one) => ({
      ...one,
      reasonText: expect.stringMatching(one.reasonText),
    })),
  })
})
