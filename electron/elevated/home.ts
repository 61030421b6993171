import { CodedError } from '../core/errors.ts'
import type { Places } from '../core/places.ts'
import { isAt } from '../core/steps.ts'
import type { System } from '../core/system.ts'
import { accountIn } from '../platform/account.ts'
import { setPlainRights } from '../system/tree.ts'
import type { Asking } from './giving-back.ts'

/** null: nobody that the account database knows with a home of his own, or a system whose handles tell too little. */
export async function askingOf(name: string | null, platform: Places['platform'], sys: System): Promise<Asking | null> {
  const account = name === null || platform !== 'linux' ? null : await accountIn(sys, { name })
  if (account === null) return null
  const home = await sys.resolve(account.home).catch(() => account.home)
  const stat = await sys.lstat(home)
  const { uid, gid } = account
  return stat?.kind === 'dir' && stat.uid === uid && home !== '/' ? { uid, gid, home } : null
}

/** Whoever asks may exchange every folder of the home at any time: rights change nowhere else, whatever was planned. */
export const withRightsBelow = (sys: System, asking: Asking | null): System => ({
  ...sys,
  setRights: (path, rights) =>
    asking !== null && path !== asking.home && isAt(path, asking.home)
      ? setPlainRights(path, rights)
      : Promise.reject(new CodedError('admin-forbidden', { path })),
})
