import i18next from 'i18next'
import { type KeyboardEvent, useId, useRef, useState } from 'react'
import type { ChangeView } from '../../electron/contract/plan.ts'
import { changeKey } from '../store/review-plan.ts'
import { splitPath } from '../store/run-format.ts'
import { ChangePanel } from './change-list-panel.tsx'
import css from './change-list.module.css'

/** The changes of a plan on the left, the chosen one in full on the right. Arrow keys walk through the list. */
export function ChangeList({ changes }: { changes: readonly ChangeView[] }) {
  const id = useId()
  const rows = useRef<(HTMLButtonElement | null)[]>([])
  const [chosen, setChosen] = useState('')
  const found = changes.findIndex((change) => changeKey(change) === chosen)
  const at = found < 0 ? 0 : found
  const change = changes[at]
  if (change === undefined) return null
  const go = (index: number) => {
    const next = changes[index]
    if (next === undefined) return
    setChosen(changeKey(next))
    rows.current[index]?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const last = changes.length - 1
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last }[event.key]
    if (to === undefined) return
    event.preventDefault()
    go(Math.min(last, Math.max(0, to)))
  }
  return (
    <div className={css.changes}>
      <div
        className={css.list}
        role="tablist"
        aria-orientation="vertical"
        aria-label={i18next.t('review:list')}
        onKeyDown={onKeyDown}
      >
        {changes.map((one, index) => (
          <button
            key={changeKey(one)}
            ref={(element) => {
              rows.current[index] = element
            }}
            type="button"
            role="tab"
            id={`${id}-${index}`}
            className={css.row}
            aria-selected={index === at}
            aria-controls={`${id}-panel`}
            tabIndex={index === at ? 0 : -1}
            onClick={() => setChosen(changeKey(one))}
          >
            <RowName change={one} />
            <Badges change={one} />
          </button>
        ))}
      </div>
      <section className={css.panel} role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${at}`}>
        <ChangePanel change={change} />
      </section>
    </div>
  )
}

function RowName({ change }: { change: ChangeView }) {
  if (change.kind === 'image')
    return (
      <>
        <span className={css.name}>{change.name}</span>
        <span className={css.folder}>{i18next.t('review:kind.image')}</span>
      </>
    )
  const { name, folder } = splitPath(change.path)
  return (
    <>
      <span className={css.name}>{change.kind === 'dir' ? `${name}/` : name}</span>
      <span className={css.folder}>{folder}</span>
    </>
  )
}

type Badge = { tone: 'create' | 'modify' | 'delete' | 'warning' | 'plain'; sign: string; text: string }

function badgesOf(change: ChangeView): readonly Badge[] {
  if (change.kind === 'image')
    return [
      change.action === 'pull'
        ? { tone: 'create', sign: '↓', text: i18next.t('review:badge.pull') }
        : { tone: 'plain', sign: '✓', text: i18next.t('review:badge.keep') },
    ]
  const sign = { create: '+', modify: '●', delete: '−' }[change.action]
  const badges: Badge[] = [{ tone: change.action, sign, text: i18next.t(`review:badge.${change.action}`) }]
  if (change.admin) badges.push({ tone: 'warning', sign: '!', text: i18next.t('review:badge.admin') })
  if (change.kind === 'file')
    for (const id of change.notify) badges.push({ tone: 'warning', sign: '↻', text: i18next.t(`review:badge.${id}`) })
  badges.push({ tone: 'plain', sign: '↩', text: i18next.t('review:badge.undo') })
  return badges
}

function Badges({ change }: { change: ChangeView }) {
  return (
    <span className={css.badges}>
      {badgesOf(change).map(({ tone, sign, text }) => (
        <span key={text} className={css.badge} data-tone={tone}>
          <span aria-hidden="true">{sign} </span>
          {text}
        </span>
      ))}
    </span>
  )
}
