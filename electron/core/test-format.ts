import type { Edit, FormatId, HandlerId, Value } from '../contract/plan.ts'
import type { Format, Handler } from './setting.ts'

/** For tests only: `key=value` lines; a line `!` does not parse. */
export const lineFormat: Format = {
  id: 'goenv',
  read(bytes) {
    const text = bytes === null ? '' : new TextDecoder().decode(bytes)
    return new Map(
      text
        .split('\n')
        .flatMap((line): [string, Value][] =>
          line.includes('=') ? [[line.split('=')[0] ?? '', line.split('=')[1] ?? '']] : [],
        ),
    )
  },
  edit(bytes, edits) {
    const lines = bytes === null ? [] : new TextDecoder().decode(bytes).split('\n')
    for (const { key, after } of edits) {
      const at = lines.findIndex((line) => line.startsWith(`${key}=`))
      const next = after === null ? [] : [`${key}=${typeof after === 'string' ? after : JSON.stringify(after)}`]
      if (at >= 0) lines.splice(at, 1, ...next)
      else lines.push(...next)
    }
    return lines.length === 0 ? null : new TextEncoder().encode(lines.join('\n'))
  },
}

export const testFormats: ReadonlyMap<FormatId, Format> = new Map<FormatId, Format>([['goenv', lineFormat]])

/** An edit of one key of one file. */
export function edit(path: string, key: string, after: string | null, notify: readonly HandlerId[] = []): Edit {
  return { target: { kind: 'file', path, format: 'goenv', mode: 0o644, notify }, owner: 'go', key, before: null, after }
}

/** A service that keeps what merely disappears, as dockerd does with its mirrors. `refuse` makes it reject a content. */
export function fakeService(refuse: (text: string | null) => boolean = () => false) {
  const seen: (string | null)[] = []
  const text = (bytes: Uint8Array | null): string | null => (bytes === null ? null : new TextDecoder().decode(bytes))
  const handler: Handler = {
    id: 'docker-reload',
    interim: (_, from, to) =>
      Promise.resolve(text(from)?.includes('m=') && !text(to)?.includes('m=') ? new TextEncoder().encode('m=') : null),
    notice(_, __, bytes) {
      seen.push(text(bytes))
      return refuse(text(bytes)) ? Promise.reject(new Error('refused')) : Promise.resolve()
    },
  }
  return { seen, handlers: new Map<HandlerId, Handler>([['docker-reload', handler]]) }
}
