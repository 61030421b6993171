import { Button, NativeSelect, Skeleton, TextInput } from '@mantine/core'
import i18next from 'i18next'
import { useState } from 'react'
import { spellHidden } from '../../electron/contract/hidden.ts'
import { type WhyAnswer, type WhyContext, type WhyLayer, whyNameSchema } from '../../electron/contract/why.ts'
import { useCheckUp } from '../store/check-up.ts'
import { firstContext, isSet, useWhy } from '../store/why.ts'
import { FindingList } from './finding-list.tsx'
import { Failure } from './run-failure.tsx'
import css from './why.module.css'
import { WhyLayers } from './why-layers.tsx'
import { WhyRemoval } from './why-removal.tsx'

/** Where values come from: each variable that somebody sets, and any other that is asked for. */
export function WhyPart() {
  const { all, look } = useWhy()
  return (
    <details
      className={`fold ${css.part ?? ''}`}
      onToggle={({ currentTarget }) => {
        if (currentTarget.open && all.step === 'idle') void look()
      }}
    >
      <summary>{i18next.t('why:title')}</summary>
      <div className="fold-body">
        <p className="faint">{i18next.t('why:intro')}</p>
        <WhyList />
        <WhyRemoval />
      </div>
    </details>
  )
}

function WhyList() {
  const { all, look, details } = useWhy()
  if (all.step === 'failed')
    return (
      <Failure error={all.error}>
        <Button variant="default" onClick={() => void look()}>
          {i18next.t('why:again')}
        </Button>
      </Failure>
    )
  if (all.step !== 'seen')
    return (
      <div aria-busy="true">
        <Skeleton height={40} mb={8} />
        <Skeleton height={40} />
      </div>
    )
  const set = all.seen.filter(isSet)
  const rest = all.seen.filter((one) => !isSet(one)).map(({ name }) => name)
  const asked = Object.keys(details).filter((name) => !all.seen.some((one) => one.name === name))
  return (
    <>
      {set.length === 0 && <p>{i18next.t('why:none')}</p>}
      <ul className={css.list} aria-label={i18next.t('why:list')}>
        {set.map((answer) => (
          <Variable key={answer.name} name={answer.name} answer={answer} />
        ))}
        {asked.map((name) => (
          <Variable key={name} name={name} answer={null} />
        ))}
      </ul>
      {rest.length > 0 && (
        <p className="faint">
          {i18next.t('why:rest', { count: rest.length })} <span className="mono">{rest.join(' ')}</span>
        </p>
      )}
      <Other />
    </>
  )
}

/** A variable of any name. */
function Other() {
  const open = useWhy((why) => why.open)
  const [name, setName] = useState('')
  const good = whyNameSchema.safeParse(name.trim()).success
  return (
    <form
      className={css.other}
      onSubmit={(event) => {
        event.preventDefault()
        if (!good) return
        void open(name.trim())
        setName('')
      }}
    >
      <TextInput
        label={i18next.t('why:other')}
        placeholder="GODEBUG"
        spellCheck={false}
        maxLength={128}
        value={name}
        error={name.trim() === '' || good ? null : i18next.t('why:badName')}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={!good}>
        {i18next.t('why:look')}
      </Button>
    </form>
  )
}

const shellOf = (shells: readonly { id: string; login: boolean }[]): string | null =>
  shells.find(({ login }) => login)?.id ?? null

function Variable({ name, answer }: { name: string; answer: WhyAnswer | null }) {
  const { details, open } = useWhy()
  const shell = useCheckUp(({ checkUp }) => (checkUp.step === 'seen' ? shellOf(checkUp.machine.shells) : null))
  const looked = details[name]
  const shown = looked?.step === 'seen' ? looked.seen : answer
  const context = shown === null ? null : firstContext(shown.contexts, shell)
  return (
    <li>
      <details
        open={answer === null}
        onToggle={({ currentTarget }) => {
          if (currentTarget.open && looked === undefined) void open(name)
        }}
      >
        <summary className={css.summary}>
          <span className={`mono ${css.name ?? ''}`}>{name}</span>
          <span className={css.value}>
            {context !== null && <ValueText context={context} />}
            {shown !== null && context !== null && (
              <From layer={shown.layers.find(({ id }) => id === context.winner) ?? null} />
            )}
          </span>
        </summary>
        {looked?.step === 'failed' && <Failure error={looked.error} />}
        {looked?.step === 'looking' && <Skeleton height={72} />}
        {looked?.step === 'seen' && <Answer answer={looked.seen} shell={shell} />}
      </details>
    </li>
  )
}

export function ValueText({ context: { value, how } }: { context: WhyContext }) {
  if (value === null) return <span className="faint">{i18next.t(how === 'open' ? 'why:unknown' : 'why:notSet')}</span>
  return <span className="mono">{value === '' ? i18next.t('why:empty') : spellHidden(value)}</span>
}

function From({ layer }: { layer: WhyLayer | null }) {
  return layer === null ? null : <span className="faint"> · {i18next.t(`why:kind.${layer.kind}`)}</span>
}

const contextName = ({ kind, shell, start }: WhyContext): string =>
  i18next.t(`why:context.${kind === 'shell' ? (start ?? 'login') : kind}`, { shell })

function Answer({ answer, shell }: { answer: WhyAnswer; shell: string | null }) {
  const [chosen, choose] = useState<string | null>(null)
  const { contexts, findings, programs, name } = answer
  const context = contexts.find(({ id }) => id === chosen) ?? firstContext(contexts, shell)
  if (context === null) return null
  return (
    <div className={css.answer}>
      {contexts.length > 1 && (
        <NativeSelect
          label={i18next.t('why:for')}
          value={context.id}
          data={contexts.map((one) => ({ value: one.id, label: contextName(one) }))}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
        />
      )}
      <p role="status">
        <ValueText context={context} />{' '}
        <span className="faint">{i18next.t('why:inBrackets', { text: i18next.t(`why:how.${context.how}`) })}</span>
      </p>
      <WhyLayers name={name} context={context} layers={answer.layers} />
      {programs.length > 0 && (
        <>
          <h3>{i18next.t('why:program')}</h3>
          <ol className={css.programs}>
            {programs.map(({ path, version, root }) => (
              <li key={path}>
                <span className="mono">{path}</span> {version} <span className="faint mono">GOROOT={root}</span>
              </li>
            ))}
          </ol>
        </>
      )}
      {findings.length > 0 && (
        <FindingList
          rows={findings.map(({ id, severity, note }, index) => ({
            id: `${id}-${index}`,
            sign: severity,
            text: i18next.t(note.key, note.values ?? {}),
          }))}
        />
      )}
    </div>
  )
}
