import { Button, Modal } from '@mantine/core'
import i18next from 'i18next'
import type { PlanView } from '../../electron/contract/plan.ts'
import { sumPlan } from '../store/review-plan.ts'
import { useWhy } from '../store/why.ts'
import { ChangeList } from './change-list.tsx'
import { Failure } from './run-failure.tsx'
import css from './why.module.css'

/** What taking a layer away would change, before it is; then what became of it. */
export function WhyRemoval() {
  const { removal, apply, undo, back } = useWhy()
  const shown = removal.step === 'shown' || removal.step === 'writing' ? removal : null
  // The helper with an administrator's rights takes choices of a profile, and no line of somebody's file.
  const closed = shown !== null && sumPlan(shown.plan).admin.length > 0
  const busy = removal.step === 'writing' || (removal.step === 'done' && removal.undo.step === 'running')
  return (
    <Modal
      opened={removal.step !== 'none' && removal.step !== 'planning'}
      onClose={() => {
        if (!busy) back()
      }}
      title={i18next.t('why:plan')}
      closeButtonProps={{ 'aria-label': i18next.t('why:back') }}
      lockScroll={false}
      size="xl"
    >
      <div className={css.dialog}>
        {shown !== null && (
          <>
            {shown.plan.choices.map(({ key, values }) => (
              <p key={key}>{i18next.t(key, values ?? {})}</p>
            ))}
            <ChangeList changes={shown.plan.changes} />
            {closed && <p>{i18next.t('why:admin', { name: nameOf(shown.plan), id: shown.id })}</p>}
            <div className="target-buttons">
              <Button loading={busy} disabled={closed} onClick={() => void apply()}>
                {i18next.t('why:do')}
              </Button>
              <Button variant="default" disabled={busy} onClick={back}>
                {i18next.t('why:back')}
              </Button>
            </div>
          </>
        )}
        {removal.step === 'failed' && <Failure error={removal.error} />}
        {removal.step === 'done' && (
          <>
            <p role="status">
              <span aria-hidden="true">✓ </span>
              {i18next.t(removal.undo.step === 'done' ? 'why:undone' : removal.run === null ? 'why:same' : 'why:done')}
            </p>
            {removal.undo.step === 'failed' && <Failure error={removal.undo.error} />}
            {removal.run !== null && removal.undo.step !== 'done' && (
              <div className="target-buttons">
                <Button variant="default" loading={busy} onClick={() => void undo()}>
                  {i18next.t('why:undo')}
                </Button>
              </div>
            )}
          </>
        )}
      </div>
    </Modal>
  )
}

const nameOf = ({ choices }: PlanView): string => String(choices[0]?.values?.['name'] ?? '')
