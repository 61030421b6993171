import { Button } from '@mantine/core'
import i18next from 'i18next'
import { CATEGORIES, type CheckView, type FoundView } from '../../electron/contract/doctor.ts'
import { Finding, RepairButton, whatOf } from '../components/doctor-finding.tsx'
import css from '../components/doctor.module.css'
import { Fold } from '../components/fold.tsx'
import { Sentence } from '../components/sentence.tsx'
import { useDoctor } from '../store/doctor.ts'
import type { Parts } from '../store/doctor-view.ts'
import { muteFound } from '../store/finding.ts'
import { DockerHelpPanel } from './check-up-docker.tsx'

/** What a check-up found and does not stand in the open. */
export function DoctorFolds({ parts: { open, rest, offers, fine, absent, unsure, muted } }: { parts: Parts }) {
  return (
    <>
      {rest.length > 0 && (
        <Fold summary={i18next.t('doctor:page.rest', { count: rest.length })}>
          <ul className={css.list}>
            {rest.map((found) => (
              <Finding key={found.id} found={found} help={<DockerHelpPanel />} />
            ))}
          </ul>
        </Fold>
      )}
      {unsure.length > 0 && <Unsure checks={unsure} />}
      {offers.length > 0 && (
        <Fold summary={i18next.t('doctor:page.offers', { count: offers.length })}>
          <p className="faint">{i18next.t('doctor:page.offersWhy')}</p>
          <div className={css.offers}>
            {offers.map((offer) => (
              <RepairButton key={offer.id} repair={offer} />
            ))}
          </div>
        </Fold>
      )}
      <Fold
        summary={i18next.t(open.length + rest.length > 0 ? 'doctor:page.fineRest' : 'doctor:page.fine', {
          count: fine.length,
        })}
      >
        <Fine fine={fine} absent={absent} />
      </Fold>
      {muted.length > 0 && (
        <Fold summary={i18next.t('doctor:page.muted', { count: muted.length })}>
          <ul className={css.quiet}>
            {muted.map((found) => (
              <Muted key={found.id} found={found} />
            ))}
          </ul>
        </Fold>
      )}
    </>
  )
}

/** What is well, a category a line, with what was seen on the way. */
function Fine({ fine, absent }: { fine: readonly CheckView[]; absent: readonly CheckView[] }) {
  const categories = CATEGORIES.flatMap((category) => {
    const checks = fine.filter((one) => one.category === category)
    return checks.length === 0 ? [] : [{ category, checks }]
  })
  return (
    <ul className={css.quiet}>
      {categories.map(({ category, checks }) => (
        <li key={category}>
          <span aria-hidden="true">✓ </span>
          <strong>{i18next.t(`doctor:category.${category}`)}</strong>{' '}
          {i18next.t('doctor:page.fine', { count: checks.length })}
          <ul className="faint">
            {checks.flatMap(({ id, facts }) =>
              facts.map(({ key, values }, index) => (
                <li key={`${id} ${index}`}>
                  <Sentence text={i18next.t(key, values ?? {})} />
                </li>
              )),
            )}
          </ul>
        </li>
      ))}
      {absent.length > 0 && <li className="faint">{i18next.t('doctor:page.absent', { count: absent.length })}</li>}
    </ul>
  )
}

/** Checks that came to no conclusion: too slow, or broken themselves. */
function Unsure({ checks }: { checks: readonly CheckView[] }) {
  const { rechecking, recheck } = useDoctor()
  const ids = checks.map(({ id }) => id)
  return (
    <Fold summary={i18next.t('doctor:page.unsure', { count: checks.length })}>
      <ul className={css.quiet}>
        {checks.map(({ id, state, facts }) => (
          <li key={id}>
            <span className="mono">{id}</span> <span className="faint">{i18next.t(`doctor:state.${state}`)}</span>
            {facts.map(({ key, values }) => (
              <p key={key} className="faint">
                {i18next.t(key, values ?? {})}
              </p>
            ))}
          </li>
        ))}
      </ul>
      <Button
        variant="default"
        size="compact-md"
        loading={ids.some((id) => rechecking.includes(id))}
        onClick={() => void recheck(ids)}
      >
        {i18next.t('doctor:page.recheckAll')}
      </Button>
    </Fold>
  )
}

function Muted({ found }: { found: FoundView }) {
  const what = whatOf(found)
  return (
    <li className={css.mutedLine}>
      <span className={css.mutedWhat}>
        <Sentence text={what} />
      </span>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={`${i18next.t('doctor:page.unmute')}: ${what}`}
        onClick={() => void muteFound(found, false).catch(() => {})}
      >
        {i18next.t('doctor:page.unmute')}
      </Button>
    </li>
  )
}
