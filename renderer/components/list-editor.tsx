import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core'
import i18next from 'i18next'
import type { Reason } from '../../electron/contract/grammar.ts'
import type { Entry } from '../store/sources-value.ts'
import { CrossIcon, DownIcon, UpIcon } from './icons.tsx'

type Props = {
  entries: readonly Entry[]
  /** An address that is being typed; kept by the page's store, so that it outlives a look at another page. */
  text: string
  setText(text: string): void
  change(entries: readonly Entry[]): void
  /** Whether `,` and `|` can be chosen between the entries. */
  separators: boolean
  suggestions: readonly { value: string; label: string }[]
  check(value: string): Reason | null
  disabled: boolean
}

/** Several sources in an order: move, remove, add a known one or an address. */
export function ListEditor({ entries, text, setText, change, separators, suggestions, check, disabled }: Props) {
  const typed = text.trim()
  const reason = typed === '' ? null : check(typed)
  const add = (value: string) => {
    if (value !== '' && !entries.some((entry) => entry.value === value)) change([...entries, { value, separator: '|' }])
  }
  const swap = (at: number, by: 1 | -1) => {
    const moved = [...entries]
    const [entry] = moved.splice(at, 1)
    if (entry) moved.splice(at + by, 0, entry)
    change(moved)
  }
  const put = (at: number, separator: Entry['separator']) =>
    change(entries.map((entry, index) => (index === at ? { ...entry, separator } : entry)))
  const left = suggestions.filter(({ value }) => !entries.some((entry) => entry.value === value))
  return (
    <div className="list-editor">
      <ol>
        {entries.map((entry, at) => (
          <li key={entry.value}>
            <span className="list-number">{at + 1}</span>
            <span className="list-value mono">{entry.value}</span>
            {separators && at < entries.length - 1 && (
              <NativeSelect
                size="xs"
                disabled={disabled}
                aria-label={i18next.t('sources:list.separator', { value: entry.value })}
                value={entry.separator}
                onChange={({ currentTarget }) => put(at, currentTarget.value === ',' ? ',' : '|')}
                data={[
                  { value: '|', label: i18next.t('sources:list.any') },
                  { value: ',', label: i18next.t('sources:list.missing') },
                ]}
              />
            )}
            <Tool name="up" value={entry.value} off={disabled || at === 0} act={() => swap(at, -1)} />
            <Tool name="down" value={entry.value} off={disabled || at === entries.length - 1} act={() => swap(at, 1)} />
            <Tool
              name="remove"
              value={entry.value}
              off={disabled}
              act={() => change(entries.filter((one) => one !== entry))}
            />
          </li>
        ))}
      </ol>
      <div className="list-add">
        <NativeSelect
          size="sm"
          disabled={disabled || left.length === 0}
          aria-label={i18next.t('sources:list.addKnown')}
          value=""
          onChange={({ currentTarget }) => add(currentTarget.value)}
          data={[{ value: '', label: i18next.t('sources:list.addKnown') }, ...left]}
        />
        <TextInput
          size="sm"
          className="list-own"
          disabled={disabled}
          aria-label={i18next.t('sources:list.ownAddress')}
          placeholder="https://"
          spellCheck={false}
          value={text}
          error={reason === null ? null : i18next.t(`grammar:${reason}`)}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <Button
          variant="default"
          disabled={disabled || typed === '' || reason !== null}
          onClick={() => {
            add(typed)
            setText('')
          }}
        >
          {i18next.t('sources:list.add')}
        </Button>
      </div>
    </div>
  )
}

const ICONS = { up: UpIcon, down: DownIcon, remove: CrossIcon }

type ToolProps = { name: keyof typeof ICONS; value: string; off: boolean; act: () => void }

function Tool({ name, value, off, act }: ToolProps) {
  const Icon = ICONS[name]
  const label = i18next.t(`sources:list.${name}`, { value })
  return (
    <ActionIcon variant="subtle" disabled={off} aria-label={label} title={label} onClick={act}>
      <Icon />
    </ActionIcon>
  )
}
