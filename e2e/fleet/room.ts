import { z } from 'zod'
import { type ClassroomResult, classroomResultSchema, type SeatView } from '../../electron/contract/classroom.ts'
import type { Fleet } from './fleet.ts'
import { STUDENT } from './layer.ts'

/** Where the room lies on the teacher's machine. */
export const ROOM = '/root/room'
const PROFILE = '/root/profile.goready.yml'

/** What the lesson needs: Go's modules from the lab, by TLS, and two variables. */
export function lesson({ lab }: Fleet): string {
  return JSON.stringify({
    version: 1,
    sources: { go: lab.goproxy.httpsUrl, sumdb: lab.goproxy.sumdb },
    private: ['corp.example.com'],
    env: { set: { GOFLAGS: '-mod=mod' } },
  })
}

export type Said = { code: number | null; stdout: string; stderr: string; ms: number; events: readonly Event[] }
const eventSchema = z.looseObject({
  type: z.string().optional(),
  line: z.string().optional(),
  result: z.unknown().optional(),
})
export type Event = z.infer<typeof eventSchema>

/** GoReady on the teacher's machine. */
export async function teach({ teacher }: Fleet, ...args: readonly string[]): Promise<Said> {
  const started = performance.now()
  const said = await teacher.run(['goready', ...args, '--json'], { timeout: 600_000 })
  const ms = Math.round(performance.now() - started)
  const lines = said.stdout.split('\n').filter((line) => line.startsWith('{'))
  return { ...said, ms, events: lines.map((line) => eventSchema.parse(JSON.parse(line))) }
}

/** Writes the room: all seats, the lesson's profile. */
export async function writeRoom(fleet: Fleet, ...options: readonly string[]): Promise<Said> {
  const { teacher, seats } = fleet
  const list = seats.map(({ name, address }) => `${name},${address},${STUDENT.name}\n`)
  await teacher.write('/root/seats.csv', list.join(''))
  await teacher.write(PROFILE, lesson(fleet))
  return teach(fleet, 'classroom', 'init', ROOM, '--seats', '/root/seats.csv', '--profile', PROFILE, ...options)
}

/** `classroom run|undo`, and what it ended with; throws with what was said where that is no result. */
export async function walk(
  fleet: Fleet,
  verb: 'run' | 'undo',
  ...options: readonly string[]
): Promise<{ said: Said; result: ClassroomResult }> {
  const said = await teach(fleet, 'classroom', verb, ROOM, ...options)
  const result = classroomResultSchema.safeParse(said.events.findLast(({ type }) => type === 'done')?.result)
  if (!result.success) throw new Error(`${verb} ended with ${said.code}: ${said.stderr}${said.stdout.slice(-2000)}`)
  return { said, result: result.data }
}

/** Why seats are not well, by their names. */
export const complaints = (seats: readonly SeatView[]): Record<string, unknown> =>
  Object.fromEntries(
    seats.flatMap(({ seat, state, reason, report }) =>
      state === 'well' ? [] : [[seat.name, { state, reason, error: report?.error, cause: report?.cause }]],
    ),
  )

/** The names of the seats that stand so. */
export const standing = (seats: readonly SeatView[], state: SeatView['state']): readonly string[] =>
  seats.flatMap((view) => (view.state === state ? [view.seat.name] : []))

/** Ansible's own sums for each seat, out of what it said to people. */
export function recap({ events }: Said): ReadonlyMap<string, string> {
  const lines = events.flatMap(({ line }) => /^(\S+) +: (ok=.*)$/.exec(line ?? '') ?? [])
  const found = new Map<string, string>()
  for (let at = 0; at < lines.length; at += 3) found.set(lines[at + 1] ?? '', lines[at + 2] ?? '')
  return found
}
