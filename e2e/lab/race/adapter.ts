import { isPage, statusOut } from '../../../electron/mirrors/http/errors.ts'
import { type Adapter, type Check, OutError } from '../../../electron/mirrors/race/adapter.ts'

/** The smallest real adapter: a hash and a date to compare, and bytes to read. */
export const smallAdapter: Adapter = {
  target: 'go',
  artefact: 'bench',
  async check({ url }, http, signal): Promise<Check> {
    const answer = await http.ask(`${url}/info`, { maxBytes: 4096 }, signal)
    const refused = statusOut(answer)
    if (refused !== null) throw refused
    if (isPage(answer)) throw new OutError('not-artefact', 'a page')
    const { hash, date } = JSON.parse(Buffer.from(answer.body).toString()) as { hash: string; date: string }
    return { says: { artefact: hash }, date, bulk: { url: `${url}/bulk`, headers: {}, size: null } }
  },
  judge(checks) {
    const says = [...checks].map(
      ([
        id,
        {
          says: { artefact = '' },
          date,
        },
      ]) => ({ id, artefact, date: date ?? '' }),
    )
    const most = (values: readonly string[]): string | undefined =>
      values.toSorted((a, b) => values.filter((v) => v === b).length - values.filter((v) => v === a).length)[0]
    const [hash, newest] = [
      most(says.map(({ artefact }) => artefact)),
      says
        .map(({ date }) => date)
        .toSorted()
        .at(-1),
    ]
    const out = new Map<string, { reason: 'wrong-content' | 'stale'; cause: string }>()
    for (const { id, artefact, date } of says) {
      if (artefact !== hash) out.set(id, { reason: 'wrong-content', cause: artefact })
      else if (date !== newest) out.set(id, { reason: 'stale', cause: date })
    }
    return Promise.resolve({ out, conflicts: [], safe: new Set<string>(), fresh: new Map() })
  },
}
