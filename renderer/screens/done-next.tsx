import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useEffect, useRef } from 'react'
import { CopyButton } from '../components/copy-button.tsx'
import { LogFold } from '../components/log-fold.tsx'
import { Failure } from '../components/run-failure.tsx'
import { say } from '../store/announcer.ts'
import { programOf, useDone } from '../store/done.ts'
import { cancelErrand } from '../store/done-errand.ts'
import css from './done.module.css'

/** Three things to do next, each one click. */
export function NextSteps({ image }: { image: string | null }) {
  const { program, terminal, exported, openTerminal, startProgram, exportProfile } = useDone()
  return (
    <section className={css.section}>
      <h2>{i18next.t('done:next')}</h2>
      <div className={css.cards}>
        {image !== null && (
          <Card name="terminal" busy={terminal.step === 'busy'} act={() => void openTerminal(image)} />
        )}
        {image !== null && (
          <Card name="program" busy={program.step === 'running'} act={() => void startProgram(image)} />
        )}
        <Card name="export" busy={exported.step === 'busy'} act={() => void exportProfile()} />
      </div>
      <TerminalOutcome />
      {image !== null && <ProgramOutcome image={image} />}
      <ExportOutcome />
    </section>
  )
}

type CardProps = { name: 'terminal' | 'program' | 'export'; busy: boolean; act(): void }

function Card({ name, busy, act }: CardProps) {
  // Not `disabled`: the focus would be lost while the work goes on.
  return (
    <button type="button" className={css.card} aria-disabled={busy} onClick={() => (busy ? undefined : act())}>
      <strong>{i18next.t(`done:card.${name}.title`)}</strong>
      <span>{i18next.t(busy ? `done:card.${name}.busy` : `done:card.${name}.text`)}</span>
    </button>
  )
}

function TerminalOutcome() {
  const { terminal } = useDone()
  const opened = terminal.step === 'ok'
  useEffect(() => {
    if (opened) say(i18next.t('done:opened'))
  }, [opened])
  if (terminal.step === 'failed') return <Failure error={terminal.error} />
  return opened ? <p className={css.outcome}>{i18next.t('done:opened')}</p> : null
}

function ProgramOutcome({ image }: { image: string }) {
  const { program, startProgram } = useDone()
  const made = programOf(program)
  const ended = made !== null
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!ended) return
    say(i18next.t('done:programRan'))
    box.current?.scrollIntoView({ block: 'nearest' })
  }, [ended])
  if (program.step === 'idle') return null
  if (program.step === 'failed')
    return (
      <div className={css.outcome}>
        <Failure error={program.error}>
          <Button variant="default" onClick={() => void startProgram(image)}>
            {i18next.t('run:retry')}
          </Button>
        </Failure>
      </div>
    )
  return (
    <div ref={box} className={css.outcome} aria-busy={program.step === 'running'}>
      {program.step === 'running' && (
        <>
          <p>{i18next.t('done:programRuns')}</p>
          <LogFold log={program.timeline.log} dropped={program.timeline.dropped} />
          <Button variant="default" onClick={() => void cancelErrand(program)}>
            {i18next.t('done:stop')}
          </Button>
        </>
      )}
      {made !== null && (
        <>
          <p>{i18next.t('done:programRan')}</p>
          <pre className={css.output}>{made.output}</pre>
          <p className="faint">
            {i18next.t('done:programFolder')} <span className="mono">{made.folder}</span>{' '}
            <CopyButton text={made.folder} what={i18next.t('done:thePath')} />
          </p>
        </>
      )}
    </div>
  )
}

function ExportOutcome() {
  const { exported } = useDone()
  const where = exported.step === 'ok' ? exported.where : null
  useEffect(() => {
    if (where !== null) say(i18next.t('done:exported'))
  }, [where])
  if (exported.step === 'failed') return <Failure error={exported.error} />
  if (where === null) return null
  return (
    <p className={css.outcome}>
      {i18next.t('done:exported')} <span className="mono">{where}</span>
    </p>
  )
}
