import { Button } from '@mantine/core'
import i18next from 'i18next'
import { type ReactNode, useEffect, useRef } from 'react'
import type { SeatReport, SeatView } from '../../electron/contract/classroom.ts'
import { CopyButton } from '../components/copy-button.tsx'
import { Fold } from '../components/fold.tsx'
import { findingKey, isTrouble } from '../store/classroom-seats.ts'
import { useRoomRun } from '../store/classroom-run.ts'
import { useClassroom } from '../store/classroom.ts'
import { errorText, errorWords } from '../store/run-error.ts'
import { clockText } from '../store/run-format.ts'
import { reasonText, SEAT_SIGNS, stateWord } from './classroom-words.ts'
import css from './classroom.module.css'
import { whenText } from './history.tsx'

const say = (key: string, values: Record<string, string | number> = {}) =>
  i18next.t(`classroom:page.seat.${key}`, values)

/** Beside the map: the chosen seat's report, else the seats that have problems. */
export function SeatPanel({ seats }: { seats: readonly SeatView[] }) {
  const chosen = useRoomRun((store) => store.chosen)
  const view = seats.find(({ seat }) => seat.name === chosen)
  return (
    <aside className={css.panel} aria-label={say('panel')}>
      {view === undefined ? <Troubles seats={seats} /> : <Report view={view} />}
    </aside>
  )
}

function useMayRun(): boolean {
  const busy = useClassroom((store) => store.busy)
  const ansible = useClassroom(({ room }) => room?.ansible ?? null)
  const errand = useRoomRun((store) => store.errand)
  return !busy && ansible !== null && errand.step !== 'running'
}

function Troubles({ seats }: { seats: readonly SeatView[] }) {
  const { choose, ask } = useRoomRun()
  const mayRun = useMayRun()
  const troubles = seats.filter(isTrouble)
  const names = troubles.map(({ seat }) => seat.name)
  const count = troubles.length
  if (count === 0)
    return <p className="faint">{say(seats.every(({ state }) => state === 'waiting') ? 'nothingYet' : 'noTroubles')}</p>
  return (
    <>
      <h3>{say('troubles')}</h3>
      <ul className={css.troubles}>
        {troubles.map((view) => (
          <li key={view.seat.name} data-state={view.state}>
            <button type="button" className={css.trouble} onClick={() => choose(view.seat.name)}>
              <span className={css.sign} aria-hidden="true">
                {SEAT_SIGNS[view.state]}
              </span>
              <span>
                <strong>{view.seat.name}</strong> <span className={css.word}>{stateWord(view.state)}</span>
                <span className={css.reason}>{reasonText(view) || say('noReason')}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <div className={css.actions}>
        <Button size="compact-md" disabled={!mayRun} onClick={() => ask({ action: 'apply', only: names })}>
          {i18next.t('classroom:page.run.again', { count })}
        </Button>
        <Button
          variant="default"
          size="compact-md"
          disabled={!mayRun}
          onClick={() => ask({ action: 'undo', only: names })}
        >
          {i18next.t('classroom:page.run.undo', { count })}
        </Button>
      </div>
    </>
  )
}

function Report({ view }: { view: SeatView }) {
  const { seat, state, report } = view
  const { choose, ask } = useRoomRun()
  const mayRun = useMayRun()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    // Where the panel stands below the map it is brought into sight; the focus stays on the map.
    heading.current?.scrollIntoView({ block: 'nearest' })
  }, [seat.name])
  const reason = reasonText(view)
  return (
    <>
      <h3 ref={heading} className={css.seatName} data-state={state}>
        <span>{seat.name}</span>
        <span className={css.seatState}>
          <span aria-hidden="true">{SEAT_SIGNS[state]} </span>
          {stateWord(state)}
        </span>
      </h3>
      {reason !== '' && <p className={css.reason}>{reason}</p>}
      <dl className={css.facts}>
        <Fact name="address">
          <span className="mono">{seat.port === undefined ? seat.address : `${seat.address}:${seat.port}`}</span>
        </Fact>
        {report !== null && <ReportFacts report={report} />}
      </dl>
      {report === null ? <p className="faint">{say('none')}</p> : <Found report={report} />}
      <div className={css.actions}>
        <Button variant="subtle" size="compact-md" onClick={() => choose(null)}>
          {say('back')}
        </Button>
        <Button
          variant="default"
          size="compact-md"
          disabled={!mayRun}
          onClick={() => ask({ action: 'apply', only: [seat.name] })}
        >
          {say('again')}
        </Button>
        {report !== null && (
          <Button
            variant="default"
            size="compact-md"
            disabled={!mayRun}
            onClick={() => ask({ action: 'undo', only: [seat.name] })}
          >
            {say('undo')}
          </Button>
        )}
      </div>
    </>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{say(name)}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function ReportFacts({ report: { go, program, step, changed, seconds, at, run } }: { report: SeatReport }) {
  return (
    <>
      {go !== null && (
        <Fact name="go">
          <span className="mono">{go.replace(/^go version /, '')}</span>
        </Fact>
      )}
      {step !== null && <Fact name="step">{say(`steps.${step}`)}</Fact>}
      {changed !== null && <Fact name="changed">{say(changed ? 'changedYes' : 'changedNo')}</Fact>}
      {seconds !== null && <Fact name="time">{clockText(seconds)}</Fact>}
      <Fact name="at">{whenText(at)}</Fact>
      {program !== null && <Fact name="program">{program}</Fact>}
      {run !== null && (
        <Fact name="run">
          <span className="mono">{run}</span>
        </Fact>
      )}
    </>
  )
}

/** What the seat's own check-up found, its error, and what was said in the raw. */
function Found({ report: { findings, error, cause, verdict } }: { report: SeatReport }) {
  const raw = [error?.cause, cause].filter((text) => text !== undefined && text !== null && text !== '').join('\n')
  return (
    <>
      {error !== null && (
        <div className={css.found}>
          <h4>{say('error')}</h4>
          <p>{errorWords(error).todo}</p>
          <CopyButton text={errorText(error)} what={i18next.t('run:theError')} />
        </div>
      )}
      {findings.length > 0 && (
        <div className={css.found}>
          <h4>{say('findings')}</h4>
          <ul>
            {findings.map(({ code, severity, subject, values }, index) => (
              <li key={`${code}-${index}`} data-severity={severity}>
                <span aria-hidden="true">{{ error: '✕', warning: '!', info: 'i' }[severity]} </span>
                <span className="sr">{i18next.t(`doctor:severity.${severity}`)} </span>
                {findingText(code, { ...values, subject })}
              </li>
            ))}
          </ul>
        </div>
      )}
      {findings.length === 0 && error === null && verdict === 'ready' && <p>{say('wellNow')}</p>}
      {raw !== '' && (
        <Fold summary={say('raw')}>
          <pre>{raw}</pre>
        </Fold>
      )}
    </>
  )
}

function findingText(code: string, values: Record<string, string | number>): string {
  const key = findingKey(code)
  return key !== null && i18next.exists(key) ? i18next.t(key, values) : code
}
