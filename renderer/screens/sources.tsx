import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useEffect } from 'react'
import { checkUrl } from '../../electron/contract/grammar.ts'
import { Problem } from '../components/problem.tsx'
import { usePlainBar } from '../frame/plain-bar.ts'
import { useSoFar } from '../frame/so-far.ts'
import type { PageView } from '../page.ts'
import { say } from '../store/announcer.ts'
import { useCheckUp } from '../store/check-up.ts'
import { privateReason, useSourcesEdit, valueOf } from '../store/sources-edit.ts'
import { TARGETS, type Target, useSources } from '../store/sources.ts'
import { useWizard } from '../store/wizard.ts'
import { chosenName } from './sources-names.ts'
import { TargetRow } from './sources-target.tsx'

/** The third page: where the Go modules and the image come from. */
export const sourcesPage: PageView = {
  id: 'sources',
  Body,
  useBar() {
    const edit = useSourcesEdit()
    const mirrors = useSources((sources) => sources.mirrors)
    const soFar = useSoFar('sources')
    const wrong =
      TARGETS.some((target) => 'reason' in valueOf(target, edit[target], mirrors)) ||
      privateReason(edit.private) !== null
    return usePlainBar(wrong ? i18next.t('sources:wrong') : soFar, { blocked: wrong })
  },
  useChosen() {
    const { go, docker } = useWizard((wizard) => wizard.profile.sources) ?? {}
    const mirrors = useSources((sources) => sources.mirrors)
    if (go === undefined && docker === undefined) return null
    const names = [chosenName('go', go ?? 'keep', mirrors), chosenName('docker', docker ?? 'keep', mirrors)]
    return [...new Set(names)].join(' · ')
  },
}

/** Those that come later stand there already, greyed, so that nobody looks for them elsewhere. */
const LATER = ['npm', 'apt'] as const

function Body() {
  const { reading, load } = useSources()
  const pending = useSources(({ pending: waiting }) => waiting.go + waiting.docker)
  const start = useSourcesEdit((edit) => edit.start)
  useEffect(() => {
    void load().then(() => start(useWizard.getState().profile))
  }, [load, start])
  const measure = () => {
    const { go, docker } = useSourcesEdit.getState()
    const own = (edit: typeof go) => [edit.own, ...edit.list.map(({ value }) => value)].filter((url) => !checkUrl(url))
    const { measure: ask } = useSources.getState()
    void Promise.all([ask('go', own(go)), ask('docker', own(docker))]).then(() => {
      useCheckUp.getState().judgeNetwork()
      say(i18next.t('sources:measured'))
    })
  }
  if (typeof reading === 'object') return <Problem error={reading} retry={() => void load()} />
  return (
    <>
      <div className="measure">
        <p className="faint">{i18next.t('sources:measureWhy')}</p>
        <Button variant="default" aria-busy={pending > 0} onClick={measure}>
          <span key={pending > 0 ? 'busy' : 'free'}>
            {i18next.t(pending > 0 ? 'sources:measuring' : 'sources:measure')}
          </span>
        </Button>
      </div>
      {TARGETS.map((target: Target) => (
        <TargetRow key={target} target={target} />
      ))}
      {LATER.map((target) => (
        <section key={target} className="target target-later">
          <h2>{i18next.t(`sources:target.${target}`)}</h2>
          <span>{i18next.t('sources:later')}</span>
        </section>
      ))}
    </>
  )
}
