import { Button, TextInput } from '@mantine/core'
import i18next from 'i18next'
import { useRef, useState } from 'react'
import { checkUrl } from '../../electron/contract/grammar.ts'
import { useRenewal } from '../store/renewal.ts'
import { Failure } from '../components/run-failure.tsx'
import css from './settings.module.css'

type Props = { stored: string | null; save(url: string | null): Promise<void> }

/** Where a newer catalogue comes from. Kept when one leaves the field; asked by the button alone. */
export function Renewal({ stored, save }: Props) {
  const [text, setText] = useState(stored ?? '')
  const { renewal, renew, forget } = useRenewal()
  const wanted = text.trim() === '' ? null : text.trim()
  const reason = wanted === null ? null : checkUrl(wanted)
  // The click on the button leaves the field first: what that saves has to be saved before anybody asks.
  const saving = useRef(Promise.resolve())
  const keep = (): Promise<void> => {
    if (reason === null && wanted !== stored) saving.current = save(wanted)
    return saving.current
  }
  return (
    <div className={css.state}>
      <TextInput
        label={i18next.t('settings:renewal')}
        description={i18next.t('settings:renewalWhat')}
        error={reason === null ? null : i18next.t(`grammar:${reason}`)}
        placeholder="https://"
        maxLength={2048}
        spellCheck={false}
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value)
          forget()
        }}
        onBlur={() => void keep()}
      />
      {renewal.step === 'failed' && <Failure error={renewal.error} />}
      {renewal.step === 'said' && (
        <p className="faint" role="status">
          {i18next.t(renewal.finding.note.key, { ...renewal.finding.note.values })}
        </p>
      )}
      <div>
        <Button
          variant="default"
          disabled={wanted === null || reason !== null}
          loading={renewal.step === 'busy'}
          onClick={() => void keep().then(renew)}
        >
          {i18next.t('settings:renew')}
        </Button>
      </div>
    </div>
  )
}
