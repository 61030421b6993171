import i18next from 'i18next'
import { useEffect } from 'react'
import type { Machine } from '../../electron/contract/machine.ts'
import { Facts } from '../components/facts.tsx'
import { LanguageSwitch } from '../components/language-switch.tsx'
import { Problem } from '../components/problem.tsx'
import { useCheckUp } from '../store/check-up.ts'
import { useLanguage } from '../store/language.ts'

/** The first page: one verdict about this machine, the facts folded under it. */
export function CheckUp() {
  // Re-renders the texts when the language changes.
  useLanguage()
  const { checkUp, look } = useCheckUp()
  useEffect(() => void look(), [look])
  return (
    <main>
      <header>
        <div>
          <h1>GoReady</h1>
          <p className="sentence">{i18next.t('sentence')}</p>
        </div>
        <LanguageSwitch />
      </header>
      <div aria-live="polite">
        {checkUp.step === 'looking' && (
          <section className="verdict" data-state="busy">
            <h2>{i18next.t('looking')}</h2>
          </section>
        )}
        {checkUp.step === 'seen' && <Verdict machine={checkUp.machine} look={() => void look()} />}
        {checkUp.step === 'failed' && <Problem error={checkUp.error} retry={() => void look()} />}
      </div>
    </main>
  )
}

function Verdict({ machine, look }: { machine: Machine; look: () => void }) {
  const { state } = machine.docker
  const ready = state === 'running'
  return (
    <section className="verdict" data-state={ready ? 'ok' : 'warning'}>
      <h2>
        <span aria-hidden="true">{ready ? '✓ ' : '! '}</span>
        {i18next.t(ready ? 'ready' : 'notReady')}
      </h2>
      <p>{i18next.t(`docker.${state}`, { version: machine.docker.version ?? '' })}</p>
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
