import os from 'node:os'

/** Who runs the program. `home`: as the system's list of accounts has it, whatever HOME says; null: it has none. */
export type Identity = { name: string; uid: number; gid: number; home?: string | null }

/** The identity of this process. */
export function currentIdentity(): Identity {
  const { uid, gid } = { uid: process.geteuid?.() ?? -1, gid: process.getegid?.() ?? -1 }
  try {
    const { username, homedir } = os.userInfo()
    return { name: username, uid, gid, home: homedir.startsWith('/') ? homedir : null }
  } catch {
    // An account that passwd does not know, as containers have.
    return { name: String(uid), uid, gid, home: null }
  }
}
