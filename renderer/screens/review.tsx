import { Button, Skeleton } from '@mantine/core'
import i18next from 'i18next'
import { useEffect } from 'react'
import type { PlanView } from '../../electron/contract/plan.ts'
import { ChangeList } from '../components/change-list.tsx'
import { Commands } from '../components/commands.tsx'
import { FindingList } from '../components/finding-list.tsx'
import { Failure } from '../components/run-failure.tsx'
import type { PageView } from '../page.ts'
import { say } from '../store/announcer.ts'
import { useAppInfo } from '../store/app-info.ts'
import { useDockerHelp } from '../store/docker-help.ts'
import { type DockerPlan, useReview } from '../store/review.ts'
import { sumPlan } from '../store/review-plan.ts'
import { fittingPage } from '../store/run-error.ts'
import { useWizard } from '../store/wizard.ts'
import { useReviewBar } from './review-bar.ts'
import { AdminNotice, DockerNotice, PasswordNotice } from './review-notices.tsx'
import css from './review.module.css'

/** Everything that would be done, before anything is. */
export const reviewPage: PageView = {
  id: 'review',
  Body: ReviewBody,
  useBar: useReviewBar,
  useChosen: useFiles,
}

function useFiles(): string | null {
  const { review } = useReview()
  if (review.step !== 'ready' || review.shown.kind !== 'profile') return null
  const { files } = sumPlan(review.shown.plan)
  return files === 0 ? null : i18next.t('review:chosenFiles', { count: files })
}

function ReviewBody() {
  const { review, make } = useReview()
  const profile = useWizard((wizard) => wizard.profile)
  const docker = useDockerHelp((help) => help.planId)
  // The choices can change under the page: a profile is dropped onto it.
  useEffect(() => void make(), [make, profile, docker])
  const { step } = review
  useEffect(() => {
    if (step === 'ready') say(i18next.t('review:said'))
  }, [step])
  switch (review.step) {
    case 'making':
      return <Waiting />
    case 'failed': {
      const page = fittingPage(review.error.code)
      return (
        <Failure error={review.error}>
          <Button variant="default" onClick={() => void make()}>
            {i18next.t('review:again')}
          </Button>
          {page !== 'review' && (
            <Button variant="default" onClick={() => useWizard.getState().go(page)}>
              {i18next.t('run:goTo', { page: i18next.t(`wizard:page.${page}.step`) })}
            </Button>
          )}
        </Failure>
      )
    }
    default:
      return review.shown.kind === 'docker' ? (
        <DockerSteps plan={review.shown.plan} />
      ) : (
        <ProfilePlan plan={review.shown.plan} />
      )
  }
}

// As large as what comes, so that nothing jumps.
function Waiting() {
  return (
    <div className={css.wait} aria-busy="true">
      <p className="sr">{i18next.t('review:bar.making')}</p>
      <div className={css.waitRows}>
        <Skeleton height={72} />
        <Skeleton height={72} />
        <Skeleton height={72} />
      </div>
      <Skeleton height={280} />
    </div>
  )
}

function ProfilePlan({ plan }: { plan: PlanView }) {
  const { admin, dockerMissing } = sumPlan(plan)
  const findings = plan.findings.filter(({ id }) => id !== 'docker.state')
  return (
    <div className={css.body}>
      {dockerMissing && <DockerNotice findings={plan.findings} />}
      {plan.rights === 'missing' && <AdminNotice paths={admin} />}
      {plan.rights === 'password' && <PasswordNotice paths={admin} />}
      {!plan.changed && (
        <section className={css.calm}>
          <span className={css.big} aria-hidden="true">
            ✓
          </span>
          <div>
            <h2>{i18next.t('review:nothing.title')}</h2>
            <p>{i18next.t('review:nothing.text')}</p>
          </div>
        </section>
      )}
      {plan.changes.length > 0 && <ChangeList changes={plan.changes} />}
      {plan.choices.length > 0 && (
        <section className={css.section}>
          <h2>{i18next.t('review:choices')}</h2>
          <FindingList
            quiet
            rows={plan.choices.map(({ key, values }, index) => ({
              id: `choice-${index}`,
              sign: 'ok',
              text: i18next.t(key, values ?? {}),
            }))}
          />
        </section>
      )}
      {findings.length > 0 && (
        <section className={css.section}>
          <h2>{i18next.t('review:findings')}</h2>
          <FindingList
            rows={findings.map(({ id, severity, note }, index) => ({
              id: `${id}-${index}`,
              sign: severity,
              text: i18next.t(note.key, note.values ?? {}),
            }))}
          />
        </section>
      )}
    </div>
  )
}

/** The plan that brings Docker: in words and as the commands that are run. */
function DockerSteps({ plan }: { plan: DockerPlan }) {
  const { root, load } = useAppInfo()
  useEffect(() => void load(), [load])
  return (
    <div className={css.body}>
      {!plan.possible && (
        <section className={css.notice}>
          <h2>{i18next.t('review:docker.notPossible')}</h2>
          <p>{i18next.t('review:docker.byHand')}</p>
        </section>
      )}
      <section className={css.section}>
        <h2>{i18next.t('review:docker.title')}</h2>
        <ol className={css.steps}>
          {plan.steps.map(({ key, values }, index) => (
            <li key={`${key}-${index}`}>{i18next.t(key, values ?? {})}</li>
          ))}
        </ol>
        <Commands lines={plan.commands} name={i18next.t('review:docker.commands')} />
      </section>
      {plan.possible && root === null && <p>{i18next.t('review:password.docker')}</p>}
      {plan.relogin && <p>{i18next.t('review:docker.relogin')}</p>}
    </div>
  )
}
