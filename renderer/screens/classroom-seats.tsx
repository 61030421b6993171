import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useEffect } from 'react'
import { LogFold } from '../components/log-fold.tsx'
import { Problem } from '../components/problem.tsx'
import { useClassroom } from '../store/classroom.ts'
import { useRoomRun } from '../store/classroom-run.ts'
import { ClassroomBar } from './classroom-bar.tsx'
import { SeatCounts, SeatMap } from './classroom-map.tsx'
import { SeatPanel } from './classroom-seat.tsx'
import css from './classroom.module.css'

const say = (key: string, values: Record<string, string | number> = {}) => i18next.t(`classroom:page.${key}`, values)

/** Milliseconds between two looks into the folder: computers that go by themselves report there. */
const LOOK = 5000

/** The map of the seats, what is wrong with which, and the buttons that go through them. */
export function ClassroomSeats() {
  const { room, problem, turnTo } = useClassroom()
  useLooks()
  if (room === null || room.seats.length === 0)
    return (
      <div className={css.scroll}>
        <div className={css.none}>
          <p>{say('run.none')}</p>
          <Button onClick={() => turnTo('set-up')}>{say('run.toSetUp')}</Button>
        </div>
      </div>
    )
  return (
    <>
      <div className={css.scroll}>
        <div className={css.seats}>
          <div className={css.over}>
            {problem !== null && <Problem error={problem} />}
            <NoAnsible />
            <Ended />
            <SeatCounts seats={room.seats} />
          </div>
          <SeatMap seats={room.seats} waves={room.options.waves} />
          <SeatPanel seats={room.seats} />
          <div className={css.under}>
            <Reports />
            <UndoAll />
            <Log />
          </div>
        </div>
      </div>
      <ClassroomBar room={room} />
    </>
  )
}

function useLooks(): void {
  const running = useRoomRun(({ errand }) => errand.step === 'running')
  useEffect(() => {
    if (running) return
    const timer = setInterval(() => {
      if (!document.hidden) void useClassroom.getState().refresh()
    }, LOOK)
    return () => clearInterval(timer)
  }, [running])
}

function NoAnsible() {
  const room = useClassroom((store) => store.room)
  if (room === null || room.ansible !== null) return null
  return (
    <div className={css.problems}>
      <p>
        <span aria-hidden="true">! </span>
        {say('run.noAnsible')} {room.install !== null && i18next.t(room.install.key, room.install.values ?? {})}
      </p>
      <p>{say('run.noAnsibleStill')}</p>
    </div>
  )
}

function Ended() {
  const { errand, action, result } = useRoomRun()
  if (errand.step === 'failed') return <Problem error={errand.error} />
  if (errand.step !== 'done') return null
  return result?.stopped === true ? (
    <p className={css.problems} role="status">
      <span aria-hidden="true">! </span>
      {say('run.stopped')}
    </p>
  ) : (
    <p className={css.fine} role="status">
      <span aria-hidden="true">✓ </span>
      {say(`run.ended.${action}`)}
    </p>
  )
}

const FORMATS = ['csv', 'html', 'json'] as const

function Reports() {
  const { saved, saveReports } = useClassroom()
  return (
    <div className={css.actions} role="group" aria-label={say('report.title')}>
      <span className="faint">{say('report.title')}</span>
      {FORMATS.map((format) => (
        <Button key={format} variant="default" size="compact-md" onClick={() => void saveReports(format)}>
          {say(`report.${format}`)}
        </Button>
      ))}
      {saved !== null && (
        <span className={`mono ${css.saved ?? ''}`} role="status">
          {say('report.saved', { path: saved })}
        </span>
      )}
    </div>
  )
}

function UndoAll() {
  const { room, busy } = useClassroom()
  const { errand, ask } = useRoomRun()
  const off = busy || room === null || room.ansible === null || errand.step === 'running'
  return (
    <div>
      <Button variant="subtle" size="compact-md" disabled={off} onClick={() => ask({ action: 'undo', only: null })}>
        {say('run.undoAll')}
      </Button>
    </div>
  )
}

function Log() {
  const errand = useRoomRun((store) => store.errand)
  if (errand.step === 'idle' || errand.timeline === null) return null
  const { log, dropped } = errand.timeline
  return log.length === 0 ? null : <LogFold log={log} dropped={dropped} />
}
