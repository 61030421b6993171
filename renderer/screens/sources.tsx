import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useEffect } from 'react'
import { RACE_LIMITS } from '../../electron/contract/mirror.ts'
import { bytesText } from '../bytes.ts'
import { Problem } from '../components/problem.tsx'
import { usePlainBar } from '../frame/plain-bar.ts'
import { useSoFar } from '../frame/so-far.ts'
import type { PageView } from '../page.ts'
import { say } from '../store/announcer.ts'
import { useCheckUp } from '../store/check-up.ts'
import { useRace } from '../store/race.ts'
import { privateReason, useSourcesEdit } from '../store/sources-edit.ts'
import { sourceOf, valueOf } from '../store/sources-value.ts'
import { TARGETS, type Target, useSources } from '../store/sources.ts'
import { useWizard } from '../store/wizard.ts'
import { Authorities } from './sources-authorities.tsx'
import { PrivateAddress } from './sources-credential.tsx'
import { chosenName } from './sources-names.ts'
import { Overrides } from './sources-overrides.tsx'
import { OwnMirrors } from './sources-own.tsx'
import { TargetRow } from './sources-target.tsx'

/** The third page: where downloads come from. */
export const sourcesPage: PageView = {
  id: 'sources',
  Body,
  useBar() {
    const edit = useSourcesEdit()
    const mirrors = useSources((sources) => sources.mirrors)
    const soFar = useSoFar('sources')
    const wrong =
      TARGETS.some((target) => 'reason' in valueOf(target, edit[target], mirrors, edit.scopes)) ||
      privateReason(edit.private) !== null
    return usePlainBar(wrong ? i18next.t('sources:wrong') : soFar, { blocked: wrong })
  },
  useChosen() {
    const sources = useWizard((wizard) => wizard.profile.sources)
    const mirrors = useSources((store) => store.mirrors)
    const set = TARGETS.filter((target) => sources?.[target] !== undefined)
    if (set.length === 0) return null
    const always: readonly Target[] = ['go', 'docker']
    const named = TARGETS.filter((target) => always.includes(target) || set.includes(target))
    return [...new Set(named.map((target) => chosenName(target, sourceOf(sources, target), mirrors)))].join(' · ')
  },
}

/** apt stands there only where the machine has it, or where somebody chose something for it. */
function useTargets(): { shown: readonly Target[]; measured: readonly Target[] } {
  const tools = useCheckUp(({ checkUp }) => (checkUp.step === 'seen' ? checkUp.machine.tools : null)) ?? []
  const sources = useWizard((wizard) => wizard.profile.sources)
  const has = (target: Target): boolean =>
    target === 'go' || target === 'docker' || sources?.[target] !== undefined || tools.some((tool) => tool === target)
  return { shown: TARGETS.filter((target) => target !== 'apt' || has(target)), measured: TARGETS.filter(has) }
}

function Body() {
  const { reading, load } = useSources()
  const start = useSourcesEdit((edit) => edit.start)
  const { shown } = useTargets()
  useEffect(() => {
    void load().then(() => start(useWizard.getState().profile))
    void useRace.getState().load()
  }, [load, start])
  if (typeof reading === 'object') return <Problem error={reading} retry={() => void load()} />
  return (
    <>
      <Measure />
      {shown.map((target) => (
        <TargetRow key={target} target={target} />
      ))}
      <div className="sources-more">
        <OwnMirrors />
        <PrivateAddress />
        <Authorities />
        <Overrides />
      </div>
    </>
  )
}

/** Measures everything that this machine has, and says beforehand what it may take. */
function Measure() {
  const { measured } = useTargets()
  const queue = useRace(({ queue: waiting }) => waiting)
  const { start, cancel } = useRace.getState()
  const running = queue.length > 0
  const measure = () => {
    if (running) {
      void cancel()
      say(i18next.t('sources:stopped'))
      return
    }
    say(i18next.t('sources:measuring'))
    void start(measured).then(() => {
      if (useRace.getState().queue.length === 0) say(i18next.t('sources:measured'))
    })
  }
  return (
    <div className="measure">
      <p className="faint">
        {i18next.t('sources:measureWhy', {
          targets: measured.map((target) => i18next.t(`sources:target.${target}`)).join(i18next.t('sources:comma')),
          seconds: RACE_LIMITS.ms / 1000,
          size: bytesText(RACE_LIMITS.bytes),
        })}
      </p>
      <Button variant="default" aria-busy={running} onClick={measure}>
        <span key={running ? 'busy' : 'free'}>{i18next.t(running ? 'sources:stop' : 'sources:measure')}</span>
      </Button>
    </div>
  )
}
