import { Button, Textarea } from '@mantine/core'
import i18next from 'i18next'
import { useRef, useState } from 'react'
import type { Seat } from '../../electron/contract/classroom.ts'
import { Sentence } from '../components/sentence.tsx'
import { takeList } from '../store/classroom-drop.ts'
import { listText } from '../store/classroom-list-text.ts'
import { seatsOf, useClassroom } from '../store/classroom.ts'
import css from './classroom.module.css'

const say = (key: string, values: Record<string, string | number> = {}) =>
  i18next.t(`classroom:page.list.${key}`, values)

/** Rows that are drawn at first. */
const FIRST = 12

/** The list of seats: typed, pasted or dropped, and what was understood of it. */
export function SeatListPart() {
  const { text, list, room, refused, write } = useClassroom()
  const seats = seatsOf({ text, list, room })
  const typing = text !== null || seats.length === 0
  return (
    <section className={css.section}>
      <h3>{say('title')}</h3>
      {typing && (
        <Textarea
          label={say('label')}
          description={<Sentence text={say('what')} />}
          placeholder={say('placeholder')}
          classNames={{ input: css.list ?? '', description: css.what ?? '' }}
          rows={6}
          spellCheck={false}
          maxLength={200_000}
          value={text ?? ''}
          onChange={({ currentTarget }) => write(currentTarget.value)}
        />
      )}
      <div className={css.actions}>
        {!typing && (
          <Button variant="default" size="compact-md" onClick={() => write(listText(seats))}>
            {say('edit')}
          </Button>
        )}
        <FileButton />
        {text !== null && (room?.seats.length ?? 0) > 0 && (
          <Button variant="subtle" size="compact-md" onClick={() => write(null)}>
            {say('undo')}
          </Button>
        )}
      </div>
      {refused !== null && (
        <p className={css.wrong} role="alert">
          {say(refused.why, { name: refused.name })}
        </p>
      )}
      <Problems />
      {seats.length > 0 && <SeatTable seats={seats} />}
    </section>
  )
}

/** The system's own dialog; the page gets the file's text and never its path. */
function FileButton() {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept=".csv,.tsv,.txt"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? []
          currentTarget.value = ''
          if (file !== undefined) void takeList(file)
        }}
      />
      <Button variant="default" size="compact-md" onClick={() => input.current?.click()}>
        {say('file')}
      </Button>
    </>
  )
}

function Problems() {
  const { text, list } = useClassroom()
  const problems = text === null ? [] : (list?.problems ?? [])
  if (problems.length === 0) return null
  return (
    <div className={css.problems} role="status">
      <p>
        <span aria-hidden="true">! </span>
        {say('problems', { count: problems.length })}
      </p>
      <ul>
        {problems.map(({ line, note }, index) => (
          <li key={`${line}-${index}`}>
            <strong>{say('line', { line })}</strong> {i18next.t(note.key, note.values ?? {})}
          </li>
        ))}
      </ul>
    </div>
  )
}

function SeatTable({ seats }: { seats: readonly Seat[] }) {
  const [all, setAll] = useState(false)
  const shown = all ? seats : seats.slice(0, FIRST)
  return (
    <div>
      <p className="faint">{say('read', { count: seats.length })}</p>
      <div className={css.tableScroll} tabIndex={0} role="group" aria-label={say('table')}>
        <table className={css.table}>
          <thead>
            <tr>
              {(['number', 'name', 'address', 'user', 'system'] as const).map((column) => (
                <th key={column} scope="col">
                  {say(`column.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ name, address, port, user, system }, index) => (
              <tr key={name}>
                <td className="faint">{index + 1}</td>
                <th scope="row">{name}</th>
                <td className="mono">{port === undefined ? address : `${address}:${port}`}</td>
                <td>{user ?? <span className="faint">{say('ownUser')}</span>}</td>
                <td>{{ linux: 'Linux', windows: 'Windows' }[system]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < seats.length && (
        <Button variant="subtle" size="compact-md" onClick={() => setAll(true)}>
          {say('more', { count: seats.length })}
        </Button>
      )}
    </div>
  )
}
