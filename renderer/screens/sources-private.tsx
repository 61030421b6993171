import { TextInput } from '@mantine/core'
import i18next from 'i18next'
import { LockedNote, useLock } from '../components/locked.tsx'
import { privateReason, useSourcesEdit } from '../store/sources-edit.ts'

/** Module paths that never leave the house (GOPRIVATE). */
export function PrivateModules() {
  const { private: text, changePrivate } = useSourcesEdit()
  const { locked } = useLock('private')
  const reason = privateReason(text)
  return (
    <div className="private">
      <TextInput
        label={i18next.t('sources:private')}
        description={i18next.t('sources:privateWhy')}
        placeholder="corp.example.com, git.school.example/*"
        spellCheck={false}
        disabled={locked}
        value={text}
        error={reason === null ? null : i18next.t(`grammar:${reason}`)}
        onChange={({ currentTarget }) => changePrivate(currentTarget.value)}
      />
      <LockedNote field="private" />
    </div>
  )
}
