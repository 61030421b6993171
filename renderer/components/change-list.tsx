import i18next from 'i18next'
import { type KeyboardEvent, useId, useRef, useState } from 'react'
import type { ChangeView } from '../../electron/contract/plan.ts'
import { type PlainRow, type ReviewRow, reviewRows, rowKey } from '../store/review-plan.ts'
import { sizeText, splitPath } from '../store/run-format.ts'
import { ChangePanel } from './change-list-panel.tsx'
import css from './change-list.module.css'

/** The changes of a plan on the left, the chosen one in full on the right. Arrow keys walk through the list. */
export function ChangeList({ changes }: { changes: readonly ChangeView[] }) {
  const id = useId()
  const rows = useRef<(HTMLButtonElement | null)[]>([])
  const [chosen, setChosen] = useState('')
  const all = reviewRows(changes)
  const found = all.findIndex((row) => rowKey(row) === chosen)
  const at = found < 0 ? 0 : found
  const shown = all[at]
  if (shown === undefined) return null
  const go = (index: number) => {
    const next = all[index]
    if (next === undefined) return
    setChosen(rowKey(next))
    rows.current[index]?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const last = all.length - 1
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
        {all.map((one, index) => (
          <button
            key={rowKey(one)}
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
            onClick={() => setChosen(rowKey(one))}
          >
            <RowName row={one} />
            <Badges row={one} />
          </button>
        ))}
      </div>
      <section className={css.panel} role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${at}`}>
        <ChangePanel row={shown} />
      </section>
    </div>
  )
}

function RowName({ row }: { row: ReviewRow }) {
  if (row.kind === 'folders')
    return <span className={css.name}>{i18next.t('review:folders', { count: row.paths.length })}</span>
  const { name, folder } = row.kind === 'image' ? { name: row.name, folder: '' } : splitPath(row.path)
  return (
    <>
      <span className={css.name}>{name}</span>
      <span className={css.folder}>{row.kind === 'image' ? i18next.t('review:kind.image') : folder}</span>
    </>
  )
}

type Badge = { tone: 'create' | 'modify' | 'delete' | 'warning' | 'plain'; sign: string; text: string }

function badgesOf(row: ReviewRow): readonly Badge[] {
  if (row.kind === 'image')
    return [
      row.action === 'pull'
        ? { tone: 'create', sign: '↓', text: i18next.t('review:badge.pull') }
        : { tone: 'plain', sign: '✓', text: i18next.t('review:badge.keep') },
    ]
  if (row.kind === 'tree' || row.kind === 'rights' || row.kind === 'notice') return plainBadges(row)
  const action = row.kind === 'folders' ? 'create' : row.action
  const sign = { create: '+', modify: '●', delete: '−' }[action]
  const badges: Badge[] = [{ tone: action, sign, text: i18next.t(`review:badge.${action}`) }]
  if (row.admin) badges.push({ tone: 'warning', sign: '!', text: i18next.t('review:badge.admin') })
  if (row.kind === 'file' || row.kind === 'env')
    for (const id of row.notify) badges.push({ tone: 'warning', sign: '↻', text: i18next.t(`review:badge.${id}`) })
  badges.push({ tone: 'plain', sign: '↩', text: i18next.t('review:badge.undo') })
  return badges
}

function plainBadges(row: PlainRow): readonly Badge[] {
  const badges: Badge[] = []
  if (row.kind === 'tree') {
    const [sign, text] = row.final ? ['−', 'review:badge.delete'] : ['→', 'review:badge.move']
    badges.push({ tone: 'delete', sign, text: i18next.t(text) })
    badges.push({ tone: 'plain', sign: '≈', text: sizeText(row.bytes) })
  } else if (row.kind === 'rights') {
    badges.push({ tone: 'modify', sign: '●', text: i18next.t('review:badge.rights') })
  } else {
    badges.push({ tone: 'warning', sign: '↻', text: i18next.t(`review:badge.${row.handler}`) })
  }
  if (row.admin) badges.push({ tone: 'warning', sign: '!', text: i18next.t('review:badge.admin') })
  if (row.kind === 'tree' && row.final)
    badges.push({ tone: 'warning', sign: '!', text: i18next.t('review:badge.forGood') })
  else if (row.kind !== 'notice') badges.push({ tone: 'plain', sign: '↩', text: i18next.t('review:badge.undo') })
  return badges
}

function Badges({ row }: { row: ReviewRow }) {
  return (
    <span className={css.badges}>
      {badgesOf(row).map(({ tone, sign, text }) => (
        <span key={text} className={css.badge} data-tone={tone}>
          <span aria-hidden="true">{sign} </span>
          {text}
        </span>
      ))}
    </span>
  )
}
