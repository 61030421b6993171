import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useEffect } from 'react'
import { FindingList } from '../components/finding-list.tsx'
import { Failure } from '../components/run-failure.tsx'
import type { Bar, PageView } from '../page.ts'
import { proofOf, useDone } from '../store/done.ts'
import { useWizard } from '../store/wizard.ts'
import { NextSteps } from './done-next.tsx'
import { Receipt } from './done-receipt.tsx'
import { UndoSection, Undone } from './done-undo.tsx'
import css from './done.module.css'

/** What one has now, what to do with it, and the way back. */
export const donePage: PageView = {
  id: 'done',
  Body: DoneBody,
  useBar: useDoneBar,
  useChosen: () => null,
}

function DoneBody() {
  const runId = useWizard((wizard) => wizard.runId)
  const { result, summary, looked, problem, undone, look } = useDone()
  useEffect(() => void look(runId), [look, runId])
  const image = result?.image?.reference ?? summary?.image ?? null
  if (undone !== null)
    return (
      <div className={css.body}>
        <Undone result={undone} />
        <UndoSection earlier />
      </div>
    )
  return (
    <div className={css.body}>
      {problem !== null && (
        <Failure error={problem}>
          <Button variant="default" onClick={() => void look(runId)}>
            {i18next.t('review:again')}
          </Button>
        </Failure>
      )}
      {(result !== null || looked) && <Verdict image={image} />}
      <NextSteps image={image} />
      <Receipt />
      <Findings />
      <UndoSection />
    </div>
  )
}

/** `go version` as the image answered it; without an image what was set. */
function Verdict({ image }: { image: string | null }) {
  const { result, summary, latest, proof, prove } = useDone()
  const verification = result?.verification ?? proofOf(proof)
  const settings = result !== null || summary !== null
  const state = settings ? 'set' : latest === 'undone' ? 'undone' : 'nothing'
  const checking = proof.step === 'running'
  return (
    <section className={css.verdict} role="status">
      {verification !== null ? (
        <>
          <h2 className={css.version}>{verification.output}</h2>
          <p>
            {i18next.t(verification.agrees === true ? 'done:agrees' : 'done:answered', {
              image: verification.reference,
            })}
          </p>
        </>
      ) : (
        <>
          <h2 className={css.version}>{i18next.t(`done:${state}`)}</h2>
          <p>{i18next.t(`done:${state}Text`)}</p>
          {image !== null && settings && (
            <p>
              <Button variant="default" loading={checking} onClick={() => void prove(image)}>
                {i18next.t('done:prove')}
              </Button>
            </p>
          )}
        </>
      )}
      {proof.step === 'failed' && image !== null && (
        <Failure error={proof.error}>
          <Button variant="default" onClick={() => void prove(image)}>
            {i18next.t('run:retry')}
          </Button>
        </Failure>
      )}
      {(result?.files.length ?? summary?.files.length ?? 0) > 0 && (
        <p className="faint">{i18next.t('done:newTerminal')}</p>
      )}
    </section>
  )
}

function Findings() {
  const findings = (useDone((done) => done.result)?.findings ?? []).filter(({ severity }) => severity !== 'ok')
  const checked = (useDone((done) => done.result)?.findings ?? []).filter(({ severity }) => severity === 'ok')
  const rows = [...findings, ...checked].map(({ id, severity, note }, index) => ({
    id: `${id}-${index}`,
    sign: severity,
    text: i18next.t(note.key, note.values ?? {}),
  }))
  if (rows.length === 0) return null
  return (
    <section className={css.section}>
      <h2>{i18next.t('done:findings')}</h2>
      <FindingList quiet rows={rows} />
    </section>
  )
}

function useDoneBar(): Bar {
  const { undone, summary, undo } = useDone()
  // A question may be open; leaving would leave it without an answer.
  const busy = undo.step === 'running'
  const { go, reset } = useWizard.getState()
  const again = { label: i18next.t('done:checkAgain'), disabled: busy, act: () => go('check-up') }
  const anew = { label: i18next.t('done:startAnew'), disabled: busy, act: reset }
  const sentence = busy ? 'undoing' : undone !== null ? 'undone' : summary !== null ? 'undoable' : 'kept'
  return { sentence: i18next.t(`done:bar.${sentence}`), back: null, next: undone === null ? again : anew }
}
