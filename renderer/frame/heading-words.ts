import i18next from 'i18next'
import type { Page } from '../../electron/contract/wizard.ts'
import { useDone } from '../store/done.ts'
import { doneState, runState } from '../store/outcome.ts'
import { useRun } from '../store/run.ts'
import { useWizard } from '../store/wizard.ts'

/** A page's word on the rail, its heading and the sentence below it. */
export type HeadingWords = { step: string; title: string; sentence: string }

/** The words of a page as things stand: a run that failed does not say that it works, an undone one not that it is done. */
export function useHeadingWords(page: Page): HeadingWords {
  const run = runState(useRun())
  const imageWanted = useWizard((wizard) => wizard.profile.image !== undefined)
  const done = doneState(useDone(), imageWanted)
  const plain = {
    step: i18next.t(`wizard:page.${page}.step`),
    title: i18next.t(`wizard:page.${page}.title`),
    sentence: i18next.t(`wizard:page.${page}.sentence`),
  }
  if (page === 'run' && run !== 'running') return { ...plain, ...words(`run:heading.${run}`) }
  if (page === 'done' && done !== 'ready') return { ...plain, ...words(`done:heading.${done}`) }
  return plain
}

/** What an outcome says differently; the rest stays as the page has it. */
function words(key: string): Partial<HeadingWords> {
  const said = (part: keyof HeadingWords) => (i18next.exists(`${key}.${part}`) ? i18next.t(`${key}.${part}`) : null)
  const [step, title, sentence] = [said('step'), said('title'), said('sentence')]
  return { ...(step && { step }), ...(title && { title }), ...(sentence && { sentence }) }
}
