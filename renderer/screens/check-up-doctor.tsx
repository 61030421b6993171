import { Button } from '@mantine/core'
import i18next from 'i18next'
import { type RefObject, useEffect, useRef } from 'react'
import type { CheckUp as Looked } from '../../electron/contract/doctor.ts'
import { Finding } from '../components/doctor-finding.tsx'
import css from '../components/doctor.module.css'
import { Facts } from '../components/facts.tsx'
import { Fold } from '../components/fold.tsx'
import { Problem } from '../components/problem.tsx'
import { say } from '../store/announcer.ts'
import { type CheckUp, useCheckUp } from '../store/check-up.ts'
import { checksOf } from '../store/checks.ts'
import { useDoctor } from '../store/doctor.ts'
import { linesOf, partsOf } from '../store/doctor-view.ts'
import { useExplain } from '../store/explain.ts'
import { useRepair } from '../store/repair.ts'
import { DockerHelpPanel } from './check-up-docker.tsx'
import { DoctorFolds } from './check-up-doctor-folds.tsx'
import { verdictWords } from './check-up-doctor-words.ts'
import { ExplainPanel } from './check-up-explain.tsx'
import { OpenFindings } from './check-up-open.tsx'
import { RepairDialog } from './check-up-repair.tsx'
import { ReportButton } from './check-up-report.tsx'

/** The doctor's page: what the checks say, their repairs, an error text to be explained, a report. */
export function DoctorView({ checkUp }: { checkUp: CheckUp }) {
  const heading = useRef<HTMLHeadingElement>(null)
  const keepFocus = useLostFocus(heading)
  const { doctor, look } = useDoctor()
  const unfolded = useExplain((explain) => explain.unfolded)
  // Nothing stands below a list that is going to be another one.
  const settled = doctor.step === 'seen' || doctor.step === 'failed'
  return (
    <div {...keepFocus.watch}>
      {doctor.step === 'failed' ? (
        <Problem error={doctor.error} retry={() => void look()} />
      ) : doctor.step === 'seen' ? (
        <Seen checkUp={doctor.checkUp} quick={checkUp} heading={heading} />
      ) : (
        <Looking />
      )}
      {(settled || unfolded) && <ExplainPanel />}
      {settled && (
        <>
          {checkUp.step === 'seen' && (
            <Fold summary={i18next.t('check-up:facts')}>
              <Facts machine={checkUp.machine} />
            </Fold>
          )}
          <ReportButton />
        </>
      )}
      <RepairDialog onClosed={keepFocus.find} />
    </div>
  )
}

/** When what had the focus is gone (a finding that was mended or muted), the verdict gets it. */
function useLostFocus(heading: RefObject<HTMLHeadingElement | null>) {
  const had = useRef(false)
  const find = () => {
    if (had.current && document.activeElement === document.body) heading.current?.focus({ preventScroll: true })
  }
  useEffect(find)
  const watch = {
    onFocus: () => {
      had.current = true
    },
    // What is removed from the page sends no such event.
    onBlur: () => {
      had.current = false
    },
  }
  return { watch, find }
}

/** One quiet line a category, in their fixed order, however the checks end. */
function Looking() {
  const { doctor } = useDoctor()
  const lines = doctor.step === 'looking' ? linesOf(doctor.names, doctor.checks) : []
  return (
    <section className="verdict" data-state="busy" aria-busy="true">
      <h2>{i18next.t('check-up:looking')}</h2>
      <ul className={css.lines}>
        {lines.map(({ category, state, fine, problems }) => (
          <li key={category} data-sign={state}>
            <span className="finding-sign" aria-hidden="true">
              {{ waiting: '…', ok: '✓', info: '✓', warning: '!', error: '✕' }[state]}
            </span>
            <span className={css.category}>{i18next.t(`doctor:category.${category}`)}</span>
            <span className="faint">
              {state === 'waiting'
                ? i18next.t('doctor:page.waiting')
                : problems > 0
                  ? i18next.t('doctor:page.problems', { count: problems })
                  : fine > 0
                    ? i18next.t('doctor:page.fine', { count: fine })
                    : i18next.t('doctor:page.nothing')}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

type SeenProps = { checkUp: Looked; quick: CheckUp; heading: RefObject<HTMLHeadingElement | null> }

function Seen({ checkUp, quick, heading }: SeenProps) {
  const { again, look } = useDoctor()
  const parts = partsOf(checkUp)
  // A run that stopped in the middle is the gravest there is, and its undo is the repair.
  const stopped =
    quick.step === 'seen'
      ? checksOf(quick.machine, quick.runs, []).filter(({ id, state }) => id === 'interrupted' && state === 'error')
      : []
  const verdict = stopped.length > 0 ? 'broken' : parts.verdict
  const { title, what } = verdictWords(verdict, stopped.length > 0 ? null : parts.gravest)
  useEffect(() => say(`${title}${what}`), [title, what])
  const ran = checkUp.checks.length - parts.absent.length
  const lookAgain = () => {
    void useCheckUp.getState().lookAgain()
    void look()
  }
  return (
    <>
      <section className="verdict" data-state={{ ready: 'ok', remark: 'warning', broken: 'error' }[verdict]}>
        <h2 ref={heading} tabIndex={-1} className={css.verdict}>
          <span aria-hidden="true">{{ ready: '✓ ', remark: '! ', broken: '✕ ' }[verdict]}</span>
          {title}
          {what !== '' && <span className={css.what}>{what}</span>}
        </h2>
        <p className="faint">
          {i18next.t(`doctor:page.${verdict}Why`, { count: ran, seconds: (checkUp.ms / 1000).toFixed(1) })}
        </p>
        <div className={css.headButtons}>
          {parts.safe.length > 0 && <RepairAll />}
          <Button variant="default" size="compact-md" aria-busy={again} onClick={lookAgain}>
            {i18next.t(again ? 'check-up:again' : 'wizard:again')}
          </Button>
        </div>
        {stopped.length > 0 && <OpenFindings checks={stopped} />}
        <ul className={css.list}>
          {parts.open.map((found) => (
            <Finding key={found.id} found={found} help={<DockerHelpPanel />} />
          ))}
        </ul>
      </section>
      <DoctorFolds parts={parts} />
    </>
  )
}

/** Everything that changes only our own or plainly broken settings, in one plan. */
function RepairAll() {
  const { doctor } = useDoctor()
  const { mend, plan } = useRepair()
  const safe = doctor.step === 'seen' ? partsOf(doctor.checkUp).safe : []
  const ids = safe.map(({ id }) => id).join(' ')
  return (
    <Button
      size="compact-md"
      loading={mend.step === 'planning' && mend.id === ids && safe.length > 1}
      disabled={mend.step === 'planning'}
      onClick={() => void plan(safe)}
    >
      {i18next.t('doctor:page.repairAll', { count: safe.length })}
    </Button>
  )
}
