import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useEffect, useId, useRef, useState } from 'react'
import { LockedNote, lockOf, useLock } from '../components/locked.tsx'
import { useCheckUp } from '../store/check-up.ts'
import { useRace } from '../store/race.ts'
import { useSourcesEdit } from '../store/sources-edit.ts'
import { sourceOf } from '../store/sources-value.ts'
import { type Target, useSources } from '../store/sources.ts'
import { useWizard } from '../store/wizard.ts'
import { Choices } from './sources-choices.tsx'
import { PullWay } from './sources-docker.tsx'
import { aboutChosen, chosenEntry, chosenName } from './sources-names.ts'
import { NpmMore } from './sources-npm.tsx'
import { PrivateModules } from './sources-private.tsx'
import { Measured } from './sources-measured.tsx'
import { TargetState } from './sources-state.tsx'

/** One target: what is chosen, how it stands, and unfolded everything to choose from. */
export function TargetRow({ target }: { target: Target }) {
  const [open, setOpen] = useState(false)
  const body = useId()
  const value = useWizard((wizard) => sourceOf(wizard.profile.sources, target))
  const mirrors = useSources((sources) => sources.mirrors)
  const result = useRace((race) => race.results[target])
  const now = useCheckUp(({ checkUp }) => (checkUp.step === 'seen' ? checkUp.machine.sources[target] : undefined)) ?? []
  const { locked } = useLock(lockOf(target))
  const inside = useSettling(target, open)
  const name = i18next.t(`sources:target.${target}`)
  return (
    <section className="target" data-locked={locked} {...inside}>
      <div className="target-line">
        <h2>{name}</h2>
        <span className="target-chosen">
          <span className="target-choice">
            <strong>{chosenName(target, value, mirrors)}</strong>
            <Offer target={target} value={value} locked={locked} />
          </span>
          <span className="faint">{aboutChosen(target, value, mirrors, result)}</span>
        </span>
        <TargetState target={target} entry={chosenEntry(value, result, now)} />
        <Button
          variant="default"
          size="compact-md"
          aria-expanded={open}
          aria-controls={body}
          aria-label={i18next.t(open ? 'sources:foldFor' : 'sources:changeFor', { target: name })}
          onClick={() => setOpen(!open)}
        >
          {i18next.t(open ? 'sources:fold' : 'sources:change')}
        </Button>
      </div>
      <LockedNote field={lockOf(target)} />
      <div id={body} hidden={!open}>
        {open && (
          <>
            <Choices target={target} />
            <Measured target={target} />
            {target === 'go' && <PrivateModules />}
            {target === 'docker' && <PullWay />}
            {target === 'npm' && <NpmMore />}
          </>
        )}
      </div>
    </section>
  )
}

/** A tool that is here and that nobody asked for is left alone; one click takes it in. */
function Offer({ target, value, locked }: { target: Target; value: string | readonly string[]; locked: boolean }) {
  const change = useSourcesEdit((edit) => edit.change)
  const installed = useCheckUp(
    ({ checkUp }) => checkUp.step === 'seen' && checkUp.machine.tools.some((tool) => tool === target),
  )
  if (value !== 'keep' || !installed || locked) return null
  return (
    <Button
      variant="light"
      size="compact-sm"
      aria-label={i18next.t('sources:offerFor', { target: i18next.t(`sources:target.${target}`) })}
      onClick={() => change(target, { kind: 'auto' })}
    >
      {i18next.t('sources:offer')}
    </Button>
  )
}

/**
 * A list that was measured keeps its order while the pointer or the focus is in it, and takes the new one
 * when both have left. Answers the listeners that tell.
 */
function useSettling(target: Target, open: boolean) {
  const [inside, setInside] = useState({ pointer: false, focus: false })
  const result = useRace((race) => race.results[target])
  const ready = useSources(({ reading }) => reading === 'read')
  const settle = useSources((sources) => sources.settle)
  const settled = useRef<unknown>(null)
  const free = !open || !(inside.pointer || inside.focus)
  useEffect(() => {
    if (!ready || result === undefined || !free || settled.current === result) return
    settled.current = result
    settle(result)
  }, [ready, result, free, settle])
  return {
    onPointerEnter: () => setInside((now) => ({ ...now, pointer: true })),
    onPointerLeave: () => setInside((now) => ({ ...now, pointer: false })),
    onFocus: () => setInside((now) => ({ ...now, focus: true })),
    onBlur: () => setInside((now) => ({ ...now, focus: false })),
  }
}
