import { ActionIcon, Button, TextInput } from '@mantine/core'
import i18next from 'i18next'
import { CrossIcon } from '../components/icons.tsx'
import { LockedNote, useLock } from '../components/locked.tsx'
import { newRow, type Row, type RowProblem, rowProblem, useEnvironment } from '../store/environment.ts'
import { isLocked, useWizard } from '../store/wizard.ts'

/** Variables of one's own, checked while they are typed. */
export function OwnVariables() {
  const { rows, changeRows } = useEnvironment()
  const { locked } = useLock('env.set')
  const closed = useWizard((wizard) => wizard.opened?.locked) ?? []
  return (
    <section className="env-part" aria-label={i18next.t('environment:own')}>
      <h2>{i18next.t('environment:own')}</h2>
      <p className="env-why faint">{i18next.t('environment:ownWhy')}</p>
      {rows.map((row) => (
        <VariableRow
          key={row.id}
          row={row}
          rows={rows}
          locked={locked || (row.name !== '' && isLocked(closed, `env.set.${row.name}`))}
          lockedBy={locked ? null : `env.set.${row.name}`}
          change={(change) => changeRows(rows.map((one) => (one === row ? { ...one, ...change } : one)))}
          remove={() => changeRows(rows.filter((one) => one !== row))}
        />
      ))}
      {!locked && (
        <Button variant="default" size="compact-md" onClick={() => changeRows([...rows, newRow()])}>
          {i18next.t('environment:addVariable')}
        </Button>
      )}
      <LockedNote field="env.set" />
    </section>
  )
}

type Props = {
  row: Row
  rows: readonly Row[]
  locked: boolean
  /** The field of its own that may be locked; null where all of them are. */
  lockedBy: string | null
  change(change: Partial<Row>): void
  remove(): void
}

function VariableRow({ row, rows, locked, lockedBy, change, remove }: Props) {
  const profile = useWizard((wizard) => wizard.profile)
  const problem = rowProblem(row, rows, profile)
  // Somebody who has typed nothing yet has done nothing wrong.
  const shown = row.name === '' && problem?.reason === 'empty' ? null : problem
  const label = i18next.t('environment:removeVariable', { name: row.name })
  return (
    <div className="env-row">
      <TextInput
        className="env-name"
        aria-label={i18next.t('environment:name')}
        placeholder={i18next.t('environment:name')}
        spellCheck={false}
        disabled={locked}
        value={row.name}
        error={shown?.field === 'name' ? problemText(shown) : null}
        onChange={({ currentTarget }) => change({ name: currentTarget.value })}
      />
      <TextInput
        className="env-value"
        aria-label={i18next.t('environment:value', { name: row.name })}
        placeholder={i18next.t('environment:valueHint')}
        spellCheck={false}
        disabled={locked}
        value={row.value}
        error={shown?.field === 'value' ? problemText(shown) : null}
        onChange={({ currentTarget }) => change({ value: currentTarget.value })}
      />
      <ActionIcon variant="subtle" size={36} disabled={locked} aria-label={label} title={label} onClick={remove}>
        <CrossIcon />
      </ActionIcon>
      {lockedBy !== null && <LockedNote field={lockedBy} />}
    </div>
  )
}

const problemText = ({ reason }: RowProblem): string =>
  i18next.t(reason === 'in-sources' ? 'environment:inSources' : `grammar:${reason}`)
