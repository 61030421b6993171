import i18next from 'i18next'
import { CopyButton } from '../components/copy-button.tsx'
import { Fold } from '../components/fold.tsx'
import { Sentence } from '../components/sentence.tsx'
import { WINDOWS_FILE } from '../store/classroom-files.ts'
import { seatsOf, useClassroom } from '../store/classroom.ts'
import css from './classroom.module.css'

const say = (key: string, values: Record<string, string | number> = {}) =>
  i18next.t(`classroom:page.windows.${key}`, values)

/** How computers with Windows take part: by themselves, out of a shared folder. */
export function ClassroomWindows() {
  const { folder, text, list, room } = useClassroom()
  const count = seatsOf({ text, list, room }).filter(({ system }) => system === 'windows').length
  if (folder === null) return null
  return (
    <Fold summary={count === 0 ? say('titleNone') : say('title', { count })}>
      <div className={css.help}>
        <p>{say('what')}</p>
        <p>{say('share')}</p>
        <Path text={folder.folder} />
        <p>{say('double')}</p>
        <Path text={WINDOWS_FILE} />
        <p>
          <Sentence text={say('logon')} />
        </p>
      </div>
    </Fold>
  )
}

function Path({ text }: { text: string }) {
  return (
    <p className={css.path}>
      <span className="mono">{text}</span>
      <CopyButton text={text} what={say('path')} />
    </p>
  )
}
