import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useMemo, useState } from 'react'
import { spellHidden } from '../../electron/contract/hidden.ts'
import { type DiffLine, parseDiff } from './diff-view-lines.ts'
import css from './diff-view.module.css'

/** Lines that are drawn at first; the rest comes on request. */
const FIRST = 400
const SIGNS = { added: '+', removed: '−', same: ' ' }

/** A unified diff, one line under the other: numbers, sign, colour, and the word for those who hear it. */
export function DiffView({ diff, name }: { diff: string; name: string }) {
  const { lines, added, removed } = useMemo(() => parseDiff(diff), [diff])
  const [all, setAll] = useState(false)
  const shown = all ? lines : lines.slice(0, FIRST)
  return (
    <div role="group" aria-label={i18next.t('review:diff.name', { name })}>
      <p className={css.sum}>
        <span>{i18next.t('review:diff.added', { count: added })}</span>
        <span>{i18next.t('review:diff.removed', { count: removed })}</span>
      </p>
      <div className={css.diff}>
        {shown.map((line, index) => (
          // A line has no name but its place.
          <Line key={index} line={line} />
        ))}
      </div>
      {shown.length < lines.length && (
        <Button variant="subtle" onClick={() => setAll(true)}>
          {i18next.t('review:diff.all', { count: lines.length })}
        </Button>
      )}
    </div>
  )
}

function Line({ line }: { line: DiffLine }) {
  if (line.kind === 'hunk') return <div className={css.hunk}>{line.text}</div>
  if (line.kind === 'no-newline') return <div className={css.note}>{i18next.t('review:diff.noNewline')}</div>
  return (
    <div className={css.line} data-kind={line.kind}>
      <span className={css.number} aria-hidden="true">
        {line.before}
      </span>
      <span className={css.number} aria-hidden="true">
        {line.after}
      </span>
      <span className={css.sign} aria-hidden="true">
        {SIGNS[line.kind]}
      </span>
      <span className={css.text}>
        {line.kind !== 'same' && <span className="sr">{i18next.t(`review:diff.word.${line.kind}`)}</span>}
        {spellHidden(line.text)}
        {/* Spelt, as many fonts have no sign for it. */}
        {line.cr && <span className={css.end}>‹CR›</span>}
      </span>
    </div>
  )
}
