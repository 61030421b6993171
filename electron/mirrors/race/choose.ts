import type { TargetId } from '../../contract/mirror.ts'
import type { Note } from '../../contract/note.ts'
import { redact } from '../../core/redact.ts'
import type { Candidate } from './adapter.ts'
import { spreadOrder } from './spread.ts'

/** Who comes this close to the best is as good as it. */
const EQUAL = 0.9
/** What was chosen last time stays this far: two runs differ by more than a tenth on many a network. */
const STAYS = 0.8
/** How many addresses a tool's setting takes: a second one survives the first one's bad day. */
const CHAIN: Readonly<Record<TargetId, number>> = { go: 2, docker: 2, npm: 1, apt: 1, pip: 1 }

export type Ranked = { candidate: Candidate; rate: number }
export type Choice = { chosen: readonly string[]; why: Note }

/**
 * What to set: among those within a tenth of the best the machine's own order decides, so that a room full of
 * machines does not land on one mirror. `ranked`: the best first. `last`: what was chosen last time.
 * `chosen` is empty for the tool's own default, and where nobody is left.
 */
export function choose(target: TargetId, ranked: readonly Ranked[], machine: string, last: readonly string[]): Choice {
  const [best] = ranked
  if (best === undefined) return { chosen: [], why: { key: 'mirror:why.none', values: { target } } }
  const near = (share: number): Ranked[] => ranked.filter(({ rate }) => rate >= best.rate * share)
  const known = last[0]
  const stays = known === undefined ? undefined : near(STAYS).find(({ candidate }) => candidate.url === known)
  const equals = near(EQUAL)
  const [spread] = spreadOrder(
    equals.map((one) => ({ url: one.candidate.url, one })),
    machine,
  )
  const winner = stays ?? spread?.one ?? best
  const values = {
    target,
    url: redact(winner.candidate.url),
    rate: Math.round(winner.rate),
    equals: equals.length,
    of: ranked.length,
  }
  const why: Note = { key: `mirror:why.${stays ? 'again' : equals.length > 1 ? 'spread' : 'fastest'}`, values }
  if (winner.candidate.official) return { chosen: [], why }
  // The engine asks the Hub by itself after its mirrors.
  const rest = ranked.filter((one) => one !== winner && !(target === 'docker' && one.candidate.official))
  return { chosen: [winner, ...rest].slice(0, CHAIN[target]).map(({ candidate }) => candidate.url), why }
}
