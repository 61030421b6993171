import i18next from 'i18next'
import type { ChangeView } from '../../electron/contract/plan.ts'
import { plainWords } from '../store/plain-change.ts'
import type { PlainRow, ReviewRow } from '../store/review-plan.ts'
import { sizeText } from '../store/run-format.ts'
import css from './change-list.module.css'
import { DiffView } from './diff-view.tsx'

type HeldChange = Extract<ChangeView, { kind: 'file' | 'env' }>

/** One row in full: a file as its diff, folders or an image in a sentence. */
export function ChangePanel({ row: change }: { row: ReviewRow }) {
  if (change.kind === 'image')
    return (
      <>
        <h2>{change.name}</h2>
        <p>{imageSentence(change)}</p>
        {change.action === 'pull' && <p className="faint">{i18next.t('review:image.undo')}</p>}
      </>
    )
  if (change.kind === 'folders')
    return (
      <>
        <p className={css.why}>{i18next.t('review:dir')}</p>
        <ul className="mono">
          {change.paths.map((path) => (
            <li key={path}>{path}</li>
          ))}
        </ul>
      </>
    )
  if (change.kind === 'tree' || change.kind === 'rights' || change.kind === 'notice')
    return (
      <>
        <h2>{change.path}</h2>
        <p className={css.why}>{plainWords(change, 'will')}</p>
        <p className="faint">{i18next.t(`review:${change.kind}.${plainUndo(change)}`)}</p>
      </>
    )
  const owners = [...new Set(change.keys.map(({ owner }) => i18next.t(`setting:name.${owner}`)))]
  return (
    <>
      <h2>{change.path}</h2>
      <p className={css.why}>
        {owners.length === 0
          ? i18next.t(`review:plain.${change.action}`)
          : i18next.t(`review:${change.kind}.${change.action}`, { owners: owners.join(i18next.t('review:and')) })}
        {change.kind === 'file' && change.real !== null && ` ${i18next.t('review:file.link', { real: change.real })}`}
      </p>
      {change.diff === '' ? (
        <Keys change={change} />
      ) : (
        <DiffView key={change.path} diff={change.diff} name={change.path} />
      )}
    </>
  )
}

const plainUndo = (change: PlainRow): 'undo' | 'forGood' =>
  change.kind === 'tree' && change.final ? 'forGood' : 'undo'

function imageSentence({ action, name, size }: Extract<ChangeView, { kind: 'image' }>): string {
  if (action === 'keep') return i18next.t('review:image.keep', { name })
  return size === null
    ? i18next.t('review:image.pull', { name })
    : i18next.t('review:image.pullSize', { name, size: sizeText(size) })
}

/** A file that holds something secret is told by its keys alone; their values are hidden. */
function Keys({ change }: { change: HeldChange }) {
  return (
    <>
      <p>{i18next.t('review:secret')}</p>
      <ul className="mono">
        {change.keys.map(({ key, before, after }) => (
          <li key={key}>
            {key}: {before ?? '∅'} → {after ?? '∅'}
          </li>
        ))}
      </ul>
    </>
  )
}
