import os from 'node:os'

/** Who runs the program. */
export type Identity = { name: string; uid: number; gid: number }

/** The identity of this process. */
export function currentIdentity(): Identity {
  const { uid, gid } = { uid: process.geteuid?.() ?? -1, gid: process.getegid?.() ?? -1 }
  try {
    return { name: os.userInfo().username, uid, gid }
  } catch {
    // An account that passwd does not know, as containers have.
    return { name: String(uid), uid, gid }
  }
}
