import i18next from 'i18next'
import type { PlainRow } from './review-plan.ts'
import { sizeText } from './run-format.ts'

/** A change without a diff in a sentence. `will`: of a plan; `did`: of a run that is over. */
export function plainWords(change: PlainRow, when: 'will' | 'did'): string {
  const { path } = change
  switch (change.kind) {
    case 'tree':
      return i18next.t(`review:tree.${when}.${change.final ? 'drop' : 'move'}`, { path, size: sizeText(change.bytes) })
    case 'rights':
      return rightsWords(change)
    case 'notice':
      return i18next.t(`review:notice.${when}.${change.handler}`, { path })
  }
}

/** Only what changes: `1000:1000 0755` is owner, group and permissions, as `ls -n` and chmod have them. */
function rightsWords({ before, after }: Extract<PlainRow, { kind: 'rights' }>): string {
  const parts = (text: string) => [text.slice(0, text.indexOf(' ')), text.slice(text.indexOf(' ') + 1)] as const
  const [[owner, mode], [newOwner, newMode]] = [parts(before), parts(after)]
  const words = [
    ...(owner === newOwner ? [] : [i18next.t('review:rights.owner', { before: owner, after: newOwner })]),
    ...(mode === newMode ? [] : [i18next.t('review:rights.mode', { before: mode, after: newMode })]),
  ]
  return words.join(i18next.t('review:and'))
}
