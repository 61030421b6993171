import { Button, Modal } from '@mantine/core'
import i18next from 'i18next'
import { type ReactNode, useState } from 'react'
import type { PlanView } from '../../electron/contract/plan.ts'
import type { Mend, Mending } from '../store/mend.ts'
import { ChangeList } from './change-list.tsx'
import { Confirm } from './confirm.tsx'
import css from './plan-dialog.module.css'
import { Failure } from './run-failure.tsx'
import { Timeline } from './timeline.tsx'
import { Waits } from './waits.tsx'

type Props = Pick<Mending, 'apply' | 'undo' | 'back'> & {
  mend: Mend
  title: string
  /** The words of the button that carries the plan out. */
  yes(plan: PlanView): string
  /** What stands above the changes. */
  above?: ReactNode
  /** Why nobody here can carry it out, with the way that is left; null: it can be. */
  closed(plan: PlanView): ReactNode | null
  /** What cannot be given back, as a question; null: all of it can be. */
  sure?(plan: PlanView): string | null
  /** What became of it. */
  done: ReactNode
  onClosed?(): void
}

/** What a plan would change, before it does; then what became of it, with the way back. */
export function PlanDialog({ mend, title, onClosed, ...parts }: Props) {
  const busy = mend.step === 'writing' || (mend.step === 'done' && mend.undo.step === 'running')
  return (
    <Modal
      opened={mend.step !== 'none' && mend.step !== 'planning'}
      onClose={() => {
        if (!busy) parts.back()
      }}
      title={title}
      closeButtonProps={{ 'aria-label': i18next.t('doctor:page.close') }}
      lockScroll={false}
      size="xl"
      {...(onClosed === undefined ? {} : { onExitTransitionEnd: onClosed })}
    >
      <div className={css.dialog}>
        {mend.step === 'shown' && <Shown plan={mend.plan} {...parts} />}
        {mend.step === 'writing' && <Writing mend={mend} />}
        {mend.step === 'failed' && <Failure error={mend.error} />}
        {mend.step === 'done' && <Done mend={mend} {...parts} />}
      </div>
    </Modal>
  )
}

type ShownProps = Pick<Props, 'yes' | 'above' | 'closed' | 'sure' | 'apply' | 'back'> & { plan: PlanView }

function Shown({ plan, yes, above, closed, sure, apply, back }: ShownProps) {
  const [asking, setAsking] = useState(false)
  const why = closed(plan)
  const question = sure?.(plan) ?? null
  return (
    <>
      {above}
      <ChangeList changes={plan.changes} />
      {why}
      {asking && question !== null ? (
        <Confirm yes={yes(plan)} onYes={() => void apply()} onNo={() => setAsking(false)}>
          {question}
        </Confirm>
      ) : (
        <div className="target-buttons">
          <Button disabled={why !== null} onClick={() => (question === null ? void apply() : setAsking(true))}>
            {yes(plan)}
          </Button>
          <Button variant="default" onClick={back}>
            {i18next.t('why:back')}
          </Button>
        </div>
      )}
    </>
  )
}

function Writing({ mend: { timeline } }: { mend: Extract<Mend, { step: 'writing' }> }) {
  return (
    <div className={css.writing} aria-busy="true">
      <p role="status">{i18next.t('doctor:page.writing')}</p>
      {timeline !== null && <Waits timeline={timeline} />}
      {timeline !== null && <Timeline steps={timeline.steps} />}
    </div>
  )
}

type DoneProps = Pick<Props, 'undo' | 'back' | 'done'> & { mend: Extract<Mend, { step: 'done' }> }

function Done({ mend: { run, undo: errand }, undo, back, done }: DoneProps) {
  const undoing = errand.step === 'running'
  return (
    <>
      {done}
      {errand.step === 'failed' && <Failure error={errand.error} />}
      <div className="target-buttons">
        <Button disabled={undoing} onClick={back} data-autofocus>
          {i18next.t('doctor:page.close')}
        </Button>
        {run !== null && errand.step !== 'done' && (
          <Button variant="default" loading={undoing} onClick={() => void undo()}>
            {i18next.t('why:undo')}
          </Button>
        )}
      </div>
    </>
  )
}
