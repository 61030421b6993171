import { Button } from '@mantine/core'
import i18next from 'i18next'
import { type ReactNode, useState } from 'react'
import type { FoundView, RepairView } from '../../electron/contract/doctor.ts'
import { sentencesOf } from '../store/doctor-view.ts'
import { muteFound, recheckFound } from '../store/finding.ts'
import { useRepair } from '../store/repair.ts'
import { Chain } from './doctor-chain.tsx'
import css from './doctor.module.css'
import { Ladder } from './doctor-ladder.tsx'
import { Fold } from './fold.tsx'
import { Sentence } from './sentence.tsx'

const SIGNS = { error: '✕', warning: '!', info: 'i' } as const

/** What a finding says in one sentence. */
export const whatOf = (found: FoundView): string => i18next.t(`${sentencesOf(found)}.what`, found.values)

/** `help`: how Docker comes onto this machine, for a repair that is that. */
type Props = { found: FoundView; help: ReactNode }

/** A finding: what, why it matters, what to do, its repairs; the details folded. */
export function Finding({ found, help }: Props) {
  const { severity, code, repairs, evidence, ladder, chain, values } = found
  const [helping, setHelping] = useState(false)
  const say = (part: string) => i18next.t(`${sentencesOf(found)}.${part}`, values)
  const what = say('what')
  return (
    <li className={css.finding} data-sign={severity} data-code={code}>
      <span className="finding-sign" aria-hidden="true">
        {SIGNS[severity]}
      </span>
      <div className={css.words}>
        <h3>
          <span className={css.word}>{i18next.t(`doctor:severity.${severity}`)}</span> <Sentence text={what} />
        </h3>
        <p className="faint">
          <Sentence text={say('why')} />
        </p>
        <p>
          <Sentence text={say('todo')} copy />
        </p>
        <div className={css.actions}>
          {repairs.map((repair, index) =>
            repair.dockerHelp ? (
              <Button
                key={repair.id}
                className={css.repair ?? ''}
                variant={index === 0 ? 'light' : 'default'}
                size="compact-md"
                aria-expanded={helping}
                onClick={() => setHelping(!helping)}
              >
                {i18next.t(repair.note.key, repair.note.values ?? {})}
              </Button>
            ) : (
              <RepairButton key={repair.id} repair={repair} first={index === 0} />
            ),
          )}
          <FindingTools found={found} what={what} />
        </div>
        {helping && help}
        <Fold summary={i18next.t('wizard:details')}>
          <div className={css.details}>
            {ladder !== undefined && <Ladder rungs={ladder} />}
            {chain !== undefined && chain.length > 0 && <Chain chain={chain} />}
            {evidence.length > 0 && <pre className={css.evidence}>{evidence.join('\n')}</pre>}
            <p className="mono faint">{code}</p>
          </div>
        </Fold>
      </div>
    </li>
  )
}

/** Makes the plan of one repair, which the dialog shows. */
export function RepairButton({ repair, first = false }: { repair: RepairView; first?: boolean }) {
  const { mend, plan } = useRepair()
  const planning = mend.step === 'planning' && mend.id === repair.id
  return (
    <Button
      className={css.repair ?? ''}
      variant={first ? 'light' : 'default'}
      size="compact-md"
      loading={planning}
      disabled={mend.step === 'planning' && !planning}
      onClick={() => void plan([repair])}
    >
      {i18next.t(repair.note.key, repair.note.values ?? {})}
    </Button>
  )
}

/** Looks once more, or hears of it no more. Named after the finding: several stand on a page. */
function FindingTools({ found, what }: { found: FoundView; what: string }) {
  const [busy, setBusy] = useState<'recheck' | 'mute' | null>(null)
  const act = (name: 'recheck' | 'mute', work: Promise<void>) => {
    setBusy(name)
    work.then(
      () => setBusy(null),
      () => setBusy(null),
    )
  }
  return (
    <span className={css.tools}>
      <Button
        variant="subtle"
        size="compact-sm"
        loading={busy === 'recheck'}
        aria-label={`${i18next.t('doctor:page.recheck')}: ${what}`}
        onClick={() => act('recheck', recheckFound(found))}
      >
        {i18next.t('doctor:page.recheck')}
      </Button>
      <Button
        variant="subtle"
        size="compact-sm"
        disabled={busy === 'mute'}
        aria-label={`${i18next.t('doctor:page.mute')}: ${what}`}
        onClick={() => act('mute', muteFound(found, true))}
      >
        {i18next.t('doctor:page.mute')}
      </Button>
    </span>
  )
}
