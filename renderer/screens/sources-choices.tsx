import { TextInput } from '@mantine/core'
import i18next from 'i18next'
import { type ReactNode, useId, useRef } from 'react'
import { checkGoProxy, checkUrl } from '../../electron/contract/grammar.ts'
import type { MirrorView } from '../../electron/contract/mirror.ts'
import { Fold } from '../components/fold.tsx'
import { ListEditor } from '../components/list-editor.tsx'
import { useLock } from '../components/locked.tsx'
import { SourceState } from '../components/source-state.tsx'
import { useFlip } from '../components/use-flip.ts'
import { type Kind, listText, useSourcesEdit } from '../store/sources-edit.ts'
import { probeKey, type Target, useSources } from '../store/sources.ts'
import { nameOf } from './sources-names.ts'

/** Everything that a target can be set to, the measured ones in their rank. */
export function Choices({ target }: { target: Target }) {
  const { mirrors, order, probes } = useSources()
  const edit = useSourcesEdit((store) => store[target])
  const change = useSourcesEdit((store) => store.change)
  const { locked } = useLock(`sources.${target}`)
  const list = useRef<HTMLDivElement>(null)
  const ids = order[target]
  useFlip(list, ids.join(' '))
  const known = ids.flatMap((id) => mirrors.find((mirror) => mirror.id === id) ?? [])
  const alive = known.filter(({ status }) => status !== 'dead')
  const dead = known.filter(({ status }) => status === 'dead')
  const choice = (kind: Kind, name: string, about: string, more: { end?: ReactNode; below?: ReactNode } = {}) => (
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
  return (
    <div
      ref={list}
      className="choices"
      role="radiogroup"
      aria-label={i18next.t('sources:choose', { target: i18next.t(`sources:target.${target}`) })}
    >
      {choice('auto', i18next.t('sources:autoFull'), i18next.t('sources:autoWhy'))}
      {alive.map((mirror) =>
        choice(
          mirror.status === 'upstream' ? 'official' : `mirror:${mirror.id}`,
          nameFor(mirror),
          aboutMirror(mirror),
          {
            end: <SourceState probe={probes.get(probeKey(target, mirror.url))} />,
          },
        ),
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
      {choice('list', i18next.t('sources:listName'), i18next.t(`sources:listWhy.${target}`), {
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
      {dead.length > 0 && (
        <Fold summary={i18next.t('sources:dead', { count: dead.length })}>
          <ul className="dead">
            {dead.map((mirror) => (
              <li key={mirror.id}>
                <s>{nameOf(mirror)}</s> <span className="mono">{mirror.url}</span>
                <span>
                  {mirror.since === null
                    ? i18next.t('sources:deadUnknown')
                    : i18next.t('sources:deadSince', { since: mirror.since })}
                </span>
              </li>
            ))}
          </ul>
        </Fold>
      )}
    </div>
  )
}

const nameFor = (mirror: MirrorView): string =>
  mirror.status === 'upstream' ? i18next.t('sources:officialFull', { name: nameOf(mirror) }) : nameOf(mirror)

/** The address and, where there is one, what the source holds back. */
const aboutMirror = ({ url, limits }: MirrorView): string =>
  [url, ...(limits ?? []).map(({ key, value }) => i18next.t(`catalogue:limit.${key}`, { value }))].join(' · ')

function suggestions(target: Target, alive: readonly MirrorView[]) {
  const known = alive
    .filter(({ status }) => target === 'go' || status !== 'upstream')
    .map((mirror) => ({ value: mirror.url, label: `${nameOf(mirror)} (${mirror.url})` }))
  return target === 'go' ? [...known, { value: 'direct', label: i18next.t('sources:directFull') }] : known
}

type ChoiceProps = {
  group: string
  name: string
  about: string
  chosen: boolean
  disabled: boolean
  choose: () => void
  flip: string
  end?: ReactNode
  below?: ReactNode
}

function Choice({ group, name, about, chosen, disabled, choose, flip, end, below }: ChoiceProps) {
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
            {about}
          </span>
        </span>
        {end}
      </label>
      {below !== undefined && below !== false && <div className="choice-below">{below}</div>}
    </div>
  )
}
