import { randomUUID } from 'node:crypto'
import type { ClassroomAction, ClassroomResult, SeatView } from '../contract/classroom.ts'
import type { TaskReport } from '../contract/task.ts'
import { CodedError, errno, isCancel, withRemaining } from '../core/errors.ts'
import type { Places } from '../core/places.ts'
import { redact } from '../core/redact.ts'
import { under } from '../core/paths.ts'
import type { System } from '../core/system.ts'
import { createLineSplitter } from '../docker/line-splitter.ts'
import { readLine } from './events.ts'
import { ANSIBLE, ansibleEnvironment } from './find-ansible.ts'
import { ROOM } from './room-folder.ts'
import { countSeats, SeatMap } from './seat-map.ts'

/** A room may take a lesson's break; every seat in it has its own, shorter time. */
const MAX_RUN = 6 * 60 * 60 * 1000
/** Milliseconds in which changes of seats are gathered into one event. */
const GATHER = 100
/** Characters of what Ansible said that tell why it did not begin. */
const MAX_SAID = 1000

export type RoomRun = {
  folder: string
  action: ClassroomAction
  /** The seats of this run, in their order. */
  seats: readonly SeatView[]
  /** All of the room's seats are in it. */
  whole: boolean
}

/**
 * Runs ansible-playbook over a room and follows what its callback tells. Body of a task: throws `cancelled`,
 * `classroom-no-ansible`, `classroom-failed` where Ansible itself could not begin.
 */
export async function runRoom(
  run: RoomRun,
  { sys, places }: { sys: System; places: Places },
  report: (event: TaskReport) => void,
  signal: AbortSignal,
): Promise<ClassroomResult> {
  const map = new SeatMap(run.seats, run.action)
  const gather = gatherer(report, map)
  const lines = createLineSplitter()
  const said: string[] = []
  const mark = randomUUID()
  const take = (line: string): void => {
    const heard = readLine(line, mark)
    if (heard === null) return
    if (typeof heard !== 'string') return gather.add(map.hear(heard))
    said.push(heard)
    if (said.length > 20) said.shift()
    report({ type: 'log', line: redact(heard) })
  }
  report({ type: 'step', step: 'room', state: 'running' })
  gather.add(map.views)
  let failure: unknown = null
  let status: number | null = null
  try {
    status = await sys.withScratch({}, async (scratch) => {
      const env = { ...ansibleEnvironment(places), ...roomEnvironment(run.folder, scratch, mark) }
      const heard = (chunk: Uint8Array): void => lines.push(chunk).forEach(take)
      const options = { env, cwd: run.folder, signal, timeout: MAX_RUN, session: true, heard } as const
      try {
        const { code, stderr } = await sys.run([ANSIBLE, ...argumentsOf(run)], options)
        lines.end().forEach(take)
        for (const line of stderr.split('\n')) if (line.trim() !== '') said.push(line.trim())
        return code
      } finally {
        await closeConnections(scratch, sys)
      }
    })
  } catch (error) {
    failure = error
  }
  const cancelled = failure !== null
  const begun = map.views.some(({ wave }) => wave !== null)
  const stopped = !cancelled && begun && map.views.some(({ state }) => state === 'waiting')
  gather.add(map.end({ key: `room:reason.${cancelled ? 'cancelled' : 'cut-off'}` }, stopped))
  gather.flush()
  if (failure !== null) throw withRemaining(thrown(failure, signal), run.action === 'apply' ? changedIn(map) : [])
  if (!begun) {
    const cause = redact(said.slice(-6).join('\n').slice(-MAX_SAID))
    throw new CodedError('classroom-failed', { reason: 'room:failed.start' }, cause || `exit status ${status}`)
  }
  report({ type: 'step', step: 'room', state: 'done' })
  const seats = [...map.views]
  return { action: run.action, stopped, counts: countSeats(seats), seats }
}

/** Seats whose end was told before a run was called off: what was changed there stays. */
const changedIn = (map: SeatMap): string[] =>
  map.views.flatMap(({ seat, report }) =>
    report?.changed === true && report.state !== 'given-back' ? [seat.name] : [],
  )

function thrown(failure: unknown, signal: AbortSignal): unknown {
  if (errno(failure) === 'ENOENT') return new CodedError('classroom-no-ansible', {}, failure)
  if (errno(failure) === 'ETIMEDOUT') return new CodedError('timeout', {}, failure)
  return isCancel(failure) && signal.reason instanceof CodedError ? signal.reason : failure
}

/** Seats as they change, a few at a time, and how far the room is. */
function gatherer(report: (event: TaskReport) => void, map: SeatMap) {
  const waiting = new Map<string, SeatView>()
  let timer: NodeJS.Timeout | null = null
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (waiting.size === 0) return
    report({ type: 'seats', seats: [...waiting.values()] })
    waiting.clear()
    const { fraction, views } = map
    const note = { key: 'room:progress', values: { done: Math.round(fraction * views.length), count: views.length } }
    report({ type: 'progress', step: 'room', fraction, note })
  }
  const add = (views: readonly SeatView[]): void => {
    for (const view of views) waiting.set(view.seat.name, view)
    if (waiting.size > 0) timer ??= setTimeout(flush, GATHER)
  }
  return { add, flush }
}

function argumentsOf({ action, seats, whole }: RoomRun): string[] {
  const limit = whole ? [] : ['--limit', seats.map(({ seat }) => seat.name).join(',')]
  const look = action === 'check' ? ['--check', '--diff'] : []
  return ['-i', ROOM.inventory, action === 'undo' ? ROOM.undo : ROOM.playbook, ...look, ...limit]
}

/** Connections are kept open between tasks, in a folder of this run alone: a home's path may be too long for a socket. */
function roomEnvironment(folder: string, scratch: string, mark: string): Record<string, string> {
  return {
    ANSIBLE_CONFIG: under(folder, ROOM.config),
    ANSIBLE_LOCAL_TEMP: scratch,
    ANSIBLE_SSH_CONTROL_PATH_DIR: scratch,
    GOREADY_EVENTS: mark,
  }
}

/** The masters of kept connections outlive Ansible by themselves. */
async function closeConnections(scratch: string, sys: System): Promise<void> {
  for (const name of await sys.list(scratch).catch(() => []))
    if (/^[0-9a-f]{10}$/.test(name))
      await sys.run(['ssh', '-O', 'exit', '-o', `ControlPath=${under(scratch, name)}`, 'seat'], {}).catch(() => {})
}
