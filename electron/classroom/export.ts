import { SEAT_STATES, type SeatView } from '../contract/classroom.ts'
import type { Note } from '../contract/note.ts'
import { countSeats } from './seat-map.ts'
import { csv } from './seats-csv.ts'

/** The sentences of one language. */
export type Words = {
  lang: string
  say(key: string, values?: Readonly<Record<string, string | number>>): string
  note(note: Note): string
}

const COLUMNS = ['name', 'address', 'system', 'state', 'reason', 'wave', 'changed', 'go', 'seconds', 'at'] as const

/** What the seats said, as one text for people (csv, html) or programs (json). */
export function exportSeats(
  seats: readonly SeatView[],
  format: 'csv' | 'json' | 'html',
  words: Words,
  now: Date,
): string {
  if (format === 'json') {
    const told = seats.map((view) => ({ ...view, reasonText: view.reason === null ? null : words.note(view.reason) }))
    return `${JSON.stringify({ version: 1, at: now.toISOString(), counts: countSeats(seats), seats: told }, null, 2)}\n`
  }
  const head = COLUMNS.map((column) => words.say(`room:column.${column}`))
  const rows = seats.map((view) => rowOf(view, words))
  return format === 'csv' ? csv([head, ...rows]) : html(seats, head, rows, words, now)
}

function rowOf({ seat, state, reason, wave, report }: SeatView, words: Words): string[] {
  return [
    seat.name,
    seat.address,
    seat.system,
    words.say(`room:state.${state}`),
    reason === null ? '' : words.note(reason),
    wave === null ? '' : String(wave),
    report?.changed == null ? '' : words.say(`room:changed.${report.changed}`),
    report?.go ?? '',
    report?.seconds == null ? '' : String(report.seconds),
    report?.at ?? '',
  ]
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)

const STYLE = `body{font:14px/1.5 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:2em auto;max-width:70em;padding:0 1em;color:#1c1c1c;background:#fff}
h1{font-size:1.4em}table{border-collapse:collapse;width:100%}th,td{border:1px solid #ccc;padding:.3em .5em;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#f0f0f0}thead{display:table-header-group}tr{break-inside:avoid}
.well,.given-back{border-left:6px solid #2b8a3e}.remark{border-left:6px solid #e67700}.failed,.unreachable{border-left:6px solid #c92a2a}.held,.waiting,.running{border-left:6px solid #868e96}
@media print{body{margin:0;max-width:none}}`

/** One page without anything from elsewhere; what seats wrote in their reports is only ever text in it. */
function html(
  seats: readonly SeatView[],
  head: readonly string[],
  rows: readonly (readonly string[])[],
  words: Words,
  now: Date,
): string {
  const counts = countSeats(seats)
  const sums = SEAT_STATES.flatMap((state) =>
    counts[state] === undefined ? [] : [`${words.say(`room:state.${state}`)}: ${counts[state]}`],
  )
  const cells = (row: readonly string[], tag: string): string =>
    row.map((text) => `<${tag}>${escape(text)}</${tag}>`).join('')
  const body = rows.map((row, index) => `<tr class="${seats[index]?.state ?? ''}">${cells(row, 'td')}</tr>`)
  const title = escape(words.say('room:title'))
  return `<!doctype html>
<html lang="${words.lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${title}</h1>
<p>${escape(now.toISOString())} · ${escape(sums.join(' · '))}</p>
<table>
<thead><tr>${cells(head, 'th')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table>
</body>
</html>
`
}
