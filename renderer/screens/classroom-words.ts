import i18next from 'i18next'
import type { SeatState, SeatView } from '../../electron/contract/classroom.ts'
import { reasonOf } from '../store/classroom-seats.ts'
import { errorWords } from '../store/run-error.ts'

/** A sign for each state, beside its colour and its word. */
export const SEAT_SIGNS: Readonly<Record<SeatState, string>> = {
  waiting: '○',
  running: '●',
  well: '✓',
  remark: '!',
  failed: '✕',
  unreachable: '?',
  held: '–',
  'given-back': '↩',
}

export const stateWord = (state: SeatState): string => i18next.t(`classroom:page.state.${state}`)

/** The one sentence why a seat is not well; empty where nobody said. */
export function reasonText(view: SeatView): string {
  const reason = reasonOf(view)
  if (reason === null) return ''
  if (reason.kind === 'raw') return reason.text
  if (reason.kind === 'error') return errorWords(reason.error).what
  const { key, values = {} } = reason.note
  const code = /^error:([a-z-]+)\.what$/.exec(key)?.[1]
  // Errors put values of their own into their sentences.
  if (code !== undefined && view.report?.error?.code === code) return errorWords(view.report.error).what
  return i18next.exists(key) ? i18next.t(key, values) : key
}
