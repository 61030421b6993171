import type { RightsChange } from '../../../contract/plan.ts'
import { errno } from '../../../core/errors.ts'
import { under } from '../../../core/paths.ts'
import type { Places } from '../../../core/places.ts'
import { isAt } from '../../../core/steps.ts'
import type { Reader, Stat } from '../../../core/system.ts'
import { type DoctorCheck, type DoctorContext, type Found, nothingFound } from '../../check.ts'
import { closedPlaces } from './closed.ts'
import { shellWord } from './shell-word.ts'
import { openSecrets } from './secrets.ts'
import { type Written, writtenPlaces } from './written-places.ts'

type Owner = { uid: number; gid: number }

/** What one repair changes at most, and how much is looked at for it. */
const MOST_CHANGED = 2000
const MOST_LOOKED = 20_000

/** Owners and permission bits of what this user's tools and this program write. Windows keeps lists of its own. */
export const ownersCheck: DoctorCheck = {
  id: 'files.owners',
  category: 'files',
  deadline: 4000,
  codes: ['files.foreign-owner', 'files.mode-closed', 'files.secrets-open'],
  explains: ['npm-rights', 'pip-rights', 'go-cache-rights'],
  applies: ({ sys }) => Promise.resolve(sys.identity.uid !== -1),
  async check(context, signal) {
    const { sys, places } = context
    const home = await sys.lstat(await sys.resolve(places.home).catch(() => places.home)).catch(() => null)
    if (home === null || home.kind !== 'dir' || places.home === '/') return nothingFound
    const owner = await whoseHome(context, home)
    if (owner === 'closed') return { found: [homeFound(context, home)] }
    const all = await writtenPlaces(sys, places)
    // A GOENV file that this user cannot read is a matter of Go's.
    const isGos = ({ path, stat }: Written): boolean =>
      sys.identity.uid !== 0 && path === places.goenv && (stat.mode & 0o004) === 0
    const foreign = owner === null ? [] : all.filter((one) => isForeign(one.stat, owner) && !isGos(one))
    const found = await Promise.all(
      topmost(foreign).map((one) => foreignFound(context, one, foreign, owner ?? home, signal)),
    )
    const own = all.filter((one) => !foreign.includes(one) && !foreign.some((other) => isBelow(one, other)))
    return { found: [...found, ...closedPlaces(own, context), ...(await openSecrets(own, context))] }
  },
}

/**
 * Who has to be able to write in this home: whoever it belongs to for root, else this user. null: numbers tell nothing
 * here (root's own home, a share that maps accounts). `closed`: the home itself is not this user's to write.
 */
async function whoseHome({ sys, places }: DoctorContext, home: Stat): Promise<Owner | null | 'closed'> {
  const { identity } = sys
  if (identity.uid === 0) return home.uid === 0 ? null : { uid: home.uid, gid: home.gid }
  if (home.uid === identity.uid) return identity
  return (await sys.obstacle(places.home))?.why === 'not-owned' ? 'closed' : null
}

/** Where a group or everybody may write, the owner's number says nothing about this user. */
const isForeign = ({ uid, mode }: Stat, owner: Owner): boolean => uid !== owner.uid && (mode & 0o022) === 0

const isBelow = (one: Written, other: Written): boolean => one.real.startsWith(`${other.real}/`)

/** Of a folder and what is in it the folder; of a cache's inside the first one. */
function topmost(foreign: readonly Written[]): readonly Written[] {
  return foreign.filter(
    (one, index) =>
      !foreign.some((other) => isBelow(one, other)) &&
      (one.cache === null || foreign.findIndex(({ cache }) => cache === one.cache) === index),
  )
}

