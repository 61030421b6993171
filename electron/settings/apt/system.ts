import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { toBinary } from '../binary.ts'
import { readOrNull } from '../read-keys.ts'

/** A distribution whose archive we know: its name, its release, this machine's processor in dpkg's words. */
export type AptSystem = { distribution: 'debian' | 'ubuntu'; codename: string; architecture: string }

/** What each distribution calls the parts of its archive. */
export const COMPONENTS: Readonly<Record<AptSystem['distribution'], ReadonlySet<string>>> = {
  debian: new Set(['main', 'contrib', 'non-free', 'non-free-firmware']),
  ubuntu: new Set(['main', 'restricted', 'universe', 'multiverse']),
}

/** dpkg's names for what Node calls a processor. */
const NODE_NAMES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: 'i386', arm: 'armhf', ppc64: 'ppc64el' }

/**
 * What stands in os-release and in dpkg's list of processors. null where this is neither Debian nor Ubuntu
 * nor built on one of their archives (Linux Mint names Ubuntu's release in UBUNTU_CODENAME).
 */
export async function aptSystem(sys: Reader, { apt }: Places): Promise<AptSystem | null> {
  const release = await osRelease(sys, apt.release)
  const distribution = baseOf(release)
  const own = release.get('ID') === distribution ? release.get('VERSION_CODENAME') : undefined
  const codename = release.get(distribution === 'ubuntu' ? 'UBUNTU_CODENAME' : 'DEBIAN_CODENAME') ?? own
  if (distribution === null || codename === undefined || !/^[a-z][a-z0-9-]*$/.test(codename)) return null
  const listed = toBinary((await readOrNull(sys, apt.architectures)) ?? new Uint8Array())
    .split('\n')[0]
    ?.trim()
  return { distribution, codename, architecture: listed || (NODE_NAMES[process.arch] ?? process.arch) }
}

function baseOf(release: ReadonlyMap<string, string>): AptSystem['distribution'] | null {
  const id = release.get('ID')
  if (id === 'debian' || id === 'ubuntu') return id
  if (release.has('UBUNTU_CODENAME')) return 'ubuntu'
  return release.has('DEBIAN_CODENAME') ? 'debian' : null
}

async function osRelease(sys: Reader, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  for (const path of paths) {
    const bytes = await readOrNull(sys, path)
    if (bytes === null) continue
    const pairs = [...toBinary(bytes).matchAll(/^([A-Z_]+)=(["']?)(.*)\2\s*$/gm)]
    return new Map(pairs.map(([, name = '', , value = '']) => [name, value]))
  }
  return new Map()
}
