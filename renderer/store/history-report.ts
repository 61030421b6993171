import i18next from 'i18next'
import type { RunView } from '../../electron/contract/run.ts'
import { plainWords } from './plain-change.ts'
import { isHeld, isPlain } from './review-plan.ts'
import { errorText } from './run-error.ts'

/** A run as text, for somebody who is asked for help. Main has redacted what is in it. */
export function historyReport({ run, changes, stands, findings, error }: RunView): string {
  const states = new Map(stands.map(({ path, state }) => [path, i18next.t(`history:stand.${state}`)]))
  const files = changes.flatMap((change) =>
    isHeld(change) || isPlain(change)
      ? [`${change.path}  ${states.get(change.path) ?? ''}`, isPlain(change) ? plainWords(change, 'did') : change.diff]
      : [],
  )
  return [
    `${run.id}  ${run.startedAt}  ${i18next.t(`history:status.${run.status}`)}`,
    i18next.t(`history:why.${run.why?.by ?? 'unknown'}`, { name: run.why?.name ?? '' }),
    ...run.choices.map(({ key, values }) => i18next.t(key, values ?? {})),
    ...files,
    ...findings.map(({ note }) => i18next.t(note.key, note.values ?? {})),
    ...(error === null ? [] : [errorText(error)]),
  ]
    .filter((line) => line !== '')
    .join('\n')
}
