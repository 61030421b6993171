import { TextInput } from '@mantine/core'
import i18next from 'i18next'
import { type ReactNode, useId, useRef } from 'react'
import { checkGoProxy, checkUrl } from '../../electron/contract/grammar.ts'
import type { MirrorView } from '../../electron/contract/mirror.ts'
import { Fold } from '../components/fold.tsx'
import { ListEditor } from '../components/list-editor.tsx'
import { lockOf, useLock } from '../components/locked.tsx'
import { useFlip } from '../components/use-flip.ts'
import { useRace } from '../store/race.ts'
import { type SourceRow, sourceRows } from '../store/source-rows.ts'
import { useSourcesEdit } from '../store/sources-edit.ts'
import { type Kind, listText } from '../store/sources-value.ts'
import { type Target, useSources } from '../store/sources.ts'
import { nameOf, verdictOf } from './sources-names.ts'
import { RowState } from './sources-state.tsx'

/** Everything that a target can be set to, the measured ones in their rank. */
export function Choices({ target }: { target: Target }) {
  const { mirrors, order } = useSources()
  const { queue, progress, results } = useRace()
  const edit = useSourcesEdit((store) => store[target])
  const change = useSourcesEdit((store) => store.change)
  const { locked } = useLock(lockOf(target))
  const list = useRef<HTMLDivElement>(null)
  const ids = order[target]
  useFlip(list, ids.join(' '))
  const result = results[target]
  const running = queue.includes(target) ? progress[target] : undefined
  const { alive, dead } = sourceRows({ target, mirrors, order: ids, result, progress: running })
  const choice = (kind: Kind, name: string, about: string, more: ChoiceMore = {}) => (
    <Choice
      key={kind}
      group={target}
      name={name}
      about={about}
      chosen={edit.kind === kind}
      disabled={locked}
      choose={() => change(target, { kind })}
      flip={kind}
      {...more}
    />
  )
  const ownReason = edit.kind === 'own' && edit.own !== '' ? checkUrl(edit.own.trim()) : null
  const several = target === 'go' || target === 'docker'
  return (
    <div
      ref={list}
      className="choices"
      role="radiogroup"
      aria-label={i18next.t('sources:choose', { target: i18next.t(`sources:target.${target}`) })}
    >
      {choice('auto', i18next.t('sources:autoFull'), i18next.t('sources:autoWhy'))}
      {alive.map((row) =>
        choice(row.kind, nameFor(row), aboutRow(target, row), {
          verdict: liveVerdict(row),
          end: <RowState row={row} result={result} />,
        }),
      )}
      {target === 'go' && choice('direct', i18next.t('sources:directFull'), i18next.t('sources:directWhy'))}
      {choice('own', i18next.t('sources:own'), i18next.t(`sources:ownWhy.${target}`), {
        below: edit.kind === 'own' && (
          <TextInput
            aria-label={i18next.t('sources:list.ownAddress')}
            placeholder={i18next.t(`sources:ownExample.${target}`)}
            spellCheck={false}
            disabled={locked}
            value={edit.own}
            error={ownReason === null ? null : i18next.t(`grammar:${ownReason}`)}
            onChange={({ currentTarget }) => change(target, { own: currentTarget.value })}
          />
        ),
      })}
      {several &&
        choice('list', i18next.t('sources:listName'), i18next.t(`sources:listWhy.${target}`), {
          below: edit.kind === 'list' && (
            <>
              <ListEditor
                entries={edit.list}
                change={(entries) => change(target, { list: entries })}
                text={edit.draft}
                setText={(draft) => change(target, { draft })}
                separators={target === 'go'}
                suggestions={suggestions(target, alive)}
                check={target === 'go' ? checkGoProxy : checkUrl}
                disabled={locked}
              />
              {target === 'go' && (
                <>
                  <p className="faint">{i18next.t('sources:separators')}</p>
                  <p className="mono">GOPROXY={listText(edit.list)}</p>
                </>
              )}
            </>
          ),
        })}
      {choice('keep', i18next.t('sources:keepFull'), i18next.t('sources:keepWhy'))}
      <Dead mirrors={dead} />
    </div>
  )
}

function Dead({ mirrors }: { mirrors: readonly MirrorView[] }) {
  if (mirrors.length === 0) return null
  return (
    <Fold summary={i18next.t('sources:dead', { count: mirrors.length })}>
      <ul className="dead">
        {mirrors.map((mirror) => (
          <li key={mirror.id}>
            <s>{nameOf(mirror)}</s> <span className="mono">{mirror.url}</span>{' '}
            <span>
              {mirror.since === null
                ? i18next.t('sources:deadUnknown')
                : i18next.t('sources:deadSince', { since: mirror.since })}
            </span>
          </li>
        ))}
      </ul>
    </Fold>
  )
}

function nameFor({ kind, mirror, entry }: SourceRow): string {
  if (mirror === null)
    return entry === null
      ? i18next.t('sources:official')
      : i18next.t('sources:officialFull', { name: entry.url.replace(/^https?:\/\//, '').replace(/\/+$/, '') })
  return kind === 'official' ? i18next.t('sources:officialFull', { name: nameOf(mirror) }) : nameOf(mirror)
}

/** The address and, where there is one, what the source holds back. */
function aboutRow(target: Target, { mirror }: SourceRow): string {
  if (mirror === null) return i18next.t(`sources:officialWhy.${target}`)
  const limits = (mirror.limits ?? []).map(({ key, value }) => i18next.t(`catalogue:limit.${key}`, { value }))
  return [mirror.url, ...(mirror.own ? [i18next.t('catalogue:own')] : []), ...limits].join(' · ')
}

/** While it is measured, at least why it is out already. */
function liveVerdict({ live, entry }: SourceRow): string {
  if (live === null) return verdictOf(entry)
  return live.state === 'out' ? i18next.t(`mirror:out.${live.reason ?? 'timeout'}`) : i18next.t('sources:measuringOne')
}

function suggestions(target: Target, alive: readonly SourceRow[]) {
  const known = alive.flatMap(({ mirror }) =>
    mirror === null || (target !== 'go' && mirror.status === 'upstream')
      ? []
      : [{ value: mirror.url, label: `${nameOf(mirror)} (${mirror.url})` }],
  )
  return target === 'go' ? [...known, { value: 'direct', label: i18next.t('sources:directFull') }] : known
}

type ChoiceMore = { end?: ReactNode; below?: ReactNode; verdict?: string }
type ChoiceProps = ChoiceMore & {
  group: string
  name: string
  about: string
  chosen: boolean
  disabled: boolean
  choose: () => void
  flip: string
}

function Choice({ group, name, about, chosen, disabled, choose, flip, end, below, verdict }: ChoiceProps) {
  const id = useId()
  return (
    <div className="choice" data-flip={flip} data-chosen={chosen}>
      <label className="choice-line">
        <input
          type="radio"
          name={`source-${group}`}
          checked={chosen}
          disabled={disabled}
          onChange={choose}
          aria-describedby={id}
        />
        <span className="choice-words">
          <span>{name}</span>
          <span id={id} className="choice-about">
            <span>{about}</span>
            {verdict !== undefined && <span className="choice-verdict">{verdict}</span>}
          </span>
        </span>
        {end}
      </label>
      {below !== undefined && below !== false && <div className="choice-below">{below}</div>}
    </div>
  )
}
