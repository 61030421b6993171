import { Button } from '@mantine/core'
import i18next from 'i18next'
import type { ClassroomView } from '../../electron/contract/classroom.ts'
import { Confirm } from '../components/confirm.tsx'
import { ROOM_FILES } from '../store/classroom-files.ts'
import { useRoomRun } from '../store/classroom-run.ts'
import { waveSizes } from '../store/classroom-waves.ts'
import { useClassroom } from '../store/classroom.ts'
import css from './classroom.module.css'

const say = (key: string, values: Record<string, string | number> = {}) =>
  i18next.t(`classroom:page.run.${key}`, values)

/** Sizes of many small waves are not all named. */
const NAMED = 8
function sizesText(sizes: readonly number[]): string {
  const named = sizes.slice(0, NAMED).join(say('comma'))
  return sizes.length > NAMED ? `${named}…` : named
}

/** What is going to happen on how many seats, and the buttons; what changes the seats is asked about once more. */
export function ClassroomBar({ room }: { room: ClassroomView }) {
  const { errand, action, asking, start, ask, stop } = useRoomRun()
  const busy = useClassroom((store) => store.busy)
  const count = room.seats.length
  const sizes = waveSizes(count, room.options.waves)
  if (errand.step === 'running')
    return (
      <div className={css.bar}>
        <p className={css.sentence} role="status">
          {say(`running.${action}`)}
        </p>
        <div className={css.buttons}>
          <Button variant="default" disabled={errand.taskId === null} onClick={() => void stop()}>
            {say('stop')}
          </Button>
        </div>
      </div>
    )
  if (asking !== null)
    return (
      <div className={css.asking}>
        <Confirm
          plain={asking.action === 'apply'}
          yes={say(asking.action === 'apply' ? 'sure.yesApply' : 'sure.yesUndo')}
          onYes={() => void start(asking.action, asking.only)}
          onNo={() => ask(null)}
        >
          <Sure room={room} />
        </Confirm>
      </div>
    )
  const off = busy || room.ansible === null
  return (
    <div className={css.bar}>
      <p className={css.sentence}>
        {sizes.length > 1
          ? say('waves', { count, waves: sizes.length, sizes: sizesText(sizes) })
          : say('oneWave', { count })}
        {room.ansible !== null && ` ${say('ansible', { version: room.ansible })}`}
      </p>
      <div className={css.buttons}>
        <Button variant="default" disabled={off} onClick={() => void start('check')}>
          {say('check')}
        </Button>
        <Button disabled={off} onClick={() => ask({ action: 'apply', only: null })}>
          {say('apply')}
        </Button>
      </div>
    </div>
  )
}

/** What the button does, in full. */
function Sure({ room }: { room: ClassroomView }) {
  const asking = useRoomRun((store) => store.asking)
  const changed = useClassroom((store) => store.changed)
  if (asking === null) return null
  const count = asking.only?.length ?? room.seats.length
  if (asking.action === 'undo') return say('sure.undo', { count })
  const sizes = waveSizes(count, room.options.waves)
  return (
    <>
      {say('sure.apply', { count })}
      <br />
      {say('sure.waves', { sizes: sizesText(sizes), tolerance: room.options.tolerance })}
      {changed && (
        <>
          <br />
          {say('sure.files', { files: ROOM_FILES.join(say('comma')) })}
        </>
      )}
    </>
  )
}
