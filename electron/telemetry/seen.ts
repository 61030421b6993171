import { z } from 'zod'
import { imageFactsSchema } from '../contract/image.ts'
import { raceResultSchema, type TargetId } from '../contract/mirror.ts'
import { applyResultSchema } from '../contract/run.ts'
import { SEAT_STATES, type SeatState } from '../contract/classroom.ts'

/** Which source a target got: a host that everybody knows, `official`, or `own` for anybody else's. */
export type Chosen = { target: TargetId; mirror: string }
/** What a run's result says in numbers and words of closed lists. */
export type Seen = {
  chosen: readonly Chosen[]
  /** Bytes that came over the network, by what they were for and who sent them. */
  bytes: readonly { what: 'image' | 'race'; mirror: string; bytes: number }[]
  /** How many seats stand how; null: no room was gone through. */
  seats: Readonly<Partial<Record<SeatState, number>>> | null
  changed: boolean
}
export const NOTHING_SEEN: Seen = { chosen: [], bytes: [], seats: null, changed: false }

/** Answers what an address may be called outside; null: the tool's own default. */
export type NameMirror = (url: string | null) => string

const roomSchema = z.object({ counts: z.partialRecord(z.enum(SEAT_STATES), z.number()) })

/** Reads a task's result. What is not understood says nothing. */
export function seenIn(kind: string, result: unknown, name: NameMirror): Seen {
  switch (kind) {
    case 'apply':
      return ofApply(result, name)
    case 'pull': {
      const facts = imageFactsSchema.safeParse(result).data
      if (facts === undefined || !facts.pulled) return NOTHING_SEEN
      return { ...NOTHING_SEEN, changed: true, bytes: [{ what: 'image', mirror: 'unknown', bytes: facts.bytes }] }
    }
    case 'race': {
      const races = z.array(raceResultSchema).safeParse(result).data ?? []
      return {
        ...NOTHING_SEEN,
        changed: races.length > 0,
        chosen: races.map(({ target, chosen: [first = null] }) => ({ target, mirror: name(first) })),
        bytes: races.flatMap(({ entries }) =>
          entries.flatMap(({ official, url, numbers: { bytes } }) =>
            bytes > 0 ? [{ what: 'race' as const, mirror: name(official ? null : url), bytes }] : [],
          ),
        ),
      }
    }
    case 'room':
      return { ...NOTHING_SEEN, changed: true, seats: roomSchema.safeParse(result).data?.counts ?? null }
    default:
      return NOTHING_SEEN
  }
}

function ofApply(result: unknown, name: NameMirror): Seen {
  const done = applyResultSchema.safeParse(result).data
  if (done === undefined) return NOTHING_SEEN
  const { image, receipt, changed } = done
  if (!image?.pulled || receipt === null) return { ...NOTHING_SEEN, changed }
  const served = receipt.served
  const mirror = served === null ? 'unknown' : name(served.how === 'official' ? null : served.endpoint)
  return {
    ...NOTHING_SEEN,
    changed,
    chosen: served === null ? [] : [{ target: 'docker', mirror }],
    bytes: [{ what: 'image', mirror, bytes: image.bytes }],
  }
}
