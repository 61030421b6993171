import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'

/** Root never runs what stands in another user's files: whose programs run as that user, as a part of the options. */
export async function ownerOf(sys: Reader, places: Places): Promise<{ as?: { uid: number; gid: number } }> {
  // The home may be a link, which is root's whomever it leads to.
  const owner = await sys.lstat(await sys.resolve(places.home))
  return sys.identity.uid === 0 && owner !== null && owner.uid !== 0 ? { as: { uid: owner.uid, gid: owner.gid } } : {}
}
