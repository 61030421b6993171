import type { Places } from '../core/places.ts'
import type { Reader } from '../core/system.ts'
import type { Mount } from '../docker/container.ts'
import { proxyMounts } from '../docker/file-proxy.ts'
import { anchorsOf } from '../settings/authority/system-store.ts'

/** Where a container finds whom this machine believes; Go and OpenSSL read the variable. */
const BUNDLE = '/goready-authorities.crt'

/**
 * What a container needs to reach the machine's own sources: the folders that GOPROXY names, and, where somebody has
 * added authorities to the system's (a room, a company), all of those. An image believes the public ones alone.
 */
export async function forContainer(
  sys: Reader,
  places: Places,
  goEnv: Readonly<Record<string, string>>,
): Promise<{ mounts: readonly Mount[]; env: Readonly<Record<string, string>> }> {
  const mounts = await proxyMounts(sys, goEnv)
  const anchors = await anchorsOf(sys, places)
  if (anchors === null) return { mounts, env: {} }
  const added = (await sys.list(anchors.folder).catch(() => [])).some((name) => name.endsWith(anchors.ending))
  const bundle = await sys.resolve(anchors.bundle).catch(() => anchors.bundle)
  if (!added || (await sys.lstat(bundle).catch(() => null))?.kind !== 'file') return { mounts, env: {} }
  const trust: Mount = { Type: 'bind', Source: bundle, Target: BUNDLE, ReadOnly: true }
  return { mounts: [...mounts, trust], env: { SSL_CERT_FILE: BUNDLE } }
}
