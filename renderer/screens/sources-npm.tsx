import { ActionIcon, Button, TextInput } from '@mantine/core'
import i18next from 'i18next'
import { CrossIcon } from '../components/icons.tsx'
import { LockedNote, useLock } from '../components/locked.tsx'
import { useProject } from '../store/project.ts'
import { useSourcesEdit } from '../store/sources-edit.ts'
import { newScope, type ScopeRow, scopeReason } from '../store/sources-value.ts'

/** What only npm has: registries per scope, and a project's own file. */
export function NpmMore() {
  return (
    <>
      <Scopes />
      <ProjectFolder />
    </>
  )
}

function Scopes() {
  const { scopes, changeScopes } = useSourcesEdit()
  const { locked } = useLock('sources.npm.scopes')
  // Said once above, where all of npm is.
  const { locked: whole } = useLock('sources.npm')
  return (
    <section className="target-more" aria-label={i18next.t('sources:scopes.title')}>
      <h3>{i18next.t('sources:scopes.title')}</h3>
      <p className="faint">{i18next.t('sources:scopes.why')}</p>
      {scopes.map((row) => (
        <ScopeFields
          key={row.id}
          row={row}
          rows={scopes}
          locked={locked}
          change={(change) => changeScopes(scopes.map((one) => (one === row ? { ...one, ...change } : one)))}
          remove={() => changeScopes(scopes.filter((one) => one !== row))}
        />
      ))}
      {!locked && (
        <Button variant="default" size="compact-md" onClick={() => changeScopes([...scopes, newScope()])}>
          {i18next.t('sources:scopes.add')}
        </Button>
      )}
      {!whole && <LockedNote field="sources.npm.scopes" />}
    </section>
  )
}

type FieldsProps = {
  row: ScopeRow
  rows: readonly ScopeRow[]
  locked: boolean
  change(change: Partial<ScopeRow>): void
  remove(): void
}

function ScopeFields({ row, rows, locked, change, remove }: FieldsProps) {
  const wrong = scopeReason(row, rows)
  // Somebody who has typed nothing yet has done nothing wrong.
  const shown = wrong?.reason === 'empty' ? null : wrong
  const label = i18next.t('sources:scopes.remove', { scope: row.scope })
  const text = (field: 'scope' | 'url') =>
    shown?.field !== field
      ? null
      : field === 'scope' && shown.reason === 'bad-pattern'
        ? i18next.t('sources:scopes.bad')
        : i18next.t(`grammar:${shown.reason}`)
  return (
    <div className="env-row">
      <TextInput
        className="env-name"
        aria-label={i18next.t('sources:scopes.scope')}
        placeholder="@mycompany"
        spellCheck={false}
        disabled={locked}
        value={row.scope}
        error={text('scope')}
        onChange={({ currentTarget }) => change({ scope: currentTarget.value })}
      />
      <TextInput
        className="env-value"
        aria-label={i18next.t('sources:scopes.url', { scope: row.scope })}
        placeholder={i18next.t('sources:ownExample.npm')}
        spellCheck={false}
        disabled={locked}
        value={row.url}
        error={text('url')}
        onChange={({ currentTarget }) => change({ url: currentTarget.value })}
      />
      <ActionIcon variant="subtle" size={36} disabled={locked} aria-label={label} title={label} onClick={remove}>
        <CrossIcon />
      </ActionIcon>
    </div>
  )
}

function ProjectFolder() {
  const { project, choose, forget } = useProject()
  return (
    <section className="target-more" aria-label={i18next.t('sources:project.title')}>
      <h3>{i18next.t('sources:project.title')}</h3>
      <p className="faint">{i18next.t(project === null ? 'sources:project.user' : 'sources:project.chosen')}</p>
      {project !== null && <p className="mono">{project.folder}</p>}
      <div className="target-buttons">
        <Button variant="default" size="compact-md" onClick={() => void choose()}>
          {i18next.t('sources:project.choose')}
        </Button>
        {project !== null && (
          <Button variant="default" size="compact-md" onClick={forget}>
            {i18next.t('sources:project.forget')}
          </Button>
        )}
      </div>
    </section>
  )
}
