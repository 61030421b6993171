import type { Change, SettingId } from '../contract/plan.ts'
import type { Profile } from '../contract/profile.ts'
import type { TargetId } from '../contract/mirror.ts'
import { type Choices, MOST_REPAIRS, needsRights, subjectOf } from '../core/elevation.ts'
import type { Reader } from '../core/system.ts'
import type { Repair } from '../doctor/check.ts'
import { codeOf, HELPERS_REPAIRS } from '../elevated/allowed.ts'

/** What `auto` became, target by target. */
export type Settled = ReadonlyMap<TargetId, readonly string[]>

/**
 * What a helper with administrator rights plans again from: the profile with what was measured and what stands in the
 * files that it names. null: nothing of the plan is the helper's.
 */
export async function choicesFor(
  profile: Profile,
  changes: readonly Change[],
  settled: Settled,
  sys: Reader,
): Promise<Choices | null> {
  const owners = ownersOf(profile, changes.filter(needsRights))
  if (owners.length === 0) return null
  const { remark: _remark, telemetry: _telemetry, locked: _locked, policy: _policy, ...wanted } = profile
  const texts = new Map<string, string>()
  const carried = await withNames(wanted, texts, sys)
  const known = (['go', 'docker', 'apt'] as const).flatMap((target) => {
    const chosen = settled.get(target)
    return chosen === undefined ? [] : [[target, [...chosen]] as const]
  })
  return { profile: carried, owners, settled: Object.fromEntries(known), texts: Object.fromEntries(texts) }
}

function ownersOf(profile: Profile, changes: readonly Change[]): SettingId[] {
  const owners = changes.flatMap((change) => ('edits' in change ? change.edits.map(({ owner }) => owner) : []))
  // Both write the same files for all users, each its own keys.
  if (profile.env?.scope === 'system' && owners.length > 0) owners.push('go', 'shell')
  return [...new Set(owners)]
}

/** The profile with a name of ours for each file, and the files' texts under those names. */
async function withNames(profile: Profile, texts: Map<string, string>, sys: Reader): Promise<Profile> {
  const carry = async (file: string): Promise<string> => {
    const name = `/dev/null/${texts.size}`
    texts.set(name, new TextDecoder().decode(await sys.readFile(file)))
    return name
  }
  const authorities: NonNullable<Profile['authorities']> = []
  for (const { file, client, ...rest } of profile.authorities ?? []) {
    const pair =
      client === undefined ? {} : { client: { cert: await carry(client.cert), key: await carry(client.key) } }
    authorities.push({ ...rest, file: await carry(file), ...pair })
  }
  return profile.authorities === undefined ? profile : { ...profile, authorities }
}

/**
 * The same for repairs of the check-up: the helper looks at the machine itself, and takes them by their ids. null: one
 * that needs rights is none of those that it makes.
 */
export function choicesForRepairs(
  repairs: readonly { id: string; repair: Repair }[],
  changes: readonly Change[],
): Choices | null {
  const paths = new Set(changes.filter(needsRights).map(subjectOf))
  const wanted = repairs.filter(({ repair }) => {
    if (repair.kind === 'edits') return repair.edits.some(({ target }) => paths.has(target.path))
    return repair.kind === 'profile' || (repair.kind === 'changes' && repair.changes.some(needsRights))
  })
  const all = wanted.every(({ id, repair }) => repair.kind !== 'profile' && HELPERS_REPAIRS.has(codeOf(id)))
  const ids = [...new Set(wanted.map(({ id }) => id))]
  if (ids.length === 0 || ids.length > MOST_REPAIRS || !all) return null
  return { profile: null, owners: [], settled: {}, texts: {}, repairs: ids }
}
