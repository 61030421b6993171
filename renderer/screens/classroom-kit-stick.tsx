import i18next from 'i18next'
import { Commands } from '../components/commands.tsx'
import { Fold } from '../components/fold.tsx'
import { useKit } from '../store/kit.ts'
import css from './classroom.module.css'

const say = (key: string) => i18next.t(`kit:page.stick.${key}`)

/** A kit on a stick: what to do on each computer. */
export function KitStick() {
  const view = useKit((store) => store.view)
  if (view?.manifest == null) return null
  return (
    <Fold summary={say('title')}>
      <div className={css.help}>
        <p>{say('what')}</p>
        {view.manifest.installers.length > 0 && <p>{say('installer')}</p>}
        <p>{say('after')}</p>
        <Commands lines={['goready kit use FOLDER']} name={say('commands')} />
      </div>
    </Fold>
  )
}
