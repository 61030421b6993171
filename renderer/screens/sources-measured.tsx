import i18next from 'i18next'
import { Button } from '@mantine/core'
import type { RaceConflict, RaceEntry, RaceResult } from '../../electron/contract/mirror.ts'
import { Fold } from '../components/fold.tsx'
import { useRace } from '../store/race.ts'
import { errorWords } from '../store/run-error.ts'
import { sizeText } from '../store/run-format.ts'
import type { Target } from '../store/sources.ts'
import { nameOf } from './sources-names.ts'
import css from './sources.module.css'

/** What the last race of a target found: its choice, what the sources disagree about, and every number. */
export function Measured({ target }: { target: Target }) {
  const { queue, results, failed, start } = useRace()
  const result = results[target]
  const error = failed[target]
  const name = i18next.t(`sources:target.${target}`)
  return (
    <section className="target-more" aria-label={i18next.t('sources:measuredFor', { target: name })}>
      <div className={css.line}>
        <p>{error === undefined ? whyOf(result) : `${errorWords(error).what} ${errorWords(error).todo}`}</p>
        <Button
          variant="default"
          size="compact-md"
          disabled={queue.length > 0}
          onClick={() => void start([target])}
          aria-label={i18next.t('sources:measureOneFor', { target: name })}
        >
          {i18next.t('sources:measureOne')}
        </Button>
      </div>
      {result !== undefined && (
        <>
          <p className="faint">{whenOf(result)}</p>
          <Conflicts conflicts={result.conflicts} entries={result.entries} />
          <Fold summary={i18next.t('sources:numbers.title')}>
            <Numbers entries={result.entries} />
            <Hashes entries={result.entries} />
          </Fold>
        </>
      )}
    </section>
  )
}

function whyOf(result: RaceResult | undefined): string {
  if (result === undefined) return i18next.t('sources:neverMeasured')
  const { key, values = {} } = result.why
  // An address says less than a name.
  const chosen = result.entries.find(({ url }) => url === values['url'])
  return i18next.t(key, chosen === undefined ? values : { ...values, url: nameOf(chosen) })
}

const whenOf = (result: RaceResult): string =>
  i18next.t('sources:measuredAt', {
    when: new Date(result.startedAt).toLocaleString(i18next.language, { dateStyle: 'medium', timeStyle: 'short' }),
    artefact: result.artefact,
    seconds: (result.ms / 1000).toFixed(1),
    size: sizeText(result.bytes),
  })

type Said = { value: string; wrong: boolean; names: readonly string[] }

/** Who says the same stands together. */
function groupsOf({ says }: RaceConflict, entries: readonly RaceEntry[]): readonly Said[] {
  const groups = new Map<string, { value: string; wrong: boolean; names: string[] }>()
  for (const { id, url, value, wrong } of says) {
    const entry = entries.find((one) => one.id === id)
    const key = `${wrong} ${value}`
    const group = groups.get(key) ?? { value, wrong, names: [] }
    group.names.push(entry === undefined ? url : nameOf(entry))
    groups.set(key, group)
  }
  return [...groups.values()]
}

function Conflicts({ conflicts, entries }: { conflicts: readonly RaceConflict[]; entries: readonly RaceEntry[] }) {
  if (conflicts.length === 0) return null
  return (
    <>
      <h3 className={css.title}>{i18next.t('sources:conflicts.title', { count: conflicts.length })}</h3>
      <div className={css.scroll} role="region" tabIndex={0} aria-label={i18next.t('sources:conflicts.table')}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{i18next.t('sources:conflicts.item')}</th>
              <th scope="col">{i18next.t('sources:conflicts.says')}</th>
              <th scope="col">{i18next.t('sources:conflicts.verdict')}</th>
            </tr>
          </thead>
          <tbody>
            {conflicts.map((conflict) => (
              <tr key={conflict.item}>
                <th scope="row" className="mono">
                  {conflict.item}
                </th>
                <td>
                  <ul>
                    {groupsOf(conflict, entries).map(({ value, wrong, names }) => (
                      <li key={`${wrong} ${value}`} className={css.said} data-wrong={wrong}>
                        <span className="mono" title={value}>
                          {wrong && <span aria-hidden="true">✕ </span>}
                          {shortened(value)}
                        </span>
                        {wrong && <strong> {i18next.t('sources:conflicts.wrong')}</strong>}
                        <span className="faint"> {names.join(i18next.t('sources:comma'))}</span>
                      </li>
                    ))}
                  </ul>
                </td>
                <td>{i18next.t(conflict.verdict.key, conflict.verdict.values ?? {})}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

/** A hash is compared by its two ends. */
const shortened = (value: string): string => (value.length > 40 ? `${value.slice(0, 20)}…${value.slice(-8)}` : value)

const NUMBERS = ['connect', 'tls', 'firstByte', 'rate', 'bytes', 'status', 'date', 'via', 'cause'] as const

function Numbers({ entries }: { entries: readonly RaceEntry[] }) {
  return (
    <div className={css.scroll} role="region" tabIndex={0} aria-label={i18next.t('sources:numbers.title')}>
      <table className={`${css.table ?? ''} ${css.numbers ?? ''}`}>
        <thead>
          <tr>
            <th scope="col">{i18next.t('sources:numbers.source')}</th>
            {NUMBERS.map((name) => (
              <th key={name} scope="col">
                {i18next.t(`sources:numbers.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.id} data-out={entry.state === 'out'}>
              <th scope="row">{nameOf(entry)}</th>
              {cellsOf(entry).map((cell, at) => (
                <td key={NUMBERS[at]} data-cell={NUMBERS[at]}>
                  {cell ?? i18next.t('sources:numbers.none')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function cellsOf({ numbers, cause }: RaceEntry): readonly (string | null)[] {
  const ms = (value: number | null) =>
    value === null ? null : i18next.t('sources:numbers.ms', { ms: Math.round(value) })
  const { connectMs, tlsMs, firstByteMs, rate, bytes, status, date, via } = numbers
  return [
    ms(connectMs),
    ms(tlsMs),
    ms(firstByteMs),
    rate === null ? null : i18next.t('mirror:race.line', { rate: sizeText(rate) }),
    sizeText(bytes),
    status === null ? null : String(status),
    date === null ? null : new Date(date).toLocaleString(i18next.language, { dateStyle: 'short', timeStyle: 'short' }),
    via,
    cause,
  ]
}

/** What each says of each thing that was compared. */
function Hashes({ entries }: { entries: readonly RaceEntry[] }) {
  const rows = entries.flatMap((entry) =>
    Object.entries(entry.numbers.hashes).map(([item, value]) => ({ id: entry.id, name: nameOf(entry), item, value })),
  )
  if (rows.length === 0) return null
  return (
    <Fold summary={i18next.t('sources:numbers.hashes')}>
      <div className={css.scroll} role="region" tabIndex={0} aria-label={i18next.t('sources:numbers.hashes')}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{i18next.t('sources:conflicts.item')}</th>
              <th scope="col">{i18next.t('sources:numbers.source')}</th>
              <th scope="col">{i18next.t('sources:numbers.value')}</th>
            </tr>
          </thead>
          <tbody>
            {rows
              .toSorted((a, b) => a.item.localeCompare(b.item))
              .map(({ id, name, item, value }) => (
                <tr key={`${item} ${id}`}>
                  <th scope="row" className="mono">
                    {item}
                  </th>
                  <td>{name}</td>
                  <td className="mono">{value}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </Fold>
  )
}
