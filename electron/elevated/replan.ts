import type { Change, PresenceChange } from '../contract/plan.ts'
import { type ApplyRequest, type Choices, type Shown, shownOf } from '../core/elevation.ts'
import { CodedError } from '../core/errors.ts'
import type { Places } from '../core/places.ts'
import { fold } from '../core/plan.ts'
import { isPresence } from '../core/presence.ts'
import { readPolicy } from '../core/room-policy.ts'
import type { Prober } from '../core/setting.ts'
import type { Reader, Stat } from '../core/system.ts'
import { formats, settings } from '../settings/index.ts'
import { refuseSharedFolders } from '../settings/shared-folders.ts'
import type { Repair } from '../doctor/check.ts'
import { codeOf, firstForbidden, HELPERS_REPAIRS } from './allowed.ts'
import { type Asking, firstElsewhere } from './giving-back.ts'
import { readerOf } from './reader.ts'

export type ReplanParts = {
  sys: Reader
  places: Places
  /** Which packages, services and groups this machine still needs; the helper brings no other one. */
  presences(signal: AbortSignal): Promise<readonly PresenceChange[]>
  /** Without it no repair of the check-up is made. */
  doctor?: HelpersDoctor
}

/** The check-up as the helper runs it, itself and on this machine. */
export type HelpersDoctor = {
  /** Who has asked; null: nobody that the account database knows. */
  asking: Asking | null
  /** The repairs with these ids that its own look offers, in their order. */
  repairs(ids: readonly string[], signal: AbortSignal): Promise<readonly Repair[]>
}

/**
 * The changes that the choices make on this machine, planned by ourselves and as far as they were shown. Only reads.
 * Throws `changed-since-plan` {path} where something would become another thing than was shown, `admin-forbidden`
 * {path} for what never changes with these rights, `profile-unsigned` where the computer's policy leaves choices to its
 * administrator, and what the settings throw.
 */
export async function replan(
  { choices, shown }: Pick<ApplyRequest, 'choices' | 'shown'>,
  parts: ReplanParts,
  signal: AbortSignal,
): Promise<readonly Change[]> {
  // Whoever asks is an ordinary program, and cannot say what of it was signed: an administrator's own run can.
  if (choices.profile !== null && (await readPolicy(parts.sys, parts.places)).wizard === 'locked')
    throw new CodedError('profile-unsigned', { name: 'goready.yaml' })
  const planned: readonly Change[] = [
    ...(shown.some(({ kind }) => isPresenceKind(kind)) ? await parts.presences(signal) : []),
    ...(await filesOf(choices, shown, parts, signal)),
  ]
  const mended = await mendedOf(choices.repairs ?? [], shown, parts, signal)
  const known = new Map<string, Change>()
  for (const change of [...planned, ...mended]) {
    const one = await shownOf(change)
    if (one !== null && !known.has(canonical(one))) known.set(canonical(one), change)
  }
  const wanted = new Set<Change>()
  for (const one of shown) {
    const found = known.get(canonical(one))
    if (found === undefined || wanted.has(found)) throw new CodedError('changed-since-plan', { path: nameOf(one) })
    wanted.add(found)
  }
  const isWanted = (change: Change): boolean => wanted.has(change)
  const changes = planned.filter(isWanted)
  const repairs = mended.filter(isWanted)
  const repairing = { asking: parts.doctor?.asking ?? null }
  const path =
    firstForbidden(changes, parts.places) ??
    firstForbidden(repairs, parts.places, repairing) ??
    (await firstElsewhere(repairs, parts.sys))
  if (path !== null) throw new CodedError('admin-forbidden', { path })
  return [...changes, ...repairs]
}

const isPresenceKind = (kind: Shown['kind']): boolean => kind === 'package' || kind === 'service' || kind === 'group'
const nameOf = (one: Shown): string => ('path' in one ? one.path : one.name)
/** All of a shown change is short texts and numbers. */
const canonical = (one: Shown): string => JSON.stringify(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))

async function filesOf(
  { profile, owners, settled, texts }: Choices,
  shown: readonly Shown[],
  { sys, places }: ReplanParts,
  signal: AbortSignal,
): Promise<readonly Change[]> {
  if (profile === null) return []
  await refuseSharedFolders(profile, places, sys)
  const paths = new Set(shown.flatMap((one) => ('path' in one ? [one.path] : [])))
  const probe: Prober = (target) => {
    const chosen = target === 'go' || target === 'docker' || target === 'apt' ? settled[target] : undefined
    if (chosen === undefined) throw new CodedError('bad-request', {}, `${target} is not settled`)
    return Promise.resolve({ chosen, note: { key: '' } })
  }
  const reader = withTexts(sys, new Map(Object.entries(texts)))
  const edits = []
  for (const setting of settings) {
    if (!owners.includes(setting.id)) continue
    const proposal = await setting.propose(profile, reader, places, probe, signal)
    // What was not shown is not even looked at.
    edits.push(...(proposal?.edits ?? []).filter(({ target }) => paths.has(target.path)))
  }
  return (await fold(edits, formats, sys)).filter((change) => !isPresence(change))
}

/** What the repairs with these ids change, as our own look finds it. */
async function mendedOf(
  ids: readonly string[],
  shown: readonly Shown[],
  { sys, doctor }: ReplanParts,
  signal: AbortSignal,
): Promise<readonly Change[]> {
  if (ids.length === 0 || doctor === undefined) return []
  const other = ids.find((id) => !HELPERS_REPAIRS.has(codeOf(id)))
  if (other !== undefined) throw new CodedError('admin-forbidden', { path: other })
  const paths = new Set(shown.flatMap((one) => ('path' in one ? [one.path] : [])))
  const repairs = await doctor.repairs(ids, signal)
  const edits = repairs.flatMap((repair) => (repair.kind === 'edits' ? repair.edits : []))
  const folded = await fold(
    edits.filter(({ target }) => paths.has(target.path)),
    formats,
    sys,
  )
  const whole = repairs.flatMap((repair) => (repair.kind === 'changes' ? repair.changes : []))
  // As root nothing needs a helper any more.
  const own = whole.flatMap((change) =>
    change.kind === 'rights' || change.kind === 'notice' ? [{ ...change, admin: false }] : [],
  )
  return [...folded, ...own]
}

/** The machine, and texts in the places of files that the client has read: this process opens no file that it is told to. */
function withTexts(sys: Reader, texts: ReadonlyMap<string, string>): Reader {
  const bytesOf = (path: string): Uint8Array | null => {
    const text = texts.get(path)
    return text === undefined ? null : new TextEncoder().encode(text)
  }
  return {
    ...readerOf(sys),
    lstat: async (path) => {
      const bytes = bytesOf(path)
      return bytes === null ? sys.lstat(path) : { ...FILE, size: bytes.length }
    },
    readFile: async (path) => bytesOf(path) ?? sys.readFile(path),
    resolve: async (path) => (texts.has(path) ? path : sys.resolve(path)),
  }
}

const FILE: Stat = { kind: 'file', mode: 0o600, uid: 0, gid: 0, size: 0, links: 1, mtimeMs: 0 }
