import type { Change, PresenceChange } from '../contract/plan.ts'
import { type ApplyRequest, type Choices, type Shown, shownOf } from '../core/elevation.ts'
import { CodedError } from '../core/errors.ts'
import type { Places } from '../core/places.ts'
import { fold } from '../core/plan.ts'
import { isPresence } from '../core/presence.ts'
import type { Prober } from '../core/setting.ts'
import type { Reader, Stat } from '../core/system.ts'
import { formats, settings } from '../settings/index.ts'
import { firstForbidden } from './allowed.ts'

export type ReplanParts = {
  sys: Reader
  places: Places
  /** Which packages, services and groups this machine still needs; the helper brings no other one. */
  presences(signal: AbortSignal): Promise<readonly PresenceChange[]>
}

/**
 * The changes that the choices make on this machine, planned by ourselves and as far as they were shown. Only reads.
 * Throws `changed-since-plan` {path} where something would become another thing than was shown, `admin-forbidden`
 * {path} for what never changes with these rights, and what the settings throw.
 */
export async function replan(
  { choices, shown }: Pick<ApplyRequest, 'choices' | 'shown'>,
  parts: ReplanParts,
  signal: AbortSignal,
): Promise<readonly Change[]> {
  const planned: readonly Change[] = [
    ...(shown.some(({ kind }) => isPresenceKind(kind)) ? await parts.presences(signal) : []),
    ...(await filesOf(choices, shown, parts, signal)),
  ]
  const known = await Promise.all(planned.map(async (change) => ({ change, shown: await shownOf(change) })))
  const wanted = new Set<Change>()
  for (const one of shown) {
    const found = known.find((candidate) => candidate.shown !== null && same(candidate.shown, one))
    if (found === undefined || wanted.has(found.change))
      throw new CodedError('changed-since-plan', { path: nameOf(one) })
    wanted.add(found.change)
  }
  const changes = planned.filter((change) => wanted.has(change))
  const path = firstForbidden(changes, parts.places)
  if (path !== null) throw new CodedError('admin-forbidden', { path })
  return changes
}

const isPresenceKind = (kind: Shown['kind']): boolean => kind === 'package' || kind === 'service' || kind === 'group'
const nameOf = (one: Shown): string => ('path' in one ? one.path : one.name)
/** All of a shown change is short texts. */
const same = (a: Shown, b: Shown): boolean => canonical(a) === canonical(b)
const canonical = (one: Shown): string => JSON.stringify(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))

async function filesOf(
  { profile, owners, settled, texts }: Choices,
  shown: readonly Shown[],
  { sys, places }: ReplanParts,
  signal: AbortSignal,
): Promise<readonly Change[]> {
  if (profile === null) return []
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

/** The machine, and texts in the places of files that the client has read: this process opens no file that it is told to. */
function withTexts(sys: Reader, texts: ReadonlyMap<string, string>): Reader {
  const bytesOf = (path: string): Uint8Array | null => {
    const text = texts.get(path)
    return text === undefined ? null : new TextEncoder().encode(text)
  }
  return {
    ...sys,
    identity: sys.identity,
    lstat: async (path) => {
      const bytes = bytesOf(path)
      return bytes === null ? sys.lstat(path) : { ...FILE, size: bytes.length }
    },
    readFile: async (path) => bytesOf(path) ?? sys.readFile(path),
    resolve: async (path) => (texts.has(path) ? path : sys.resolve(path)),
    list: (path) => sys.list(path),
    obstacle: (path) => sys.obstacle(path),
    query: (...call) => sys.query(...call),
    listEnv: (scope) => sys.listEnv(scope),
    readEnv: (scope, name) => sys.readEnv(scope, name),
    mayWriteEnv: (scope) => sys.mayWriteEnv(scope),
    withScratch: (...call) => sys.withScratch(...call),
  }
}

const FILE: Stat = { kind: 'file', mode: 0o600, uid: 0, gid: 0, size: 0, links: 1, mtimeMs: 0 }
