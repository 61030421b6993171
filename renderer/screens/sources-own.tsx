import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core'
import i18next from 'i18next'
import { useEffect, useRef } from 'react'
import { MAX_OWN } from '../../electron/contract/mirror.ts'
import { Fold } from '../components/fold.tsx'
import { CrossIcon } from '../components/icons.tsx'
import { Failure } from '../components/run-failure.tsx'
import { NEW_OWN, ownReason, useOwnMirrors } from '../store/own-mirrors.ts'
import { isTarget, TARGETS } from '../store/sources.ts'
import css from './sources.module.css'

/** Sources of the person's own: they take part in measuring, and main remembers them. */
export function OwnMirrors() {
  const { mirrors, form, busy, error, load, edit, remove } = useOwnMirrors()
  const add = useRef<HTMLButtonElement>(null)
  useEffect(() => void load(), [load])
  const close = () => {
    edit(null)
    // The form that had the focus is gone.
    requestAnimationFrame(() => add.current?.focus())
  }
  const known = mirrors ?? []
  return (
    <Fold summary={i18next.t('sources:ownList.title', { count: known.length })}>
      <p className="faint">{i18next.t('sources:ownList.why')}</p>
      {error !== null && <Failure error={error} />}
      <ul className={css.rows}>
        {known.map((mirror) => {
          const name = mirror.name === '' ? mirror.url : mirror.name
          const label = i18next.t('sources:ownList.removeFor', { name })
          return (
            <li key={mirror.id} className={css.row}>
              <span className={css.rowWords}>
                <span>
                  {mirror.name === '' ? '' : `${mirror.name} · `}
                  {i18next.t(`sources:target.${mirror.target}`)}
                </span>
                <span className="mono">{mirror.url}</span>
              </span>
              <Button
                variant="default"
                size="compact-md"
                disabled={busy}
                aria-label={i18next.t('sources:ownList.editFor', { name })}
                onClick={() => edit(mirror)}
              >
                {i18next.t('sources:ownList.edit')}
              </Button>
              <ActionIcon
                variant="subtle"
                disabled={busy}
                aria-label={label}
                title={label}
                onClick={() => void remove(mirror.id).then(() => add.current?.focus())}
              >
                <CrossIcon />
              </ActionIcon>
            </li>
          )
        })}
      </ul>
      {form === null ? (
        <Button ref={add} variant="default" size="compact-md" onClick={() => edit(NEW_OWN)}>
          {i18next.t('sources:ownList.add')}
        </Button>
      ) : (
        <OwnForm close={close} />
      )}
    </Fold>
  )
}

function OwnForm({ close }: { close(): void }) {
  const { mirrors, form, busy, edit, save } = useOwnMirrors()
  const first = useRef<HTMLSelectElement>(null)
  useEffect(() => first.current?.focus(), [])
  if (form === null) return null
  const reason = ownReason(form, mirrors ?? [])
  const shown = form.url.trim() === '' ? null : reason
  const text =
    shown === null
      ? null
      : shown === 'twice'
        ? i18next.t('catalogue:reason.twice', { url: form.url.trim() })
        : shown === 'too-many'
          ? i18next.t('catalogue:reason.tooMany', { count: MAX_OWN })
          : i18next.t(`grammar:${shown}`)
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault()
        void save().then(() => {
          if (useOwnMirrors.getState().form === null) close()
        })
      }}
    >
      <NativeSelect
        ref={first}
        label={i18next.t('sources:ownList.target')}
        value={form.target}
        data={TARGETS.map((target) => ({ value: target, label: i18next.t(`sources:target.${target}`) }))}
        onChange={({ currentTarget: { value } }) => isTarget(value) && edit({ ...form, target: value })}
      />
      <TextInput
        label={i18next.t('sources:ownList.name')}
        placeholder={i18next.t('sources:ownList.namePlaceholder')}
        maxLength={100}
        value={form.name}
        onChange={({ currentTarget }) => edit({ ...form, name: currentTarget.value })}
      />
      <TextInput
        className={css.wide ?? ''}
        label={i18next.t('sources:ownList.url')}
        placeholder={i18next.t(`sources:ownExample.${form.target}`)}
        maxLength={2048}
        spellCheck={false}
        value={form.url}
        error={text}
        onChange={({ currentTarget }) => edit({ ...form, url: currentTarget.value })}
      />
      <div className="target-buttons">
        <Button type="submit" disabled={busy || reason !== null}>
          {i18next.t('sources:ownList.save')}
        </Button>
        <Button variant="default" disabled={busy} onClick={close}>
          {i18next.t('sources:ownList.cancel')}
        </Button>
      </div>
    </form>
  )
}
