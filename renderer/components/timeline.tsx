import i18next from 'i18next'
import { useEffect, useRef } from 'react'
import type { StepState, TimelineStep } from '../store/run-timeline.ts'
import { LayerBars } from './layer-bars.tsx'
import css from './timeline.module.css'

const SIGNS: Readonly<Record<StepState, string>> = {
  waiting: '',
  running: '●',
  done: '✓',
  skipped: '–',
  failed: '✕',
  stopped: '■',
  missed: '–',
}

type Props = {
  steps: readonly TimelineStep[]
  /** Keeps the step that runs in sight, in a window that is too low for all of them. */
  follow?: boolean
}

/** The steps of a task one under the other; the one that runs is unfolded. */
export function Timeline({ steps, follow = false }: Props) {
  const list = useRef<HTMLOListElement>(null)
  const running = steps.findLast(({ state }) => state === 'running')?.id ?? null
  useEffect(() => {
    if (follow && running !== null)
      list.current?.querySelector(`[data-step="${running}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [follow, running])
  return (
    <ol ref={list} className={css.timeline} aria-label={i18next.t('run:steps')}>
      {steps.map((step) => (
        <Step key={step.id} step={step} />
      ))}
    </ol>
  )
}

function Step({ step: { id, state, progress } }: { step: TimelineStep }) {
  return (
    <li
      className={css.step}
      data-step={id}
      data-state={state}
      {...(state === 'running' ? { 'aria-current': 'step' as const } : {})}
    >
      <span className={css.sign} aria-hidden="true">
        {SIGNS[state]}
      </span>
      <div>
        <p className={css.title}>
          <span>{i18next.t(`run:step.${id}`)}</span>
          <span className={css.word}>{i18next.t(`run:state.${state}`)}</span>
        </p>
        {state === 'running' && progress !== null && (
          <div className={css.more}>
            <LayerBars progress={progress} />
          </div>
        )}
      </div>
    </li>
  )
}
