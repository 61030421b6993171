import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useEffect } from 'react'
import type { KitManifest } from '../../electron/contract/kit.ts'
import { Problem } from '../components/problem.tsx'
import { useKit } from '../store/kit.ts'
import { sizeText } from '../store/run-format.ts'
import { KitMake } from './classroom-kit-make.tsx'
import { KitServe } from './classroom-kit-serve.tsx'
import { KitStick } from './classroom-kit-stick.tsx'
import css from './classroom.module.css'
import { whenText } from './history.tsx'

const say = (key: string, values: Record<string, string | number> = {}) => i18next.t(`kit:page.${key}`, values)

/** The kit of a room without internet: where it lies, making it, bringing it to the seats. */
export function ClassroomKit() {
  const { problem, server, look } = useKit()
  useEffect(() => void look(), [look])
  return (
    <div className={css.scroll}>
      <div className={css.column}>
        <p>{say('what')}</p>
        {problem !== null && <Problem error={problem} />}
        {server !== null && <KitServe />}
        <Folder />
        {server === null && <KitServe />}
        <Holds />
        <KitMake />
        <KitStick />
      </div>
    </div>
  )
}

function Folder() {
  const { folder, view, making, choose } = useKit()
  const state = view === null || view.manifest !== null ? null : view.bytes === 0 ? 'empty' : 'partly'
  return (
    <section className={css.line}>
      <h3>{say('folder.title')}</h3>
      <span className={css.grow}>
        {folder === null ? (
          <span className="faint">{say('folder.none')}</span>
        ) : (
          <span className="mono">{folder.folder}</span>
        )}
        {state !== null && <span className={`${css.choiceWhat ?? ''} faint`}>{say(`folder.${state}`)}</span>}
      </span>
      <Button
        variant={folder === null ? 'filled' : 'default'}
        size="compact-md"
        disabled={making.step === 'running'}
        onClick={() => void choose()}
      >
        {say(folder === null ? 'folder.choose' : 'folder.change')}
      </Button>
    </section>
  )
}

function Holds() {
  const view = useKit((store) => store.view)
  if (view?.manifest == null) return null
  const { manifest, bytes } = view
  const rows: readonly (readonly [string, string])[] = [
    ['images', manifest.images.map(({ reference }) => reference).join(', ')],
    ['go', counted(manifest.go?.modules)],
    ['npm', counted(manifest.npm?.packages)],
    ['installers', installersText(manifest)],
    ['size', sizeText(bytes)],
    ['made', whenText(manifest.made)],
  ]
  return (
    <section className={css.section}>
      <h3>{say('holds.title')}</h3>
      <dl className={css.facts}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{say(`holds.${name}`)}</dt>
            <dd>{value === '' ? <span className="faint">{say('holds.none')}</span> : value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

const counted = (list: readonly unknown[] | undefined): string =>
  list === undefined || list.length === 0 ? '' : say('holds.modules', { count: list.length })

const SYSTEMS = { linux: 'Linux', windows: 'Windows', macos: 'macOS' } as const
const installersText = ({ installers }: KitManifest): string =>
  [...new Set(installers.map(({ system }) => SYSTEMS[system]))].join(', ')
