import { Button } from '@mantine/core'
import i18next from 'i18next'
import { type ReactNode, useState } from 'react'
import type { RunView, UndoResult } from '../../electron/contract/run.ts'
import { CopyButton } from '../components/copy-button.tsx'
import { Confirm } from '../components/confirm.tsx'
import { DiffView } from '../components/diff-view.tsx'
import { FindingList } from '../components/finding-list.tsx'
import { Fold } from '../components/fold.tsx'
import { QuestionPanel } from '../components/question-panel.tsx'
import { Failure } from '../components/run-failure.tsx'
import { Waits } from '../components/waits.tsx'
import { plainWords } from '../store/plain-change.ts'
import { isHeld, isPlain } from '../store/review-plan.ts'
import { answerErrand, cancelErrand } from '../store/done-errand.ts'
import { useHistory } from '../store/history.ts'
import { historyReport } from '../store/history-report.ts'
import { whenText } from './history.tsx'
import css from './history.module.css'

/** One run unfolded: its changes as diffs, how they stand now, the way back. */
export function HistoryRun() {
  const { view, trouble, undone } = useHistory()
  if (trouble !== null)
    return (
      <div className={css.full}>
        {trouble.code === 'journal-damaged' ? (
          <>
            <p>{i18next.t('history:damaged')}</p>
            <p className="mono">{String(trouble.values?.['path'] ?? '')}</p>
          </>
        ) : (
          <Failure error={trouble} />
        )}
      </div>
    )
  if (view === null) return <p className={`${css.full ?? ''} faint`}>{i18next.t('history:loading')}</p>
  const { run, error, findings, brought } = view
  return (
    <div className={css.full}>
      {run.squashed !== null && (
        <p className="faint">{i18next.t('history:squashed', { since: whenText(run.squashed.since) })}</p>
      )}
      {undone === null ? <UndoPart view={view} /> : <Back result={undone} />}
      {error !== null && (
        <Part title={i18next.t('history:error')}>
          <Failure error={error} />
        </Part>
      )}
      {brought.length > 0 && (
        <Part title={i18next.t('history:brought')}>
          <ul>
            {brought.map(({ key, values }, index) => (
              <li key={`${key}-${index}`}>{i18next.t(key, values ?? {})}</li>
            ))}
          </ul>
        </Part>
      )}
      <Changes view={view} />
      {findings.length > 0 && (
        <Part title={i18next.t('history:findings')}>
          <FindingList
            quiet
            rows={findings.map(({ id, severity, note }, index) => ({
              id: `${id}-${index}`,
              sign: severity,
              text: i18next.t(note.key, note.values ?? {}),
            }))}
          />
        </Part>
      )}
      <p className={css.id}>
        <span className="faint">{i18next.t('history:id')}</span> <span className="mono">{run.id}</span>
        <CopyButton text={historyReport(view)} what={i18next.t('history:copy')} />
      </p>
    </div>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={css.part}>
      <h3>{title}</h3>
      {children}
    </section>
  )
}

/** Each file with how it stands now; its diff unfolds. */
function Changes({ view }: { view: RunView }) {
  const held = view.changes.filter((change) => isHeld(change) || isPlain(change))
  if (held.length === 0) return null
  const stands = new Map(view.stands.map(({ path, state }) => [path, state]))
  return (
    <Part title={i18next.t('history:changes')}>
      {held.map((change) => {
        const state = stands.get(change.path)
        return (
          <Fold
            key={change.path}
            summary={
              <span className={css.file}>
                <span className="mono">{change.path}</span>
                {state !== undefined && (
                  <span className={css.stand} data-state={state}>
                    {i18next.t(`history:stand.${state}`)}
                  </span>
                )}
              </span>
            }
          >
            {isPlain(change) ? (
              <p>{plainWords(change, 'did')}</p>
            ) : change.diff === '' ? (
              <p className="faint">{i18next.t('history:three.hidden')}</p>
            ) : (
              <DiffView diff={change.diff} name={change.path} />
            )}
          </Fold>
        )
      })}
    </Part>
  )
}

/** The button, what stands in its way, and the questions that come up. */
function UndoPart({ view }: { view: RunView }) {
  const { undo, startUndo, show } = useHistory()
  const [asking, setAsking] = useState(false)
  const { later } = view
  if (undo.step === 'running')
    return (
      <div className={css.part}>
        <p role="status">{i18next.t('history:undoing')}</p>
        <Waits timeline={undo.timeline} />
        {undo.timeline.questions.map((question) => (
          <QuestionPanel
            key={question.id}
            question={question}
            answer={(choice) => void answerErrand(undo, question.id, choice)}
          />
        ))}
        {undo.timeline.questions.length > 0 && (
          <Button variant="subtle" onClick={() => void cancelErrand(undo)}>
            {i18next.t('done:undo.cancel')}
          </Button>
        )}
      </div>
    )
  if (!view.undoable) return null
  return (
    <div className={css.part}>
      {undo.step === 'failed' && <Failure error={undo.error} />}
      {later !== null && (
        <p className={css.blocked}>
          {i18next.t('history:blocked', { when: whenText(later.startedAt) })}{' '}
          <Button variant="subtle" size="compact-sm" onClick={() => void show(later.id)}>
            {i18next.t('history:toLater')}
          </Button>
        </p>
      )}
      {asking ? (
        <Confirm
          yes={i18next.t('history:yes')}
          onYes={() => {
            setAsking(false)
            void startUndo()
          }}
          onNo={() => setAsking(false)}
        >
          {i18next.t('history:sure')}
        </Confirm>
      ) : (
        <div>
          <Button variant="default" disabled={later !== null} onClick={() => setAsking(true)}>
            {i18next.t('history:undo')}
          </Button>
        </div>
      )}
    </div>
  )
}

/** What was given back, and what was not. */
function Back({ result }: { result: UndoResult }) {
  return (
    <div className={css.part}>
      <p className={css.done} role="status">
        <span aria-hidden="true">✓ </span>
        {i18next.t('history:undone')}
      </p>
      <Paths words={i18next.t('history:keptNow')} paths={result.kept} />
      <Paths words={i18next.t('history:handedNow')} paths={result.handed} />
      <Paths words={i18next.t('history:goneNow')} paths={result.gone} />
    </div>
  )
}

function Paths({ words, paths }: { words: string; paths: readonly string[] }) {
  if (paths.length === 0) return null
  return (
    <>
      <p>{words}</p>
      <ul className="mono">
        {paths.map((path) => (
          <li key={path}>{path}</li>
        ))}
      </ul>
    </>
  )
}
