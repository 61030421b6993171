import type { Reader } from '../core/system.ts'

export type Account = { name: string; uid: number; gid: number; home: string }

/** The account with a number or a name in passwd(5); null: there is none. */
export async function accountIn(sys: Reader, wanted: { uid: number } | { name: string }): Promise<Account | null> {
  const text = await sys.readFile('/etc/passwd').then(
    (bytes) => new TextDecoder().decode(bytes),
    () => '',
  )
  for (const line of text.split('\n')) {
    const [name = '', , uid = '', gid = '', , home = ''] = line.split(':')
    if (!/^\d+$/.test(uid) || !/^\d+$/.test(gid) || !home.startsWith('/')) continue
    if ('uid' in wanted ? Number(uid) === wanted.uid : name === wanted.name)
      return { name, uid: Number(uid), gid: Number(gid), home }
  }
  return null
}

/**
 * Who has asked for root's rights, by what sudo(8) and pkexec(1) set; null: root itself, or nobody that passwd knows.
 */
export async function accountBehind(
  environment: Readonly<Record<string, string | undefined>>,
  sys: Reader,
): Promise<string | null> {
  const uid = environment['PKEXEC_UID'] || environment['SUDO_UID'] || ''
  if (!/^[1-9]\d{0,9}$/.test(uid)) return null
  return (await accountIn(sys, { uid: Number(uid) }))?.name ?? null
}
