import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useEffect, useId, useRef, useState } from 'react'
import { LockedNote, useLock } from '../components/locked.tsx'
import { SourceState } from '../components/source-state.tsx'
import { type Target, useSources } from '../store/sources.ts'
import { useWizard } from '../store/wizard.ts'
import { Choices } from './sources-choices.tsx'
import { aboutChosen, chosenName, chosenProbe } from './sources-names.ts'
import { PrivateModules } from './sources-private.tsx'

/** One target: what is chosen, whether it answers, and unfolded everything to choose from. */
export function TargetRow({ target }: { target: Target }) {
  const [open, setOpen] = useState(false)
  const body = useId()
  const value = useWizard((wizard) => wizard.profile.sources?.[target]) ?? 'keep'
  const { mirrors, probes, pending } = useSources()
  const { locked } = useLock(`sources.${target}`)
  const inside = useSettling(target, open)
  const probe = chosenProbe(target, value, mirrors, probes, pending[target])
  const helpless = value === 'auto' && probe?.state === 'failed'
  return (
    <section className="target" data-locked={locked} {...inside}>
      <div className="target-line">
        <h2>{i18next.t(`sources:target.${target}`)}</h2>
        <span className="target-chosen">
          <strong>{chosenName(target, value, mirrors)}</strong>
          <span className="faint">
            {helpless ? i18next.t('sources:noneAnswer') : aboutChosen(target, value, mirrors)}
          </span>
        </span>
        <SourceState probe={probe} />
        <Button
          variant="default"
          size="compact-md"
          aria-expanded={open}
          aria-controls={body}
          aria-label={i18next.t(open ? 'sources:foldFor' : 'sources:changeFor', {
            target: i18next.t(`sources:target.${target}`),
          })}
          onClick={() => setOpen(!open)}
        >
          {i18next.t(open ? 'sources:fold' : 'sources:change')}
        </Button>
      </div>
      <LockedNote field={`sources.${target}`} />
      <div id={body} hidden={!open}>
        {open && <Choices target={target} />}
        {open && target === 'go' && <PrivateModules />}
      </div>
    </section>
  )
}

/**
 * A list that was measured keeps its order while the pointer or the focus is in it, and takes the new one
 * when both have left. Answers the listeners that tell.
 */
function useSettling(target: Target, open: boolean) {
  const [inside, setInside] = useState({ pointer: false, focus: false })
  const waiting = useSources(({ pending }) => pending[target])
  const settle = useSources((sources) => sources.settle)
  const measured = useRef(false)
  const free = !open || !(inside.pointer || inside.focus)
  useEffect(() => {
    if (waiting > 0) measured.current = true
    if (waiting > 0 || !free) return
    if (measured.current || !open) settle(target)
    measured.current = false
  }, [waiting, free, open, settle, target])
  return {
    onPointerEnter: () => setInside((now) => ({ ...now, pointer: true })),
    onPointerLeave: () => setInside((now) => ({ ...now, pointer: false })),
    onFocus: () => setInside((now) => ({ ...now, focus: true })),
    onBlur: () => setInside((now) => ({ ...now, focus: false })),
  }
}
