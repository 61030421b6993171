import i18next from 'i18next'
import { type KeyboardEvent, useEffect, useId, useRef } from 'react'
import { addRoomTexts } from '../i18n/room-texts.ts'
import { takeForRoom } from '../store/classroom-drop.ts'
import { ROOM_TABS, type RoomTab, useClassroom } from '../store/classroom.ts'
import { useDrop } from '../store/drop.ts'
import { useLanguage } from '../store/language.ts'
import { ClassroomKit } from './classroom-kit.tsx'
import { ClassroomSeats } from './classroom-seats.tsx'
import { ClassroomSetUp } from './classroom-set-up.tsx'
import css from './classroom.module.css'

addRoomTexts()

const PARTS = { 'set-up': ClassroomSetUp, seats: ClassroomSeats, kit: ClassroomKit }

/** Forty seats: what they get, how they stand, and the kit for a room without internet. */
export function Classroom() {
  useLanguage((store) => store.language)
  const id = useId()
  const { tab, turnTo } = useClassroom()
  useEffect(() => {
    useDrop.setState({ taker: takeForRoom })
    return () => useDrop.setState({ taker: null })
  }, [])
  const Part = PARTS[tab]
  return (
    <>
      <Tabs id={id} tab={tab} turnTo={turnTo} />
      <section className={css.part} role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${tab}`}>
        <Part />
      </section>
    </>
  )
}

function Tabs({ id, tab, turnTo }: { id: string; tab: RoomTab; turnTo(tab: RoomTab): void }) {
  const buttons = useRef(new Map<RoomTab, HTMLButtonElement | null>())
  const onKeyDown = (event: KeyboardEvent) => {
    const at = ROOM_TABS.indexOf(tab)
    const last = ROOM_TABS.length - 1
    const to = { ArrowLeft: at === 0 ? last : at - 1, ArrowRight: at === last ? 0 : at + 1, Home: 0, End: last }[
      event.key
    ]
    const next = to === undefined ? undefined : ROOM_TABS[to]
    if (next === undefined) return
    event.preventDefault()
    turnTo(next)
    buttons.current.get(next)?.focus()
  }
  return (
    <div className={css.tabs} role="tablist" aria-label={i18next.t('classroom:page.tabs.name')} onKeyDown={onKeyDown}>
      {ROOM_TABS.map((one) => (
        <button
          key={one}
          ref={(element) => {
            buttons.current.set(one, element)
          }}
          type="button"
          role="tab"
          id={`${id}-${one}`}
          className={css.tab}
          aria-selected={one === tab}
          aria-controls={`${id}-panel`}
          tabIndex={one === tab ? 0 : -1}
          onClick={() => turnTo(one)}
        >
          {i18next.t(`classroom:page.tabs.${one}`)}
        </button>
      ))}
    </div>
  )
}
