import { Button, Modal } from '@mantine/core'
import i18next from 'i18next'
import { useEffect } from 'react'
import type { RunSummary, Why } from '../../electron/contract/run.ts'
import { Failure } from '../components/run-failure.tsx'
import { useHistory } from '../store/history.ts'
import { HistoryRun } from './history-run.tsx'
import css from './history.module.css'

/** Everything that was done on this computer, and the way back from each of it. */
export function HistoryDialog({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const undoing = useHistory((history) => history.undo.step === 'running')
  return (
    <Modal
      opened={opened}
      // A question may wait for its answer.
      onClose={() => (undoing ? undefined : onClose())}
      title={i18next.t('history:title')}
      lockScroll={false}
      closeButtonProps={{ 'aria-label': i18next.t('history:close') }}
      size="xl"
    >
      <History />
    </Modal>
  )
}

function History() {
  const { runs, problem, load, show } = useHistory()
  useEffect(() => {
    void load()
    return () => void show(null)
  }, [load, show])
  if (problem !== null)
    return (
      <Failure error={problem}>
        <Button variant="default" onClick={() => void load()}>
          {i18next.t('run:retry')}
        </Button>
      </Failure>
    )
  if (runs === null) return <p className="faint">{i18next.t('history:loading')}</p>
  if (runs.length === 0)
    return (
      <div className={css.none}>
        <h3>{i18next.t('history:none.title')}</h3>
        <p className="faint">{i18next.t('history:none.text')}</p>
      </div>
    )
  return (
    <div className={css.body}>
      <p className="faint">{i18next.t('history:what')}</p>
      <ul className={css.runs} aria-label={i18next.t('history:list')}>
        {runs.map((run) => (
          <Run key={run.id} run={run} />
        ))}
      </ul>
    </div>
  )
}

const SIGNS = {
  running: '…',
  applied: '✓',
  failed: '✕',
  cancelled: '○',
  interrupted: '!',
  undone: '↩',
  damaged: '✕',
} as const

function Run({ run }: { run: RunSummary }) {
  const { open, undo, show } = useHistory()
  const unfolded = open === run.id
  const files = i18next.t('history:files', { count: run.files.length })
  return (
    <li className={css.run} data-status={run.status} data-open={unfolded}>
      <button
        type="button"
        className={css.head}
        aria-expanded={unfolded}
        disabled={undo.step === 'running'}
        onClick={() => void show(run.id)}
      >
        <span className={css.when}>{whenText(run.startedAt)}</span>
        <span className={css.status}>
          <span aria-hidden="true">{SIGNS[run.status]} </span>
          {i18next.t(`history:status.${run.status}`)}
        </span>
        <span className={css.facts}>
          {run.status !== 'damaged' && <span>{whyText(run.why)}</span>}
          {run.files.length > 0 && <span>{files}</span>}
          {run.image !== null && <span className="mono">{run.image}</span>}
        </span>
      </button>
      {unfolded && <HistoryRun />}
    </li>
  )
}

/** When, in the words of the language. */
export const whenText = (at: string): string =>
  Number.isNaN(Date.parse(at)) ? i18next.t('history:unknownTime') : new Date(at).toLocaleString(i18next.language)

/** What led to a run. */
export const whyText = (why: Why | null): string =>
  i18next.t(`history:why.${why?.by ?? 'unknown'}`, { name: why?.name ?? '' })
