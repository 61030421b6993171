import type { Profile } from '../contract/profile.ts'
import { CodedError } from '../core/errors.ts'
import { folderOf, under } from '../core/paths.ts'
import type { Places } from '../core/places.ts'
import type { Reader, Stat } from '../core/system.ts'

/**
 * Refuses a folder for PATH into which everybody of this machine may put programs, or in which everybody could make
 * it: what they put there would be started under another name. Throws `bad-profile` {key, reason}. On Windows rights
 * are no numbers; there only the grammar knows such folders.
 */
export async function refuseSharedFolders(profile: Profile, places: Places, sys: Reader): Promise<void> {
  if (places.platform === 'win32') return
  for (const path of profile.env?.path ?? []) {
    const whole = path.startsWith('~/') ? under(places.home, path.slice(2)) : path
    if (await isShared(whole, sys))
      throw new CodedError('bad-profile', { key: 'env.path', reason: 'shared-folder' }, path)
  }
}

const STICKY = 0o1000
const isOpen = ({ mode }: Stat): boolean => (mode & 0o002) !== 0

/** The folder itself, or the nearest one that exists; above it a sticky one (/tmp) lets nobody exchange what is there. */
async function isShared(path: string, sys: Reader): Promise<boolean> {
  let at = await sys.resolve(path).catch(() => path)
  for (let nearest = true; ; at = folderOf(at)) {
    const stat = await sys.lstat(at).catch(() => null)
    if (stat?.kind === 'dir') {
      if (isOpen(stat) && (nearest || (stat.mode & STICKY) === 0)) return true
      nearest = false
    }
    if (at === folderOf(at)) return false
  }
}
