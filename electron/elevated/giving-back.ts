import type { Change, RightsChange } from '../contract/plan.ts'
import { isAt } from '../core/steps.ts'
import type { Reader } from '../core/system.ts'

/** The account that has asked for the rights, and its home with all links followed. */
export type Asking = { uid: number; gid: number; home: string }

/** setuid, setgid and sticky: no repair needs them, and who owns what has them is not what it seems. */
const SPECIAL = 0o7000

/** Whether a change gives something of root's below a home to whom that belongs, and nothing more to anybody. */
export function isGivenBack({ path, before, after }: RightsChange, { uid, gid, home }: Asking): boolean {
  const names = path.split('/').slice(1)
  const sound = path.startsWith('/') && names.every((name) => name !== '' && name !== '.' && name !== '..')
  const below = home !== '' && path !== home && isAt(path, home)
  const owner = uid > 0 && before.uid === 0 && after.uid === uid && after.gid === gid
  const same = ((before.mode | after.mode) & SPECIAL) === 0 && (before.mode & ~after.mode) === 0
  // Its owner may get what was missing, nobody else.
  return sound && below && owner && same && (after.mode & ~before.mode & ~0o700) === 0
}

/**
 * The first change whose path leads over a link, or to what has a second name or is neither file nor folder; null:
 * there is none. Only reads; the handle that the change goes through is looked at once more, see `setPlainRights`.
 */
export async function firstElsewhere(changes: readonly Change[], sys: Reader): Promise<string | null> {
  for (const change of changes) {
    if (change.kind !== 'rights' && change.kind !== 'notice') continue
    const { path } = change
    const [real, stat] = await Promise.all([sys.resolve(path).catch(() => null), sys.lstat(path)])
    const plain = stat?.kind === 'dir' ? change.kind === 'rights' : stat?.kind === 'file' && stat.links === 1
    // A service may read a file that is not there.
    const absent = stat === null && change.kind === 'notice'
    if (real !== path || (!plain && !absent)) return path
  }
  return null
}
