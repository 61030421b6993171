import i18next from 'i18next'
import { type KeyboardEvent, useRef } from 'react'
import type { ClassroomOptions, SeatView } from '../../electron/contract/classroom.ts'
import { nextTile } from '../store/classroom-keys.ts'
import { countsOf, isTrouble } from '../store/classroom-seats.ts'
import { useRoomRun } from '../store/classroom-run.ts'
import { groupsOf } from '../store/classroom-waves.ts'
import { reasonText, SEAT_SIGNS, stateWord } from './classroom-words.ts'
import css from './classroom.module.css'

const say = (key: string, values: Record<string, string | number> = {}) =>
  i18next.t(`classroom:page.map.${key}`, values)

/** Seats by state; a press shows only those. */
export function SeatCounts({ seats }: { seats: readonly SeatView[] }) {
  const { filter, sift } = useRoomRun()
  return (
    <div className={css.counts} role="group" aria-label={say('counts')}>
      <button type="button" className={css.count} aria-pressed={filter === null} onClick={() => sift(null)}>
        {say('all', { count: seats.length })}
      </button>
      {countsOf(seats).map(({ state, count }) => (
        <button
          key={state}
          type="button"
          className={css.count}
          data-state={state}
          aria-pressed={filter === state}
          onClick={() => sift(state)}
        >
          <span className={css.sign} aria-hidden="true">
            {SEAT_SIGNS[state]}
          </span>
          {stateWord(state)} <strong>{count}</strong>
        </button>
      ))}
    </div>
  )
}

/** Every seat as a tile, wave by wave, in the order of the list. One of them takes the Tab key, the arrows walk. */
export function SeatMap({ seats, waves }: { seats: readonly SeatView[]; waves: ClassroomOptions['waves'] }) {
  const { filter, chosen, choose } = useRoomRun()
  const list = useRef<HTMLDivElement>(null)
  const groups = groupsOf(seats, waves)
    .map(({ wave, seats: all }) => ({
      wave,
      seats: filter === null ? all : all.filter(({ state }) => state === filter),
    }))
    .filter((group) => group.seats.length > 0)
  const shown = groups.flatMap((group) => group.seats)
  const current = shown.find(({ seat }) => seat.name === chosen) ?? shown[0]
  const onKeyDown = (event: KeyboardEvent) => {
    const tiles = [...(list.current?.querySelectorAll<HTMLElement>('[role="option"]') ?? [])]
    const at = tiles.findIndex((tile) => tile === document.activeElement)
    const to = nextTile(
      event.key,
      at,
      tiles.map((tile) => tile.getBoundingClientRect()),
    )
    const tile = to === null ? undefined : tiles[to]
    if (tile === undefined) return
    event.preventDefault()
    choose(tile.dataset['name'] ?? null)
    tile.focus()
  }
  return (
    <div className={css.map}>
      {shown.length === 0 && <p className="faint">{say('empty')}</p>}
      <div ref={list} role="listbox" aria-label={say('name')} onKeyDown={onKeyDown}>
        {groups.map(({ wave, seats: some }) => (
          <div key={wave} className={css.wave} role="group" aria-label={waveName(wave, some.length)}>
            <p className={css.waveName} aria-hidden="true">
              <strong>{say('wave', { wave })}</strong>
              <span>{say('seats', { count: some.length })}</span>
            </p>
            <div className={css.tiles} role="presentation">
              {some.map((view) => (
                <Tile key={view.seat.name} view={view} current={view === current} />
              ))}
            </div>
          </div>
        ))}
      </div>
      <p className={`${css.hint ?? ''} faint`}>{say('hint')}</p>
    </div>
  )
}

const waveName = (wave: number, count: number): string => say('waveOf', { wave, count })

function Tile({ view, current }: { view: SeatView; current: boolean }) {
  const { chosen, choose } = useRoomRun()
  const { seat, state } = view
  const reason = isTrouble(view) ? reasonText(view) : ''
  return (
    <button
      type="button"
      role="option"
      className={css.tile}
      data-name={seat.name}
      data-state={state}
      aria-selected={chosen === seat.name}
      tabIndex={current ? 0 : -1}
      title={reason === '' ? stateWord(state) : `${stateWord(state)}: ${reason}`}
      onClick={() => choose(seat.name)}
    >
      <span className={css.tileName}>{seat.name}</span>
      <span className={css.tileState}>
        <span className={css.sign} aria-hidden="true">
          {SEAT_SIGNS[state]}
        </span>
        {stateWord(state)}
      </span>
    </button>
  )
}
