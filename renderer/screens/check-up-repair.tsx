import i18next from 'i18next'
import { useEffect } from 'react'
import type { PlanView } from '../../electron/contract/plan.ts'
import { whatOf } from '../components/doctor-finding.tsx'
import { Commands } from '../components/commands.tsx'
import { PlanDialog } from '../components/plan-dialog.tsx'
import { Sentence } from '../components/sentence.tsx'
import { say } from '../store/announcer.ts'
import type { Outcome as Told } from '../store/doctor-view.ts'
import { useRepair } from '../store/repair.ts'
import { sumPlan } from '../store/review-plan.ts'

/** Repairs as a diff, before they are done; then what is better. */
export function RepairDialog({ onClosed }: { onClosed(): void }) {
  const { mend, asked, later, apply, undo, back } = useRepair()
  const [only] = asked
  const title =
    asked.length === 1 && only !== undefined
      ? i18next.t(only.note.key, only.note.values ?? {})
      : i18next.t('doctor:page.repairTitle', { count: asked.length })
  return (
    <PlanDialog
      mend={mend}
      title={title}
      yes={yesOf}
      above={
        <>
          {mend.step === 'shown' && <Choices plan={mend.plan} title={title} />}
          {later.map(({ id, note }) => (
            <p key={id} className="faint">
              {i18next.t('doctor:page.later', { note: i18next.t(note.key, note.values ?? {}) })}
            </p>
          ))}
        </>
      }
      closed={(plan) => (plan.rights === 'missing' ? <NoRights ids={asked.map(({ id }) => id)} /> : null)}
      sure={({ changes }) => (changes.some(isFinal) ? i18next.t('doctor:page.final') : null)}
      done={<Outcome />}
      apply={apply}
      undo={undo}
      back={back}
      onClosed={onClosed}
    />
  )
}

const isFinal = (change: PlanView['changes'][number]): boolean => change.kind === 'tree' && change.final

/** What the button says that does it: to delete is no repair. */
function yesOf(plan: PlanView): string {
  const { files } = sumPlan(plan)
  if (files === 0) return i18next.t('doctor:page.repair')
  return plan.changes.every(isFinal)
    ? i18next.t('doctor:page.delete')
    : i18next.t('doctor:page.repairFiles', { count: files })
}

/** What the plan does in words, where its title does not say it already, and whether a password is asked for. */
function Choices({ plan, title }: { plan: PlanView; title: string }) {
  const words = plan.choices.map(({ key, values }) => i18next.t(key, values ?? {})).filter((text) => text !== title)
  return (
    <>
      {words.length > 0 && (
        <ul>
          {words.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      {plan.rights === 'password' && <p>{i18next.t('doctor:page.password')}</p>}
    </>
  )
}

function NoRights({ ids }: { ids: readonly string[] }) {
  return (
    <div>
      <p>{i18next.t('doctor:page.noRights')}</p>
      {/* sudo may put root's home in the place of this one, where nothing of it is found. */}
      <Commands
        lines={[`sudo goready repair ${ids.join(' ')} --home "$HOME"`]}
        name={i18next.t('review:admin.command')}
      />
    </div>
  )
}

/** What is better, and how much is left; once the checks have run again. */
function Outcome() {
  const { mend, outcome } = useRepair()
  const { run, undo } = mend.step === 'done' ? mend : { run: null, undo: null }
  const undone = undo?.step === 'done'
  const mended = run === null || undone ? [] : (outcome?.mended ?? [])
  const sentence = sentenceOf(run, undone, outcome)
  useEffect(() => say(sentence), [sentence])
  return (
    <div aria-busy={run !== null && outcome === null}>
      {mended.length > 0 && (
        <>
          <p>{i18next.t('doctor:page.mended')}</p>
          <ul>
            {mended.map((found) => (
              <li key={found.id}>
                <span aria-hidden="true">✓ </span>
                <Sentence text={whatOf(found)} />
              </li>
            ))}
          </ul>
        </>
      )}
      <p>{sentence}</p>
    </div>
  )
}

function sentenceOf(run: string | null, undone: boolean, outcome: Told | null): string {
  if (undone) return i18next.t('doctor:page.undone')
  if (run === null) return i18next.t('why:same')
  if (outcome === null) return i18next.t('doctor:page.rechecking')
  const { mended, left } = outcome
  const rest = left === 0 ? i18next.t('doctor:page.leftNone') : i18next.t('doctor:page.left', { count: left })
  return mended.length > 0 ? rest : `${i18next.t('doctor:page.done')} ${rest}`
}
