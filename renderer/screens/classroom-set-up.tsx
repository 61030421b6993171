import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useEffect } from 'react'
import { CopyButton } from '../components/copy-button.tsx'
import { Problem } from '../components/problem.tsx'
import { Sentence } from '../components/sentence.tsx'
import { ROOM_FILES } from '../store/classroom-files.ts'
import { seatsOf, useClassroom } from '../store/classroom.ts'
import { useLanguage } from '../store/language.ts'
import { useRoomRun } from '../store/classroom-run.ts'
import { ClassroomChoices } from './classroom-choices.tsx'
import { SeatListPart } from './classroom-list.tsx'
import { ClassroomWindows } from './classroom-windows.tsx'
import css from './classroom.module.css'

const say = (key: string, values: Record<string, string | number> = {}) => i18next.t(`classroom:page.${key}`, values)

/** The folder of the room, its seats, and what they get. */
export function ClassroomSetUp() {
  const { folder, problem } = useClassroom()
  if (folder === null) return <Begin />
  return (
    <>
      <div className={css.scroll}>
        <div className={css.column}>
          {problem !== null && <Problem error={problem} />}
          <Folder />
          <Kept />
          <SeatListPart />
          <ClassroomChoices />
          <details className="fold">
            <summary>{say('files.title')}</summary>
            <div className="fold-body">
              <ul className="mono">
                {ROOM_FILES.map((name) => (
                  <li key={name}>{name}</li>
                ))}
              </ul>
              <p className="faint">{say('files.what')}</p>
            </div>
          </details>
          <ClassroomWindows />
          <Guide />
        </div>
      </div>
      <SaveBar />
    </>
  )
}

function Begin() {
  const { busy, problem, choose } = useClassroom()
  const open = () => void choose().then(() => useRoomRun.getState().resume())
  return (
    <div className={css.scroll}>
      <div className={css.begin}>
        <h3>{say('begin.title')}</h3>
        <p>{say('begin.what')}</p>
        <ol className={css.steps}>
          {[1, 2, 3, 4].map((step) => (
            <li key={step}>
              <span className={css.stepNumber} aria-hidden="true">
                {step}
              </span>
              {say(`begin.step.${step}`)}
            </li>
          ))}
        </ol>
        {problem !== null && <Problem error={problem} />}
        <Button loading={busy} onClick={open}>
          {say('begin.choose')}
        </Button>
        <p className="faint">{say('begin.folderWhat')}</p>
        <Guide />
      </div>
    </div>
  )
}

/** The guide is a text with pictures; where it lies can be copied. */
function Guide() {
  const { guide, findGuide } = useClassroom()
  const language = useLanguage((store) => store.language)
  useEffect(() => void findGuide(), [findGuide, language])
  if (guide === null) return null
  return (
    <p className={`faint ${css.path ?? ''}`}>
      <span>{say('guide')}</span>
      <span className={`mono ${css.grow ?? ''}`}>{guide}</span>
      <CopyButton text={guide} what={say('guide')} />
    </p>
  )
}

function Folder() {
  const { folder, busy, choose } = useClassroom()
  const running = useRoomRun(({ errand }) => errand.step === 'running')
  const open = () => void choose().then(() => useRoomRun.getState().resume())
  return (
    <section className={css.line}>
      <h3>{say('begin.folder')}</h3>
      <span className={`mono ${css.grow ?? ''}`}>{folder?.folder}</span>
      <Button variant="default" size="compact-md" disabled={busy || running} onClick={open}>
        {say('begin.change')}
      </Button>
    </section>
  )
}

/** Files of the room that a person had changed, and that were written anew. */
function Kept() {
  const kept = useClassroom(({ room }) => room?.kept)
  if (kept === undefined || kept.length === 0) return null
  return (
    <div className={css.problems} role="status">
      <p>{say('files.kept', { count: kept.length })}</p>
      <ul className="mono">
        {kept.map((path) => (
          <li key={path}>{path}</li>
        ))}
      </ul>
    </div>
  )
}

function SaveBar() {
  const { text, list, room, changed, busy, save, turnTo } = useClassroom()
  const count = seatsOf({ text, list, room }).length
  const stands = room?.seats.length ?? 0
  const sentence = count === 0 ? say('bar.nothing') : changed ? say('bar.unsaved') : say('bar.saved', { count: stands })
  return (
    <div className={css.bar}>
      <p className={css.sentence}>
        <Sentence text={busy ? say('bar.saving') : sentence} />
      </p>
      <div className={css.buttons}>
        {changed && count > 0 ? (
          <Button loading={busy} onClick={() => void save()}>
            {say('bar.save', { count })}
          </Button>
        ) : (
          <Button disabled={stands === 0} onClick={() => turnTo('seats')}>
            {say('bar.toSeats')}
          </Button>
        )}
      </div>
    </div>
  )
}
