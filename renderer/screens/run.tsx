import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useEffect, useRef } from 'react'
import type { AppError } from '../../electron/contract/note.ts'
import { LogFold } from '../components/log-fold.tsx'
import { QuestionPanel } from '../components/question-panel.tsx'
import { Waits } from '../components/waits.tsx'
import { Failure } from '../components/run-failure.tsx'
import { Timeline } from '../components/timeline.tsx'
import type { Bar, PageView } from '../page.ts'
import { say } from '../store/announcer.ts'
import { useDockerHelp } from '../store/docker-help.ts'
import { useDone } from '../store/done.ts'
import { runState } from '../store/outcome.ts'
import { useReview } from '../store/review.ts'
import { useRun } from '../store/run.ts'
import { fittingPage } from '../store/run-error.ts'
import type { Timeline as TimelineData } from '../store/run-timeline.ts'
import { useWizard } from '../store/wizard.ts'
import { LostRun } from './run-lost.tsx'
import css from './run.module.css'

/** A run, live: its steps, its log, its questions, and a way to stop it. */
export const runPage: PageView = {
  id: 'run',
  Body: RunBody,
  useBar: useRunBar,
  useChosen() {
    const undone = useDone((done) => done.undone !== null || done.latest === 'undone')
    return i18next.t(undone ? 'run:chosen.undone' : 'run:chosen.done')
  },
}

function RunBody() {
  const taskId = useWizard((wizard) => wizard.taskId)
  const { timeline, truth, cancelling, reading, watch, answer, read } = useRun()
  useEffect(() => {
    if (taskId !== null) watch(taskId)
    else void useRun.getState().lookBack()
  }, [taskId, watch])
  useVoice(timeline)
  if (truth !== null) return <LostRun truth={truth} />
  if (timeline === null) return null
  const { steps, log, dropped, questions, end } = timeline
  return (
    <div className={css.body}>
      {end !== null && end.type !== 'done' && <Ended error={end.error} />}
      {end?.type === 'done' && <AllDone />}
      {cancelling && <p className={css.stopping}>{i18next.t('run:stopping')}</p>}
      <Waits timeline={timeline} />
      {questions.map((question) => (
        <QuestionPanel key={question.id} question={question} answer={(choice) => void answer(question.id, choice)} />
      ))}
      <Timeline steps={steps} follow={!reading} />
      <LogFold log={log} dropped={dropped} onFold={read} />
    </div>
  )
}

/** Cancelled or failed: what happened, and where to go from here. */
function Ended({ error }: { error: AppError }) {
  const box = useRef<HTMLDivElement>(null)
  // The page may have been scrolled down to the step that ran.
  useEffect(() => box.current?.scrollIntoView({ block: 'nearest' }), [])
  // Somebody who cancelled, and got everything back, has no error before them.
  const calm = error.code === 'cancelled' && (error.remaining ?? []).length === 0
  const page = fittingPage(error.code)
  return (
    <div ref={box}>
      {calm ? (
        <section className={css.lost}>
          <h2>{i18next.t('run:cancelled.title')}</h2>
          <p>{i18next.t('run:cancelled.text')}</p>
          <div className={css.actions}>
            <Again />
          </div>
        </section>
      ) : (
        <Failure error={error}>
          <Again />
          {page !== 'review' && (
            <Button variant="default" onClick={() => leaveTo(page)}>
              {i18next.t('run:goTo', { page: i18next.t(`wizard:page.${page}.step`) })}
            </Button>
          )}
        </Failure>
      )}
    </div>
  )
}

function Again() {
  const starting = useReview((review) => review.starting)
  return (
    <Button loading={starting} onClick={() => void useReview.getState().retry()}>
      {i18next.t('run:retry')}
    </Button>
  )
}

function AllDone() {
  const docker = useDockerHelp((help) => help.planId !== null)
  return (
    <section className={css.well}>
      <h2>
        <span aria-hidden="true">✓ </span>
        {i18next.t(docker ? 'run:docker.done' : 'run:done.title')}
      </h2>
      <p>{i18next.t(docker ? 'run:docker.doneText' : 'run:done.text')}</p>
    </section>
  )
}

function leaveTo(page: Parameters<ReturnType<typeof useWizard.getState>['go']>[0]): void {
  if (page === 'check-up') useDockerHelp.getState().setPlan(null)
  useWizard.getState().go(page)
}

function useRunBar(): Bar {
  const run = useRun()
  const { timeline, truth, cancelling, cancel, leave } = run
  const starting = useReview((review) => review.starting)
  const toReview = {
    label: i18next.t('run:toReview'),
    disabled: starting,
    act: () => useWizard.getState().go('review'),
  }
  if (truth !== null) return { sentence: i18next.t('run:bar.lost'), back: toReview, next: null }
  const end = timeline?.end ?? null
  if (end === null) {
    const stop = {
      label: i18next.t(cancelling ? 'run:stoppingShort' : 'run:cancel'),
      disabled: cancelling || timeline === null,
      act: () => void cancel(),
    }
    return { sentence: i18next.t(cancelling ? 'run:stopping' : 'run:bar.running'), back: stop, next: null }
  }
  if (end.type === 'done')
    return {
      sentence: i18next.t('run:bar.done'),
      back: null,
      next: { label: i18next.t('run:toResult'), disabled: false, act: leave },
    }
  const sentence = runState(run) === 'partly' ? 'run:bar.notAll' : 'run:bar.givenBack'
  return { sentence: i18next.t(sentence), back: toReview, next: null }
}

/** Speaks the step that begins, every fifth of a download, and the end. */
function useVoice(timeline: TimelineData | null): void {
  const running = timeline?.steps.findLast(({ state }) => state === 'running')
  const fraction = running?.progress?.fraction ?? null
  const fifth = fraction === null ? null : Math.floor(fraction * 5) * 20
  const id = running?.id ?? null
  const end = timeline?.end?.type ?? null
  useEffect(() => {
    if (end !== null) say(i18next.t(`run:said.${end}`))
    else if (id !== null)
      say(
        fifth === null
          ? i18next.t('run:said.step', { step: i18next.t(`run:step.${id}`) })
          : i18next.t('run:said.percent', { step: i18next.t(`run:step.${id}`), percent: fifth }),
      )
  }, [id, fifth, end])
}
