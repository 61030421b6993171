import i18next from 'i18next'
import { PAGES, type Page } from '../../electron/contract/wizard.ts'
import { Lamp } from '../components/lamp.tsx'
import { useLamps, withOpinion } from '../store/lamps.ts'
import { useWizard } from '../store/wizard.ts'
import { useHeadingWords } from './heading-words.ts'
import { PAGE_VIEWS } from './pages.ts'

/** The seven steps, clickable backwards, and the two lamps. Below 720 pixels a line on top. */
export function Rail() {
  const page = useWizard((wizard) => wizard.page)
  const lamps = useLamps()
  const network = withOpinion(lamps.network, lamps.opinion.network)
  const docker = withOpinion(lamps.docker, lamps.opinion.docker)
  return (
    <nav className="rail" aria-label={i18next.t('wizard:rail.steps')}>
      <p className="rail-name">GoReady</p>
      <ol className="rail-steps">
        {PAGES.map((step) => (
          <Step key={step} step={step} current={page} />
        ))}
      </ol>
      <ul className="rail-lamps">
        <li>
          <Lamp
            name={i18next.t('wizard:lamp.network')}
            state={network}
            word={i18next.t(`wizard:lamp.net.${network}`)}
          />
        </li>
        <li>
          <Lamp name="Docker" state={docker} word={i18next.t(`wizard:lamp.docker.${docker}`)} />
        </li>
      </ul>
    </nav>
  )
}

function Step({ step, current }: { step: Page; current: Page }) {
  const chosen = PAGE_VIEWS[step].useChosen()
  const { step: title } = useHeadingWords(step)
  const go = useWizard((wizard) => wizard.go)
  const at = PAGES.indexOf(step)
  const now = PAGES.indexOf(current)
  const state = at < now ? 'done' : at === now ? 'current' : 'ahead'
  // A run cannot be walked back out of, and a finished one is not repeated by a click on the rail.
  const open = state === 'done' && current !== 'run' && step !== 'run' && step !== 'review'
  const label = (
    <>
      <span className="step-sign" aria-hidden="true">
        {state === 'done' ? '✓' : at + 1}
      </span>
      <span className="step-words">
        <span className="step-title">{title}</span>
        {/* Its line is there from the start: what was chosen may be known only a moment later. */}
        {state === 'done' && <span className="step-chosen">{chosen ?? '\u00a0'}</span>}
      </span>
      <span className="sr">{i18next.t(`wizard:rail.${state}`)}</span>
    </>
  )
  return (
    <li data-state={state} {...(state === 'current' ? { 'aria-current': 'step' as const } : {})}>
      {open ? (
        <button type="button" className="step" title={title} onClick={() => go(step)}>
          {label}
        </button>
      ) : (
        <span className="step">{label}</span>
      )}
    </li>
  )
}
