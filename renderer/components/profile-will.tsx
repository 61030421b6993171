import { Button, Modal } from '@mantine/core'
import i18next from 'i18next'
import { useEffect } from 'react'
import type { Profile } from '../../electron/contract/profile.ts'
import { willDo } from '../../electron/contract/profile-summary.ts'
import type { OpenedProfile, ProfileSignature } from '../../electron/contract/wizard.ts'
import { say } from '../store/announcer.ts'
import { useDrop } from '../store/drop.ts'
import { useWizard } from '../store/wizard.ts'
import css from './profile-will.module.css'

/** What a profile would do, the strongest first. */
export function WillList({ profile }: { profile: Profile }) {
  return (
    <ul className={css.list}>
      {willDo(profile).map(({ weight, note }) => (
        <li key={`${note.key} ${JSON.stringify(note.values)}`} data-weight={weight}>
          {weight !== 'plain' && <span aria-hidden="true">! </span>}
          {weight === 'strong' ? (
            <strong>{i18next.t(note.key, note.values ?? {})}</strong>
          ) : (
            i18next.t(note.key, note.values ?? {})
          )}
        </li>
      ))}
    </ul>
  )
}

/** Who vouches for a profile. */
export const signatureText = ({ state, by }: ProfileSignature): string =>
  i18next.t(`profile:signature.${state}`, { by: by ?? '' })

/** Asks before the values of a profile are taken that wants what only somebody known should get. */
export function ProfileQuestion() {
  const asked = useWizard((wizard) => wizard.asked)
  const answer = useWizard((wizard) => wizard.answer)
  const refuse = () => {
    if (asked === null) return
    answer(false)
    useDrop.getState().show({ tone: 'problem', note: { key: 'profile:ask.refused', values: { name: asked.name } } })
  }
  return (
    <Modal
      opened={asked !== null}
      onClose={refuse}
      title={i18next.t('profile:ask.title', { name: asked?.name ?? '' })}
      closeButtonProps={{ 'aria-label': i18next.t('profile:ask.no') }}
      lockScroll={false}
      // Its content goes with the answer; an empty box would fade out, and take the next key.
      transitionProps={{ duration: 0 }}
      size="lg"
    >
      {asked !== null && <Question asked={asked} refuse={refuse} take={() => answer(true)} />}
    </Modal>
  )
}

function Question({ asked, refuse, take }: { asked: OpenedProfile; refuse(): void; take(): void }) {
  const { profile, signature, remark } = asked
  useEffect(() => say(i18next.t('profile:ask.why')), [])
  return (
    <div className={css.question} data-question="profile">
      <p>{i18next.t('profile:ask.why')}</p>
      {remark !== null && remark !== '' && <p className={css.remark}>{remark}</p>}
      <h3>{i18next.t('profile:will.title', { count: willDo(profile).length })}</h3>
      <WillList profile={profile} />
      {signature !== undefined && <p>{signatureText(signature)}</p>}
      <div className="target-buttons">
        {/* The way that changes nothing is the one that an Enter too much takes. */}
        <Button variant="default" data-autofocus onClick={refuse}>
          {i18next.t('profile:ask.no')}
        </Button>
        <Button onClick={take} data-take>
          {i18next.t('profile:ask.yes')}
        </Button>
      </div>
    </div>
  )
}
