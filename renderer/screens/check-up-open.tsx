import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useState } from 'react'
import type { Note } from '../../electron/contract/note.ts'
import { request } from '../api.ts'
import { FindingList, type Row } from '../components/finding-list.tsx'
import { useCheckUp } from '../store/check-up.ts'
import type { Check } from '../store/checks.ts'
import { errorOf } from '../store/run-error.ts'
import { useWizard } from '../store/wizard.ts'
import { DockerHelpPanel } from './check-up-docker.tsx'

const sentence = ({ key, values }: Note) => i18next.t(key, values ?? {})

/** What a quick look found, as a row. */
export const rowOf = ({ id, state, note }: Check): Row => ({ id, sign: state, text: sentence(note) })

/** What a quick look found and is in the open, with what helps. */
export function OpenFindings({ checks }: { checks: readonly Check[] }) {
  const [helping, setHelping] = useState(false)
  const rows = checks.map((check): Row => {
    switch (check.remedy?.kind) {
      case undefined:
        return rowOf(check)
      case 'docker-help':
        return {
          ...rowOf(check),
          button: (
            <Button size="compact-md" aria-expanded={helping} onClick={() => setHelping(!helping)}>
              {i18next.t(helping ? 'check-up:hide' : 'check-up:show')}
            </Button>
          ),
          ...(helping ? { below: <DockerHelpPanel /> } : {}),
        }
      case 'undo':
        return { ...rowOf(check), button: <UndoButton runId={check.remedy.runId} /> }
      case 'sources':
        return {
          ...rowOf(check),
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
