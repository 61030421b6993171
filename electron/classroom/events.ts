import { z } from 'zod'

/** What the callback plugin tells between Ansible's own lines (plugins/callback/seats.py). */
const eventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('wave'), wave: z.number().int(), seats: z.array(z.string()) }),
  z.object({ event: z.literal('begun'), seat: z.string() }),
  z.object({ event: z.literal('seat'), seat: z.string(), report: z.unknown() }),
  z.object({
    event: z.literal('broken'),
    seat: z.string(),
    state: z.enum(['failed', 'unreachable']),
    cause: z.string(),
  }),
  z.object({ event: z.literal('end') }),
])
export type RoomEvent = z.infer<typeof eventSchema>

/** RFC 7464: a document of ours begins with a record separator. */
const SEPARATOR = '\u001e'

/**
 * A line of ansible-playbook's output: an event, or words for people. null: nothing that is worth showing. `mark`: what
 * only this run's callback knows; Ansible shows words of seats (differences, warnings) on the same output.
 */
export function readLine(line: string, mark = ''): RoomEvent | string | null {
  const begin = `${SEPARATOR}${mark}`
  const at = line.indexOf(begin)
  if (at < 0) return spoken(line)
  try {
    const parsed = eventSchema.safeParse(JSON.parse(line.slice(at + begin.length)))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

const MAX_SPOKEN = 400

/** What people read: the headings' stars say nothing, and a seat's whole answer stands in its report. */
function spoken(line: string): string | null {
  const text = line.replace(/\s?\*{3,}$/, '').trimEnd()
  if (text === '' || text === '...ignoring' || text === 'NO MORE HOSTS LEFT') return null
  const brief = text
    .replace(/^((?:fatal|failed|changed|ok|skipping): \[[^\]]{1,300}\][^{]{0,200}?)(?: => )?\{.*$/, '$1')
    .replace(/^TASK \[\S+ : /, 'TASK [')
  return brief.length > MAX_SPOKEN ? `${brief.slice(0, MAX_SPOKEN)}…` : brief
}
