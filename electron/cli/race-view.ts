import type { RaceEntry, RaceProgress, RaceResult } from '../contract/mirror.ts'
import { redact } from '../core/redact.ts'
import type { Output } from './output.ts'
import { bar, columns } from './table.ts'
import { sizeText } from './text.ts'

/** A race as it stands: a line for each candidate, and one for all of it. `room`: how many lines there are. */
export function raceLines(race: RaceProgress, { text, paint }: Output, room: number): string[] {
  const shown = race.entries.slice(0, Math.max(1, room - 1))
  const width = Math.max(0, ...shown.map(({ id }) => id.length))
  const lines = shown.map((entry) => {
    const state =
      entry.reason === null ? text.say(`mirror:race.state.${entry.state}`) : text.say(`mirror:out.${entry.reason}`)
    const line = `  ${entry.id.padEnd(width)} ${bar(entry.bar)} ${state}`
    return entry.state === 'out' ? paint('dim', line) : line
  })
  return [...lines, `${bar(race.fraction)} ${raceSummary(race, text)}`]
}

/** Where a race is, in one line. */
export const raceSummary = ({ phase, ms, bytes }: RaceProgress, text: Output['text']): string =>
  `${text.say(`mirror:race.phase.${phase}`)}  ${(ms / 1000).toFixed(1)} s  ${sizeText(bytes)}`

/** What a race has found out: the best first, those that are out with their reason, who disagrees, what is chosen. */
export function showResult(result: RaceResult, output: Output): void {
  const { text, paint } = output
  const say = (key: string, values: Record<string, string | number> = {}): string =>
    text.say(`mirror:race.${key}`, values)
  const seconds = (result.ms / 1000).toFixed(1)
  const { target, artefact } = result
  output.line(paint('bold', say('heading', { target, artefact, seconds, size: sizeText(result.bytes) })))
  const names = result.entries.map((entry) => nameOf(entry, text.lang))
  const width = Math.max(0, ...names.map(columns))
  for (const [at, entry] of result.entries.entries()) {
    const name = names[at] ?? ''
    const line = `  ${name}${' '.repeat(width - columns(name))}  ${facts(entry, output)}`
    output.line(entry.state === 'out' ? paint('dim', line) : line)
  }
  for (const conflict of result.conflicts) {
    output.line(paint('yellow', say('conflict', { item: conflict.item, verdict: text.note(conflict.verdict) })))
    for (const { url, value, wrong } of conflict.says) {
      const line = `  ${say('says', { url: redact(url), value })}`
      output.line(wrong ? paint('red', `${line}  ${say('wrong')}`) : line)
    }
  }
  const usable = result.entries.some(({ state }) => state === 'ranked')
  output.line(text.note(result.why))
  const urls = result.chosen.map(redact).join(', ')
  if (usable) output.line(paint('green', result.chosen.length === 0 ? say('default') : say('chosen', { urls })))
}

const nameOf = ({ name }: RaceEntry, lang: string): string => (lang === 'en' ? name.en : name.zh)

function facts({ state, reason, cause, url, speed, fresh, safe, numbers }: RaceEntry, { text }: Output): string {
  if (state === 'out') {
    const why = reason === null ? '' : text.say(`mirror:out.${reason}`)
    return [url, why, cause === null ? '' : `(${cause})`].filter((part) => part !== '').join('  ')
  }
  const rate =
    numbers.rate === null
      ? text.say('mirror:race.unmeasured')
      : text.say('mirror:race.line', { rate: sizeText(numbers.rate) })
  const words = [
    ...(speed === null ? [] : [text.say(`mirror:race.words.${speed}`)]),
    ...(fresh === 'unknown' ? [] : [text.say(`mirror:race.words.${fresh}`)]),
    ...(safe === 'unknown' ? [] : [text.say(`mirror:race.words.${safe}`)]),
  ]
  return [rate.padStart(12), words.join(' · '), url].filter((part) => part !== '').join('  ')
}
