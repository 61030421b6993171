import { Button, Modal, SegmentedControl, TextInput } from '@mantine/core'
import i18next from 'i18next'
import { useEffect, useId, useState } from 'react'
import type { AppError } from '../../electron/contract/note.ts'
import type { Preferences } from '../../electron/contract/wizard.ts'
import { CopyButton } from '../components/copy-button.tsx'
import { Failure } from '../components/run-failure.tsx'
import { useAppInfo } from '../store/app-info.ts'
import { usePreferences } from '../store/preferences.ts'
import { errorOf, errorWords } from '../store/run-error.ts'
import { AboutDialog } from './about.tsx'
import { RemoveState } from './settings-remove.tsx'
import { Renewal } from './settings-renewal.tsx'
import { Uninstall } from './settings-uninstall.tsx'
import css from './settings.module.css'

/** The window's own settings; each counts at once. */
export function SettingsDialog({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const [about, setAbout] = useState(false)
  return (
    <>
      <Modal
        opened={opened && !about}
        onClose={onClose}
        title={i18next.t('settings:title')}
        lockScroll={false}
        closeButtonProps={{ 'aria-label': i18next.t('settings:close') }}
        size="lg"
      >
        <Settings toAbout={() => setAbout(true)} />
      </Modal>
      <AboutDialog opened={about} onClose={() => setAbout(false)} />
    </>
  )
}

function Settings({ toAbout }: { toAbout(): void }) {
  const { preferences, change } = usePreferences()
  const [error, setError] = useState<AppError | null>(null)
  const save = (part: Partial<Preferences>) =>
    change(part).then(
      () => setError(null),
      (thrown: unknown) => setError(errorOf(thrown)),
    )
  return (
    <div className={css.body}>
      {error !== null && <Failure error={error} />}
      <Choice
        label={i18next.t('settings:language')}
        value={preferences.language}
        data={[
          { value: 'auto', label: i18next.t('settings:auto') },
          { value: 'zh-CN', label: '中文' },
          { value: 'en', label: 'English' },
        ]}
        choose={(language) => void save({ language })}
      />
      <Choice
        label={i18next.t('settings:theme')}
        value={preferences.theme}
        data={(['auto', 'light', 'dark'] as const).map((value) => ({
          value,
          label: i18next.t(value === 'auto' ? 'settings:auto' : `wizard:tools.themes.${value}`),
        }))}
        choose={(theme) => void save({ theme })}
      />
      <Catalogue stored={preferences.catalogue} save={(catalogue) => change({ catalogue })} />
      <Renewal stored={preferences.catalogueUrl} save={(catalogueUrl) => save({ catalogueUrl })} />
      <State />
      <Uninstall />
      <RemoveState />
      <div>
        <Button variant="subtle" onClick={toAbout}>
          {i18next.t('wizard:tools.about')}
        </Button>
      </div>
    </div>
  )
}

type ChoiceProps<T extends string> = {
  label: string
  value: T
  data: readonly { value: T; label: string }[]
  choose(value: T): void
}

function Choice<T extends string>({ label, value, data, choose }: ChoiceProps<T>) {
  const id = useId()
  return (
    <div className={css.state}>
      <h3 id={id}>{label}</h3>
      <SegmentedControl
        aria-labelledby={id}
        value={value}
        data={[...data]}
        onChange={(next: string) => {
          const known = data.find((one) => one.value === next)
          if (known) choose(known.value)
        }}
      />
    </div>
  )
}

/** Another catalogue file. Kept when one leaves the field or presses Enter; one that cannot be used is not. */
function Catalogue({ stored, save }: { stored: string | null; save(path: string | null): Promise<void> }) {
  // null: as it is kept, which the button below may remove.
  const [text, setText] = useState<string | null>(null)
  const [outcome, setOutcome] = useState<'kept' | AppError | null>(null)
  const shown = text ?? stored ?? ''
  const wanted = shown.trim() === '' ? null : shown.trim()
  const keep = () => {
    if (wanted === stored) return
    save(wanted).then(
      () => {
        setText((now) => (now === text ? null : now))
        setOutcome('kept')
      },
      (thrown: unknown) => setOutcome(errorOf(thrown)),
    )
  }
  return (
    <TextInput
      label={i18next.t('settings:catalogue')}
      description={i18next.t(outcome === 'kept' ? 'settings:catalogueKept' : 'settings:catalogueWhat')}
      error={outcome === null || outcome === 'kept' ? null : Object.values(errorWords(outcome)).join(' ')}
      placeholder={i18next.t('settings:catalogueOwn')}
      maxLength={4096}
      spellCheck={false}
      value={shown}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value)
        setOutcome(null)
      }}
      onBlur={keep}
      onKeyDown={({ key, nativeEvent }) => {
        if (key === 'Enter' && !nativeEvent.isComposing) keep()
      }}
    />
  )
}

function State() {
  const { info, problem, load } = useAppInfo()
  useEffect(() => void load(), [load])
  return (
    <div className={css.state}>
      <h3>{i18next.t('settings:state')}</h3>
      {problem !== null && (
        <Failure error={problem}>
          <Button variant="default" onClick={() => void load()}>
            {i18next.t('run:retry')}
          </Button>
        </Failure>
      )}
      <div className={css.path}>
        <span className="mono">{info?.state ?? '…'}</span>
        {info !== null && <CopyButton text={info.state} what={i18next.t('done:thePath')} />}
      </div>
      <p className="faint">{i18next.t('settings:stateWhat')}</p>
    </div>
  )
}
