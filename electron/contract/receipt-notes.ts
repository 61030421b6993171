import type { Note } from './note.ts'
import type { Receipt } from './run.ts'

/** Who served an image, as a sentence; null where nothing is known. Both faces say it so. */
export function servedNote({ served }: Receipt): Note | null {
  if (served === null) return null
  const key = served.how === 'official' && !served.proved ? 'officialLikely' : served.how
  return { key: `image:receipt.${key}`, values: { endpoint: served.endpoint } }
}

/** What the second source said of it; null where nothing was fetched. */
export function secondNote({ pulled, second }: Receipt): Note | null {
  if (!pulled) return null
  if (second === null) return { key: 'image:receipt.none' }
  const { source, digest, agrees } = second
  return agrees
    ? { key: 'image:receipt.agrees', values: { source } }
    : { key: 'image:receipt.differs', values: { source, digest } }
}