async function foreignFound(
  { sys, places }: DoctorContext,
  one: Written,
  foreign: readonly Written[],
  owner: Owner,
  signal: AbortSignal,
): Promise<Found> {
  const path = one.cache ?? one.path
  const roots = one.cache === null ? [one] : foreign.filter(({ cache }) => cache === one.cache)
  const tree = one.stat.kind === 'dir'
  const command = `sudo chown ${tree ? '-R ' : ''}${owner.uid}:${owner.gid} ${shellWord(path)}`
  const all = await ownedBack(
    sys,
    roots.map(({ real }) => real),
    owner,
    signal,
  )
  const changes = sys.identity.uid === 0 || all === null ? all : forHelper(all, roots, places)
  // A file that can still be read keeps the tool going; it can only not be changed.
  const readable = !tree && (one.stat.mode & 0o004) !== 0
  return {
    code: 'files.foreign-owner',
    severity: readable ? 'warning' : 'error',
    subject: path,
    values: { path, owner: nameOf(one.stat.uid), command },
    evidence: roots.slice(0, 5).map(({ real, stat }) => `${real}: ${stat.uid}:${stat.gid} ${stat.mode.toString(8)}`),
    ...(changes === null || changes.length === 0
      ? {}
      : {
          repairs: [
            {
              kind: 'changes' as const,
              note: { key: 'doctor-files:repair.owner', values: { path, count: changes.length } },
              // A password is none of what is done at one go, and what can still be read may be closed on purpose.
              safe: sys.identity.uid === 0 && !readable,
              changes,
            },
          ],
        }),
  }
}

/**
 * The same as the administrator's helper makes them for an ordinary user; null: it would not. A run is written down
 * first, so it cannot be what opens the way to its own record.
 */
function forHelper(
  changes: readonly RightsChange[],
  roots: readonly Written[],
  { state }: Places,
): readonly RightsChange[] | null {
  const record = roots.some(({ path, real }) => [path, real].some((at) => isAt(state, at)))
  const plain = changes.every(({ before }) => before.uid === 0 && (before.mode & 0o7000) === 0)
  return record || !plain ? null : changes.map((change) => ({ ...change, admin: true }))
}

const nameOf = (uid: number): string => (uid === 0 ? 'root' : `${uid}`)

/** A home that this user may not write: nothing in it can be told from that. */
function homeFound({ sys, places }: DoctorContext, home: Stat): Found {
  const command = `sudo chown ${sys.identity.uid}:${sys.identity.gid} ${shellWord(places.home)}`
  return {
    code: 'files.foreign-owner',
    severity: 'error',
    subject: places.home,
    values: { path: places.home, owner: nameOf(home.uid), command },
    evidence: [`${places.home}: ${home.uid}:${home.gid} ${home.mode.toString(8)}`],
  }
}

/** What this account may not look into it cannot show to anybody either. */
const closed = (error: unknown): 'closed' => {
  if (errno(error) === 'EACCES') return 'closed'
  throw error
}

/**
 * The changes that give paths and what is below them back to `owner`; null: there is more than one repair may change,
 * or something that this account may not look into.
 */
async function ownedBack(
  sys: Reader,
  roots: readonly string[],
  owner: Owner,
  signal: AbortSignal,
): Promise<readonly RightsChange[] | null> {
  const changes: RightsChange[] = []
  const waiting = [...roots]
  for (let looked = 0; waiting.length > 0; looked++) {
    signal.throwIfAborted()
    const path = waiting.pop() ?? ''
    const stat = await sys.lstat(path).catch(closed)
    if (stat === 'closed') return null
    if (looked > MOST_LOOKED || changes.length > MOST_CHANGED) return null
    if (stat === null || stat.kind === 'link') continue
    const names = stat.kind === 'dir' ? await sys.list(path).catch(closed) : []
    if (names === 'closed') return null
    waiting.push(...names.map((name) => under(path, name)))
    // A second name may stand where it belongs to its owner.
    const shared = stat.kind === 'file' && stat.links > 1
    if (stat.uid === owner.uid || shared || stat.kind === 'other') continue
    const { mode, uid, gid } = stat
    changes.push({ kind: 'rights', path, before: { mode, uid, gid }, after: { mode, ...owner }, admin: false })
  }
  return changes.length > MOST_CHANGED ? null : changes
}
