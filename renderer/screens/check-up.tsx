import i18next from 'i18next'
import { useEffect } from 'react'
import type { Machine } from '../../electron/contract/machine.ts'
import { Facts } from '../components/facts.tsx'
import { Problem } from '../components/problem.tsx'
import { useCheckUp } from '../store/check-up.ts'
import { usePlainBar } from '../frame/plain-bar.ts'
import type { PageView } from '../page.ts'

/** The first page: one verdict about this machine, the facts folded under it. */
export const checkUpPage: PageView = {
  id: 'check-up',
  Body,
  useBar: () => usePlainBar('', { first: true }),
  useChosen: () => null,
}

function Body() {
  const { checkUp, look } = useCheckUp()
  useEffect(() => void look(), [look])
  return (
    <div aria-live="polite">
      {checkUp.step === 'looking' && (
        <section className="verdict" data-state="busy">
          <h2>{i18next.t('check-up:looking')}</h2>
        </section>
      )}
      {checkUp.step === 'seen' && <Verdict machine={checkUp.machine} look={() => void look()} />}
      {checkUp.step === 'failed' && <Problem error={checkUp.error} retry={() => void look()} />}
    </div>
  )
}

function Verdict({ machine, look }: { machine: Machine; look: () => void }) {
  const { state } = machine.docker
  const ready = state === 'running'
  return (
    <section className="verdict" data-state={ready ? 'ok' : 'warning'}>
      <h2>
        <span aria-hidden="true">{ready ? '✓ ' : '! '}</span>
        {i18next.t(ready ? 'check-up:ready' : 'check-up:needs', { count: 1 })}
      </h2>
      <p>{i18next.t(`check-up:check.docker.${state}`, { version: machine.docker.version ?? '' })}</p>
      {!ready && (
        <button type="button" onClick={look}>
          {i18next.t('again')}
        </button>
      )}
      <details>
        <summary>{i18next.t('details')}</summary>
        <Facts machine={machine} />
      </details>
    </section>
  )
}
