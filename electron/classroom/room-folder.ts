import { z } from 'zod'
import {
  CLASSROOM_DEFAULTS,
  classroomActionSchema,
  classroomOptionsSchema,
  seatNameSchema,
} from '../contract/classroom.ts'
import { under } from '../core/paths.ts'

/** What lies in a room's folder. */
export const ROOM = {
  seats: 'seats.csv',
  options: 'room.json',
  inventory: 'inventory.yml',
  playbook: 'playbook.yml',
  undo: 'undo.yml',
  config: 'ansible.cfg',
  profile: 'profile.goready.yml',
  reports: 'reports',
  collections: 'collections',
  windows: 'windows',
  /** What the last run of the room did, and what we wrote last: ours alone. */
  state: '.goready-room.json',
} as const

export const roomFile = (folder: string, name: keyof typeof ROOM): string => under(folder, ROOM[name])

/** A file's name in the room that is no folder and no way out of it. */
const plainName = z.string().regex(/^[A-Za-z0-9_\u0080-\uffff][^/\\\0\n\r"'{}%]{0,199}$/)

/**
 * `room.json`: how the room is gone through. Everything but the options may be absent; a person may write it by hand.
 * `executable`: what GoReady is called on a seat; `only`: checks that count; `wait`, `timeout`: seconds for a seat to
 * answer and for each of its commands (null: the role's own); `installer`: a package, archive or folder on this machine that brings it.
 */
export const roomOptionsSchema = z.strictObject({
  version: z.literal(1),
  options: classroomOptionsSchema.default(CLASSROOM_DEFAULTS),
  kit: z.string().max(4096).nullable().default(null),
  executable: z.array(z.string().min(1).max(1024)).min(1).max(16).nullable().default(null),
  installer: z.string().max(4096).nullable().default(null),
  only: z.array(z.string().max(64)).max(64).default([]),
  wait: z.number().int().min(1).max(3600).nullable().default(null),
  timeout: z.number().int().min(10).max(86_400).nullable().default(null),
})
export type RoomOptions = z.infer<typeof roomOptionsSchema>

/** `files`: the hashes of what we wrote last, by name. `last`: the last run. */
export const roomStateSchema = z.object({
  version: z.literal(1),
  files: z.record(z.string().max(512), z.string().max(64)).default({}),
  /** The profile's files that the room holds, the profile first. */
  profile: z.array(plainName).max(130).default([]),
  last: z
    .object({
      action: classroomActionSchema,
      at: z.string(),
      held: z.array(seatNameSchema).max(500),
      waves: z.record(z.string(), z.number().int()),
    })
    .nullable()
    .default(null),
})
export type RoomState = z.infer<typeof roomStateSchema>
