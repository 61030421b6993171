import { Button, Skeleton } from '@mantine/core'
import i18next from 'i18next'
import { useEffect } from 'react'
import { Facts } from '../components/facts.tsx'
import { FindingList } from '../components/finding-list.tsx'
import { Fold } from '../components/fold.tsx'
import { Problem } from '../components/problem.tsx'
import { usePlainBar } from '../frame/plain-bar.ts'
import type { PageView } from '../page.ts'
import { say } from '../store/announcer.ts'
import { type CheckUp, useCheckUp } from '../store/check-up.ts'
import { checksOf, networkCheck, verdictOf } from '../store/checks.ts'
import { useDoctor } from '../store/doctor.ts'
import { useSources } from '../store/sources.ts'
import { DoctorView } from './check-up-doctor.tsx'
import { chosenOf, doctorSentence } from './check-up-doctor-words.ts'
import { OpenFindings, rowOf } from './check-up-open.tsx'

/** The first page: one verdict about this machine, what needs attention under it, the rest folded. */
export const checkUpPage: PageView = {
  id: 'check-up',
  Body,
  useBar() {
    const verdict = useVerdict()
    const { shown, doctor } = useDoctor()
    const key = verdict === null ? 'looking' : verdict.open.some(({ id }) => id === 'docker') ? 'docker' : 'ready'
    const sentence = shown === true ? doctorSentence(doctor) : i18next.t(`check-up:sentence.${key}`)
    return usePlainBar(sentence, { first: true })
  },
  useChosen() {
    const verdict = useVerdict()
    const { shown, doctor } = useDoctor()
    if (shown === true) return chosenOf(doctor)
    if (verdict === null) return null
    if (verdict.state !== 'needs') return i18next.t('check-up:chosen.ready')
    return i18next.t('check-up:chosen.needs', { count: verdict.problems })
  },
}

function useVerdict() {
  const { checkUp, network } = useCheckUp()
  const mirrors = useSources((sources) => sources.mirrors)
  if (checkUp.step !== 'seen') return null
  const { machine, runs } = checkUp
  return verdictOf(checksOf(machine, runs, mirrors), networkCheck(network), runs)
}

function Body() {
  const { checkUp, lookAgain, lookAnew } = useCheckUp()
  // Whoever comes back from a run, or from its undo, is not shown what was true before it.
  useEffect(() => void lookAnew(), [lookAnew])
  const { shown, begin } = useDoctor()
  useEffect(() => {
    // At the start itself it is asked after the first picture.
    if (useCheckUp.getState().lookedAt > 0) void begin()
  }, [begin])
  if (shown === true) return <DoctorView checkUp={checkUp} />
  if (shown === null && checkUp.step !== 'failed') return <Looking />
  switch (checkUp.step) {
    case 'looking':
      return <Looking />
    case 'failed':
      return <Problem error={checkUp.error} retry={() => void lookAgain()} />
    case 'seen':
      return <Seen checkUp={checkUp} />
  }
}

function Looking() {
  return (
    <section className="verdict" data-state="busy" aria-busy="true">
      <h2>{i18next.t('check-up:looking')}</h2>
      <Skeleton height={24} width="70%" mb={16} />
      <Skeleton height={24} width="50%" />
    </section>
  )
}

function Seen({ checkUp }: { checkUp: CheckUp & { step: 'seen' } }) {
  const { again, lookAgain } = useCheckUp()
  const verdict = useVerdict()
  const title = verdict === null ? '' : i18next.t(`check-up:${verdict.state}`, { count: verdict.problems })
  useEffect(() => say(title), [title])
  if (verdict === null) return null
  const { state, problems, open, folded, fine } = verdict
  const needs = state === 'needs'
  const more = problems - open.filter(({ state: one }) => one === 'warning' || one === 'error').length
  return (
    <>
      <section className="verdict" data-state={needs ? 'warning' : 'ok'}>
        <div className="verdict-line">
          <h2>
            <span aria-hidden="true">{needs ? '! ' : '✓ '}</span>
            {title}
          </h2>
          <Button variant="default" size="compact-md" aria-busy={again} onClick={() => void lookAgain()}>
            {i18next.t(again ? 'check-up:again' : 'wizard:again')}
          </Button>
        </div>
        <p className="faint">{i18next.t(`check-up:${state}Why`, { count: fine })}</p>
        <OpenFindings checks={open} />
      </section>
      <Fold summary={i18next.t(more > 0 ? 'check-up:restMore' : 'check-up:restOk', { count: fine, problems: more })}>
        <FindingList quiet rows={folded.map(rowOf)} />
      </Fold>
      <Fold summary={i18next.t('check-up:facts')}>
        <Facts machine={checkUp.machine} />
      </Fold>
      <p className="doctor-more">
        <Button variant="subtle" size="compact-md" onClick={() => void useDoctor.getState().open()}>
          {i18next.t('doctor:page.thorough')}
        </Button>
        <span className="faint">{i18next.t('doctor:page.thoroughWhy')}</span>
      </p>
    </>
  )
}
