import { Button, Skeleton } from '@mantine/core'
import i18next from 'i18next'
import { useEffect, useState } from 'react'
import type { Note } from '../../electron/contract/note.ts'
import { request } from '../api.ts'
import { Facts } from '../components/facts.tsx'
import { FindingList, type Row } from '../components/finding-list.tsx'
import { Fold } from '../components/fold.tsx'
import { Problem } from '../components/problem.tsx'
import { usePlainBar } from '../frame/plain-bar.ts'
import { errorOf } from '../store/run-error.ts'
import type { PageView } from '../page.ts'
import { say } from '../store/announcer.ts'
import { type CheckUp, useCheckUp } from '../store/check-up.ts'
import { type Check, checksOf, networkCheck, verdictOf } from '../store/checks.ts'
import { useSources } from '../store/sources.ts'
import { useWizard } from '../store/wizard.ts'
import { DockerHelpPanel } from './check-up-docker.tsx'

/** The first page: one verdict about this machine, what needs attention under it, the rest folded. */
export const checkUpPage: PageView = {
  id: 'check-up',
  Body,
  useBar() {
    const verdict = useVerdict()
    const key = verdict === null ? 'looking' : verdict.open.some(({ id }) => id === 'docker') ? 'docker' : 'ready'
    return usePlainBar(i18next.t(`check-up:sentence.${key}`), { first: true })
  },
  useChosen() {
    const verdict = useVerdict()
    if (verdict === null) return null
    if (verdict.state !== 'needs') return i18next.t('check-up:chosen.ready')
    return i18next.t('check-up:chosen.needs', { count: verdict.problems })
  },
}

function useVerdict() {
  const { checkUp, network } = useCheckUp()
  const mirrors = useSources((sources) => sources.mirrors)
  if (checkUp.step !== 'seen') return null
  const { machine, runs } = checkUp
  return verdictOf(checksOf(machine, runs, mirrors), networkCheck(network), runs)
}

function Body() {
  const { checkUp, lookAgain, lookAnew } = useCheckUp()
  // Whoever comes back from a run, or from its undo, is not shown what was true before it.
  useEffect(() => void lookAnew(), [lookAnew])
  switch (checkUp.step) {
    case 'looking':
      return <Looking />
    case 'failed':
      return <Problem error={checkUp.error} retry={() => void lookAgain()} />
    case 'seen':
      return <Seen checkUp={checkUp} />
  }
}

function Looking() {
  return (
    <section className="verdict" data-state="busy" aria-busy="true">
      <h2>{i18next.t('check-up:looking')}</h2>
      <Skeleton height={24} width="70%" mb={16} />
      <Skeleton height={24} width="50%" />
    </section>
  )
}

function Seen({ checkUp }: { checkUp: CheckUp & { step: 'seen' } }) {
  const { again, lookAgain } = useCheckUp()
  const verdict = useVerdict()
  const title = verdict === null ? '' : i18next.t(`check-up:${verdict.state}`, { count: verdict.problems })
  useEffect(() => say(title), [title])
  if (verdict === null) return null
  const { state, problems, open, folded, fine } = verdict
  const needs = state === 'needs'
  const more = problems - open.filter(({ state: one }) => one === 'warning' || one === 'error').length
  return (
    <>
      <section className="verdict" data-state={needs ? 'warning' : 'ok'}>
        <div className="verdict-line">
          <h2>
            <span aria-hidden="true">{needs ? '! ' : '✓ '}</span>
            {title}
          </h2>
          <Button variant="default" size="compact-md" aria-busy={again} onClick={() => void lookAgain()}>
            {i18next.t(again ? 'check-up:again' : 'wizard:again')}
          </Button>
        </div>
        <p className="faint">{i18next.t(`check-up:${state}Why`, { count: fine })}</p>
        <OpenFindings checks={open} />
      </section>
      <Fold summary={i18next.t(more > 0 ? 'check-up:restMore' : 'check-up:restOk', { count: fine, problems: more })}>
        <FindingList quiet rows={folded.map((check) => row(check))} />
      </Fold>
      <Fold summary={i18next.t('check-up:facts')}>
        <Facts machine={checkUp.machine} />
      </Fold>
    </>
  )
}

const sentence = ({ key, values }: Note) => i18next.t(key, values ?? {})
const row = ({ id, state, note }: Check): Row => ({ id, sign: state, text: sentence(note) })

function OpenFindings({ checks }: { checks: readonly Check[] }) {
  const [helping, setHelping] = useState(false)
  const rows = checks.map((check): Row => {
    switch (check.remedy?.kind) {
      case undefined:
        return row(check)
      case 'docker-help':
        return {
          ...row(check),
          button: (
            <Button size="compact-md" aria-expanded={helping} onClick={() => setHelping(!helping)}>
              {i18next.t(helping ? 'check-up:hide' : 'check-up:show')}
            </Button>
          ),
          ...(helping ? { below: <DockerHelpPanel /> } : {}),
        }
      case 'undo':
        return { ...row(check), button: <UndoButton runId={check.remedy.runId} /> }
      case 'sources':
        return {
          ...row(check),
          button: (
            <Button variant="light" size="compact-md" onClick={() => useWizard.getState().go('sources')}>
              {i18next.t('check-up:toSources')}
            </Button>
          ),
        }
    }
  })
  return <FindingList rows={rows} />
}

/** Gives back what an interrupted run left half done; the run page shows it. */
function UndoButton({ runId }: { runId: string }) {
  const [busy, setBusy] = useState(false)
  const undo = () => {
    setBusy(true)
    request('run.undo', { runId, onConflict: 'ask' }).then(
      ({ taskId }) => useWizard.getState().follow(taskId),
      (error: unknown) => {
        setBusy(false)
        useCheckUp.setState({ checkUp: { step: 'failed', error: errorOf(error) } })
      },
    )
  }
  return (
    <Button size="compact-md" disabled={busy} onClick={undo}>
      {i18next.t(busy ? 'check-up:undoing' : 'check-up:undo')}
    </Button>
  )
}
