import i18next from 'i18next'
import type { RaceEntry, RaceResult } from '../../electron/contract/mirror.ts'
import { SourceState } from '../components/source-state.tsx'
import { useRace } from '../store/race.ts'
import { sizeText } from '../store/run-format.ts'
import { bestRate, type SourceRow } from '../store/source-rows.ts'
import type { Target } from '../store/sources.ts'

/** How one source stands: how far its measuring is, else what the last race said. */
export function RowState({ row: { entry, live }, result }: { row: SourceRow; result: RaceResult | undefined }) {
  if (live !== null) {
    if (live.state === 'out')
      return (
        <SourceState look="failed" share={0} title={i18next.t(`mirror:out.${live.reason ?? 'timeout'}`)}>
          {i18next.t('sources:state.out')}
        </SourceState>
      )
    const look = live.state === 'waiting' ? 'waiting' : 'running'
    return (
      <SourceState look={look} share={live.bar}>
        {i18next.t(`mirror:race.state.${live.state}`)}
      </SourceState>
    )
  }
  return <EntryState entry={entry} result={result} />
}

function EntryState({ entry, result }: { entry: RaceEntry | null; result: RaceResult | undefined }) {
  if (entry === null)
    return (
      <SourceState look="none" share={0}>
        {i18next.t('sources:state.none')}
      </SourceState>
    )
  if (entry.state === 'out')
    return (
      <SourceState look="failed" share={0} title={entry.cause}>
        {i18next.t('sources:state.out')}
      </SourceState>
    )
  const { rate } = entry.numbers
  return (
    <SourceState look="ok" share={rate === null ? 0 : rate / bestRate(result)}>
      {rate === null ? i18next.t('sources:state.usable') : i18next.t('mirror:race.line', { rate: sizeText(rate) })}
    </SourceState>
  )
}

/** How a whole target stands: waiting for its turn, how far, or what was found of what is chosen. */
export function TargetState({ target, entry }: { target: Target; entry: RaceEntry | null }) {
  const { queue, progress, results, failed } = useRace()
  if (queue.includes(target)) {
    const running = queue[0] === target
    return (
      <SourceState look={running ? 'running' : 'waiting'} share={progress[target]?.fraction ?? 0}>
        {i18next.t(running ? 'sources:state.running' : 'sources:state.queued')}
      </SourceState>
    )
  }
  if (failed[target] !== undefined)
    return (
      <SourceState look="failed" share={0}>
        {i18next.t('sources:state.failed')}
      </SourceState>
    )
  return <EntryState entry={entry} result={results[target]} />
}
