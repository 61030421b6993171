import path from 'node:path'
import type { Reader } from '../core/system.ts'
import type { Account } from './account.ts'

/** login.defs(5), what shadow itself takes where the file says nothing. */
const RANGE = { UID_MIN: 1000, UID_MAX: 60_000 }
const NO_SHELL = /\/(nologin|false|true|sync|shutdown|halt|git-shell)$/

/**
 * The accounts of people in passwd(5): a number in the range of login.defs(5), a shell that lets them in, a home of
 * their own by name. Each number once; whether the home is there, and whose it is, is looked at by the account itself.
 * Accounts of a directory service are not in that file.
 */
export async function ordinaryAccounts(sys: Reader, root: string): Promise<Account[]> {
  const read = async (file: string): Promise<string> =>
    sys.readFile(path.join(root, file)).then(
      (bytes) => new TextDecoder().decode(bytes),
      () => '',
    )
  const [passwd, defs] = await Promise.all([read('/etc/passwd'), read('/etc/login.defs')])
  return pickAccounts(passwd, defs).map((account) => ({ ...account, home: path.join(root, account.home) }))
}

/** The same out of the two texts. Pure. */
export function pickAccounts(passwd: string, defs: string): Account[] {
  const [least, most] = [limit(defs, 'UID_MIN'), limit(defs, 'UID_MAX')]
  const accounts = new Map<number, Account>()
  for (const line of passwd.split('\n')) {
    const [name = '', , uid = '', gid = '', , home = '', shell = ''] = line.split(':')
    if (!/^[A-Za-z_][\w.@-]*\$?$/.test(name) || !/^\d{1,10}$/.test(uid) || !/^\d{1,10}$/.test(gid)) continue
    const number = Number(uid)
    if (number < least || number > most || number === 0 || accounts.has(number) || NO_SHELL.test(shell)) continue
    const folder = path.posix.normalize(home).replace(/(.)\/+$/, '$1')
    if (!home.startsWith('/') || folder === '/' || folder === '/nonexistent') continue
    accounts.set(number, { name, uid: number, gid: Number(gid), home: folder })
  }
  return [...accounts.values()]
}

function limit(defs: string, name: keyof typeof RANGE): number {
  const found = new RegExp(`^[ \\t]*${name}[ \\t]+(\\d{1,10})[ \\t]*$`, 'm').exec(defs)?.[1]
  return found === undefined ? RANGE[name] : Number(found)
}

/** The numbers of the groups that group(5) has an account in, its own first. Pure. */
export function groupsOf({ name, gid }: Pick<Account, 'name' | 'gid'>, groups: string): number[] {
  const more = groups.split('\n').flatMap((line) => {
    const [, , number = '', members = ''] = line.split(':')
    return /^\d{1,10}$/.test(number) && members.split(',').includes(name) ? [Number(number)] : []
  })
  return [...new Set([gid, ...more])]
}
