import i18next from 'i18next'
import type { Bar } from '../page.ts'
import { useDockerHelp } from '../store/docker-help.ts'
import { type Review, type Shown, useReview } from '../store/review.ts'
import { type PlanSum, sumPlan } from '../store/review-plan.ts'
import { sizeText } from '../store/run-format.ts'
import { useWizard } from '../store/wizard.ts'

/** Back, and the button that starts: its words say how much will change. */
export function useReviewBar(): Bar {
  const { review, starting, start } = useReview()
  const docker = useDockerHelp((help) => help.planId !== null)
  const back = () => {
    if (!docker) return useWizard.getState().back()
    useDockerHelp.getState().setPlan(null)
    useWizard.getState().go('check-up')
  }
  const shown = review.step === 'ready' ? review.shown : null
  return {
    sentence: sentence(review),
    back: { label: i18next.t('wizard:bar.back'), disabled: starting, act: back },
    next: {
      label: shown === null ? i18next.t('review:start.plain') : startLabel(shown),
      disabled: starting || shown === null || isBlocked(shown),
      act: () => void start(),
    },
  }
}

/** Whether a start could only fail. */
export function isBlocked(shown: Shown): boolean {
  if (shown.kind === 'docker') return !shown.plan.possible
  return shown.plan.rights === 'missing' || sumPlan(shown.plan).dockerMissing
}

function startLabel(shown: Shown): string {
  if (shown.kind === 'docker') return i18next.t('review:start.docker')
  if (!shown.plan.changed) return i18next.t('review:start.verify')
  const { files, download } = sumPlan(shown.plan)
  if (files > 0) return i18next.t(files === 1 ? 'review:start.file' : 'review:start.files', { files })
  return download ? i18next.t('review:start.pull', { size: sizeText(download) }) : i18next.t('review:start.plain')
}

function sentence(review: Review): string {
  if (review.step === 'making') return i18next.t('review:bar.making')
  if (review.step === 'failed') return i18next.t('review:bar.failed')
  const { shown } = review
  if (shown.kind === 'docker') return i18next.t('review:bar.docker')
  if (!shown.plan.changed) return i18next.t('review:bar.nothing')
  return [...willDo(sumPlan(shown.plan)), i18next.t('review:bar.untouched')].join('')
}

// How many files stands on the button already.
function willDo({ download, reloads, refreshes }: PlanSum): readonly string[] {
  const parts: string[] = []
  if (download !== undefined)
    parts.push(
      download === null ? i18next.t('review:bar.pull') : i18next.t('review:bar.pullSize', { size: sizeText(download) }),
    )
  if (reloads) parts.push(i18next.t('review:bar.reload'))
  if (refreshes) parts.push(i18next.t('review:bar.refresh'))
  return parts
}
