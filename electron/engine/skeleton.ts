import type { Finding } from '../contract/note.ts'
import type { Change, Edit, FormatId } from '../contract/plan.ts'
import { CodedError } from '../core/errors.ts'
import type { Proposal } from '../core/setting.ts'

/** What is special about a home that others are copied from. */
export type Skeleton = {
  /** The records are root's own: they must not be copied into a home. */
  state: string
  /** Whether a copy of it holds what was chosen, asked in that copy. */
  prove(signal: AbortSignal): Promise<readonly Finding[]>
}

/**
 * How each file spells the home of whoever reads it: npm expands variables in its file (docs.npmjs.com, "npmrc"), pip
 * expands `~` in options that are paths (pip `_internal/cli/cmdoptions`). The others' paths are spelled so anyway.
 */
const HOME: Partial<Record<FormatId, string>> = { npmrc: '${HOME}', 'pip-conf': '~' }

/**
 * The proposals of a skeleton with its own name spelled as the home of whoever will read it. What each would ask of
 * real tools in the skeleton is asked in a copy instead. Pure.
 */
export function forHomesToCome(proposals: readonly Proposal[], home: string, { prove }: Skeleton): Proposal[] {
  const silent = proposals.map((proposal) => ({
    ...proposal,
    edits: proposal.edits.map((edit) => spelled(edit, home)).filter(({ before, after }) => before !== after),
    verify: () => Promise.resolve([]),
  }))
  const proof: Proposal = { id: 'doctor', edits: [], notes: [], registries: [], verify: (_, signal) => prove(signal) }
  return [...silent, proof]
}

function spelled(edit: Edit, home: string): Edit {
  const word = edit.target.kind === 'file' ? HOME[edit.target.format] : undefined
  if (word === undefined || typeof edit.after !== 'string' || !edit.after.startsWith(`${home}/`)) return edit
  return { ...edit, after: `${word}${edit.after.slice(home.length)}` }
}

/** Refuses what would lead every home to the skeleton. Throws `setting-not-effective`. */
export function refuseOwnName(changes: readonly Change[], home: string): void {
  for (const change of changes) {
    if (change.kind !== 'file' || change.after === null) continue
    const [before, after] = [change.before?.bytes, change.after.bytes].map((bytes) => new TextDecoder().decode(bytes))
    if (after?.includes(`${home}/`) === true && before?.includes(`${home}/`) !== true)
      throw new CodedError('setting-not-effective', { setting: 'shell' }, `${change.path}: ${home}/`)
  }
}
