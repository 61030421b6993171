import i18next from 'i18next'
import type { PlanView } from '../../electron/contract/plan.ts'
import { sumPlan } from '../store/review-plan.ts'
import { useWhy } from '../store/why.ts'
import { PlanDialog } from './plan-dialog.tsx'

/** What taking a layer away would change, before it is; then what became of it. */
export function WhyRemoval() {
  const { removal, apply, undo, back } = useWhy()
  const shown = removal.step === 'shown' ? removal : null
  // The helper with an administrator's rights takes choices of a profile, and no line of somebody's file.
  const closed = (plan: PlanView) =>
    sumPlan(plan).admin.length > 0 && <p>{i18next.t('why:admin', { name: nameOf(plan), id: shown?.id ?? '' })}</p>
  const outcome =
    removal.step !== 'done' ? '' : removal.undo.step === 'done' ? 'undone' : removal.run === null ? 'same' : 'done'
  return (
    <PlanDialog
      mend={removal}
      title={i18next.t('why:plan')}
      yes={() => i18next.t('why:do')}
      above={shown?.plan.choices.map(({ key, values }) => <p key={key}>{i18next.t(key, values ?? {})}</p>)}
      closed={(plan) => closed(plan) || null}
      done={
        <p role="status">
          <span aria-hidden="true">✓ </span>
          {i18next.t(`why:${outcome}`)}
        </p>
      }
      apply={apply}
      undo={undo}
      back={back}
    />
  )
}

const nameOf = ({ choices }: PlanView): string => String(choices[0]?.values?.['name'] ?? '')
