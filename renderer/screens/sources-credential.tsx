import { Button, Modal, NativeSelect, PasswordInput, TextInput } from '@mantine/core'
import i18next from 'i18next'
import { useEffect, useRef } from 'react'
import type { CredentialTrial } from '../../electron/contract/credential.ts'
import { ChangeList } from '../components/change-list.tsx'
import { Fold } from '../components/fold.tsx'
import { Failure } from '../components/run-failure.tsx'
import {
  asCredentialTarget,
  CREDENTIAL_TARGETS,
  credentialReason,
  type CredentialStep,
  useCredential,
} from '../store/credential.ts'
import css from './sources.module.css'

/** A private address that wants a name and a password: tried, planned, shown, written into the tool's own store. */
export function PrivateAddress() {
  const { state, forget } = useCredential()
  // Nothing of it outlives the page.
  useEffect(() => forget, [forget])
  return (
    <Fold summary={i18next.t('sources:login.title')}>
      <p className="faint">{i18next.t('sources:login.why')}</p>
      {state.step === 'done' ? <Written state={state} /> : <Fields />}
      <PlanDialog />
    </Fold>
  )
}

function Fields() {
  const { fields, state, change, tryIt, plan } = useCredential()
  const busy = state.step === 'form' ? state.busy : null
  const { url, ready } = credentialReason(fields)
  const npm = fields.target === 'npm'
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (ready && busy === null) void tryIt()
      }}
    >
      <NativeSelect
        label={i18next.t('sources:login.target')}
        value={fields.target}
        data={CREDENTIAL_TARGETS.map((target) => ({ value: target, label: i18next.t(`sources:target.${target}`) }))}
        onChange={({ currentTarget }) => {
          const target = asCredentialTarget(currentTarget.value)
          if (target !== null) change({ target })
        }}
      />
      <TextInput
        className={css.wide ?? ''}
        label={i18next.t('sources:login.url')}
        placeholder={i18next.t(`sources:ownExample.${fields.target}`)}
        spellCheck={false}
        maxLength={2048}
        value={fields.url}
        error={fields.url === '' || url === null ? null : i18next.t(`grammar:${url}`)}
        onChange={({ currentTarget }) => change({ url: currentTarget.value })}
      />
      {!npm && (
        <TextInput
          label={i18next.t('sources:login.name')}
          autoComplete="off"
          spellCheck={false}
          maxLength={4096}
          value={fields.login}
          onChange={({ currentTarget }) => change({ login: currentTarget.value })}
        />
      )}
      <PasswordInput
        label={i18next.t(npm ? 'sources:login.token' : 'sources:login.secret')}
        autoComplete="off"
        maxLength={4096}
        value={fields.secret}
        visibilityToggleButtonProps={{ 'aria-label': i18next.t('sources:login.show') }}
        onChange={({ currentTarget }) => change({ secret: currentTarget.value })}
      />
      <div className="target-buttons">
        <Button type="submit" variant="default" disabled={!ready || busy !== null}>
          {i18next.t(busy === 'trying' ? 'sources:login.trying' : 'sources:login.try')}
        </Button>
        <Button disabled={!ready || busy !== null} onClick={() => void plan()}>
          {i18next.t('sources:login.plan')}
        </Button>
      </div>
      <div className={css.wide} role="status">
        {state.step === 'form' && state.trial !== null && <Trial trial={state.trial} />}
      </div>
      {state.step === 'form' && state.error !== null && (
        <div className={css.wide}>
          <Failure error={state.error} />
        </div>
      )}
    </form>
  )
}

const SIGNS: Readonly<Record<CredentialTrial['state'], { sign: string; tone: 'ok' | 'warning' | 'error' }>> = {
  accepted: { sign: '✓', tone: 'ok' },
  'not-asked': { sign: '!', tone: 'warning' },
  refused: { sign: '✕', tone: 'error' },
  unreachable: { sign: '✕', tone: 'error' },
}

function Trial({ trial: { state, cause } }: { trial: CredentialTrial }) {
  const { sign, tone } = SIGNS[state]
  return (
    <>
      <p className={css.trial} data-tone={tone}>
        <span aria-hidden="true">{sign} </span>
        {i18next.t(`sources:login.said.${state}`)}
      </p>
      {cause !== null && <p className="mono faint">{cause}</p>}
    </>
  )
}

/** What would be written, before it is; the password itself stands nowhere. */
function PlanDialog() {
  const { state, apply, back } = useCredential()
  const shown = state.step === 'shown' || state.step === 'writing' ? state : null
  const busy = state.step === 'writing'
  return (
    <Modal
      opened={shown !== null}
      onClose={() => {
        if (!busy) back()
      }}
      title={i18next.t('sources:login.dialog')}
      closeButtonProps={{ 'aria-label': i18next.t('sources:login.back') }}
      lockScroll={false}
      size="xl"
    >
      {shown !== null && (
        <div className={css.dialog}>
          {shown.plan.choices.map(({ key, values }) => (
            <p key={key}>{i18next.t(key, values ?? {})}</p>
          ))}
          <ChangeList changes={shown.plan.changes} />
          <div className="target-buttons">
            <Button loading={busy} onClick={() => void apply()}>
              {i18next.t('sources:login.write')}
            </Button>
            <Button variant="default" disabled={busy} onClick={back}>
              {i18next.t('sources:login.back')}
            </Button>
          </div>
        </div>
      )}
    </Modal>
  )
}

function Written({ state }: { state: Extract<CredentialStep, { step: 'done' }> }) {
  const { forget, undo } = useCredential()
  const words = useRef<HTMLParagraphElement>(null)
  const given = state.undo.step === 'done'
  useEffect(() => words.current?.focus(), [given])
  const text = given ? 'sources:login.undone' : state.run === null ? 'sources:login.same' : 'sources:login.written'
  return (
    <>
      <p ref={words} tabIndex={-1} className={css.trial} data-tone="ok">
        <span aria-hidden="true">✓ </span>
        {i18next.t(text)}
      </p>
      {state.undo.step === 'failed' && <Failure error={state.undo.error} />}
      <div className="target-buttons">
        {state.run !== null && !given && (
          <Button
            variant="default"
            size="compact-md"
            loading={state.undo.step === 'running'}
            onClick={() => void undo()}
          >
            {i18next.t('sources:login.undo')}
          </Button>
        )}
        <Button variant="default" size="compact-md" onClick={forget}>
          {i18next.t('sources:login.another')}
        </Button>
      </div>
    </>
  )
}
