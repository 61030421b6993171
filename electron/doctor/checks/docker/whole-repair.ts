import type { HandlerId } from '../../../contract/plan.ts'
import { CONTENT_KEY } from '../../../settings/authority/text.ts'
import { decode, encode } from '../../../settings/binary.ts'
import type { Repair } from '../../check.ts'
import type { Mending } from './json-mend.ts'

type Options = { path: string; mode: number; secret: boolean; safe: boolean; notify: readonly HandlerId[] }

/** The repair that writes a mended JSON text; none where what was meant is a guess. `text`: as it stands, binary. */
export function wholeRepair(
  { text, slip, line, mended }: Mending & { text: string },
  { path, mode, secret, safe, notify }: Options,
): readonly Repair[] {
  if (mended === null || slip === null) return []
  // Bytes that are no text would not come through.
  if (encode(decode(text)) !== text) return []
  const target = { kind: 'file' as const, path, format: 'whole' as const, mode, notify }
  const edit = {
    ...{ target, owner: 'docker' as const, key: CONTENT_KEY, before: decode(text), after: decode(mended) },
    ...(secret ? { secret: true as const } : {}),
  }
  return [{ kind: 'edits', edits: [edit], note: { key: `doctor-docker:repair.${slip}`, values: { path, line } }, safe }]
}
