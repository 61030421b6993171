import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useEffect, useId } from 'react'
import type { Explained } from '../../electron/contract/explain.ts'
import { Finding } from '../components/doctor-finding.tsx'
import css from '../components/doctor.module.css'
import { Problem } from '../components/problem.tsx'
import { Sentence } from '../components/sentence.tsx'
import { say } from '../store/announcer.ts'
import { useExplain } from '../store/explain.ts'
import { DockerHelpPanel } from './check-up-docker.tsx'

/** Longest text that main takes, in UTF-16 units. */
const MAX_TEXT = 200_000

/** An error text that was pasted or dropped: what it means, and what the checks that fit have found. */
export function ExplainPanel() {
  const { unfolded, fold, text, write, step, explain } = useExplain()
  const id = useId()
  const busy = step === 'reading' || step === 'checking'
  return (
    <details className="fold" open={unfolded} onToggle={({ currentTarget }) => fold(currentTarget.open)}>
      <summary>{i18next.t('doctor:page.explain.title')}</summary>
      <div className={`fold-body ${css.explain}`}>
        <label htmlFor={id} className="faint">
          {i18next.t('doctor:page.explain.label')}
        </label>
        <textarea
          id={id}
          className={css.text}
          rows={5}
          spellCheck={false}
          value={text}
          maxLength={MAX_TEXT}
          onChange={({ currentTarget }) => write(currentTarget.value)}
        />
        <div className={css.actions}>
          <Button disabled={text.trim() === ''} loading={busy} onClick={() => void explain()}>
            {i18next.t('doctor:page.explain.do')}
          </Button>
        </div>
        <Answer />
      </div>
    </details>
  )
}

function Answer() {
  const { step, explained, error, explain } = useExplain()
  const [first] = explained ?? []
  const told =
    explained === null
      ? null
      : first === undefined
        ? i18next.t('explain:none')
        : i18next.t(`explain:${first.cause}.what`, first.values)
  useEffect(() => {
    if (told !== null) say(told)
  }, [told])
  if (error !== null) return <Problem error={error} retry={() => void explain()} />
  if (explained === null) return null
  if (explained.length === 0)
    return (
      <div>
        <p>{i18next.t('explain:none')}</p>
        <p className="faint">{i18next.t('doctor:page.explain.noneTodo')}</p>
      </div>
    )
  return (
    <>
      <ul className={css.list}>
        {explained.map((one) => (
          <Cause key={one.cause} one={one} />
        ))}
      </ul>
      {step === 'checking' ? (
        <p className="faint" aria-busy="true">
          {i18next.t('doctor:page.explain.checking')}
        </p>
      ) : (
        <Fitting />
      )}
    </>
  )
}

function Cause({ one: { cause, tool, values, line, quote } }: { one: Explained }) {
  return (
    <li className={css.cause}>
      <h3>
        <Sentence text={i18next.t(`explain:${cause}.what`, values)} />
      </h3>
      <p>
        <Sentence text={i18next.t(`explain:${cause}.todo`, values)} copy />
      </p>
      <p className="faint">
        {i18next.t(`explain:tool.${tool}`)} · {i18next.t('explain:line', { line })}
      </p>
      <pre className={css.evidence}>{quote}</pre>
    </li>
  )
}

/** What the checks that fit say of this machine. */
function Fitting() {
  const checkUp = useExplain(({ checkUp }) => checkUp)
  if (checkUp === null) return null
  const heard = checkUp.findings.filter(({ muted }) => !muted)
  return (
    <section>
      <h3 className={css.here}>
        {i18next.t(heard.length === 0 ? 'doctor:page.explain.notHere' : 'doctor:page.explain.here', {
          count: checkUp.checks.length,
        })}
      </h3>
      <ul className={css.list}>
        {heard.map((found) => (
          <Finding key={found.id} found={found} help={<DockerHelpPanel />} />
        ))}
      </ul>
    </section>
  )
}
