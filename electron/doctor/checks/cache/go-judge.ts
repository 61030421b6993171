import type { ModuleSums } from '../../../mirrors/trust/sumdb.ts'
import type { Hashes } from './go-hashes.ts'

/** Somebody outside of the cache who says what a module is. `by`: a file, or a database's name. */
export type Witness = { by: string; sums: ModuleSums | { zip: string; goMod: null } }

/** `.zip` and `.ziphash` are files beside `base`; `dir` is what was unpacked. */
export type Part = 'dir' | '.zip' | '.ziphash' | '.mod'

/** What is wrong with a cached module, and what of it has to go so that go fetches or makes it anew. */
export type Verdict =
  | { code: 'module-modified' | 'zip-damaged' | 'ziphash-wrong' | 'mod-damaged'; parts: readonly Part[] }
  | { code: 'republished'; parts: readonly []; witness: Witness }
  /** Two parts contradict each other, and only somebody outside could say which is right. */
  | { code: 'undecided' }

/** Judges the hashes of one module; null: all is well. Pure. */
export function judge({ zip, noted, dir, goMod }: Hashes, witnesses: readonly Witness[]): Verdict | null {
  const own = 'hash' in zip ? zip.hash : null
  const [first] = witnesses
  const truth = first?.sums.zip ?? null
  if (truth === null) return alone(own, noted, dir)
  // Whole, the same everywhere, and still not what it should be: that is how it was delivered.
  if (own !== null && own !== truth && (dir === null || dir === own) && (noted === null || noted === own))
    return first === undefined ? null : { code: 'republished', parts: [], witness: first }
  const parts: Part[] = []
  if (dir !== null && dir !== truth) parts.push('dir')
  if (own !== truth) parts.push('.zip')
  if (own !== truth || (noted !== null && noted !== truth)) parts.push('.ziphash')
  const verdict = verdictOf(parts)
  if (verdict !== null) return verdict
  const other = witnesses.find(({ sums }) => sums.zip !== truth)
  if (other !== undefined) return { code: 'republished', parts: [], witness: other }
  const mod = witnesses.find(({ sums }) => sums.goMod !== null)?.sums.goMod
  return mod !== undefined && goMod !== null && mod !== goMod ? { code: 'mod-damaged', parts: ['.mod'] } : null
}

function verdictOf(parts: readonly Part[]): Verdict | null {
  if (parts.includes('.zip')) return { code: 'zip-damaged', parts }
  if (parts.includes('dir')) return { code: 'module-modified', parts }
  return parts.length > 0 ? { code: 'ziphash-wrong', parts } : null
}

/** Without a witness what go noted at the download counts, and two against one. */
function alone(own: string | null, noted: string | null, dir: string | null): Verdict | null {
  if (own === null) {
    const spoiled = dir !== null && noted !== null && dir !== noted
    return { code: 'zip-damaged', parts: [...(spoiled ? (['dir'] as const) : []), '.zip', '.ziphash'] }
  }
  const good = noted ?? own
  if (own === good) return dir === null || dir === good ? null : { code: 'module-modified', parts: ['dir'] }
  if (dir === good) return { code: 'zip-damaged', parts: ['.zip', '.ziphash'] }
  return dir === null || dir === own
    ? { code: 'undecided' }
    : { code: 'zip-damaged', parts: ['dir', '.zip', '.ziphash'] }
}

/** Where nobody outside can be asked: go compares what it makes anew with go.sum and with its database. */
export const undecided = (dir: string | null): Verdict =>
  dir === null ? { code: 'zip-damaged', parts: ['.zip', '.ziphash'] } : { code: 'ziphash-wrong', parts: ['.ziphash'] }
