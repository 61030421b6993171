import type { Reader } from '../../core/system.ts'

/** How a distribution brings packages. Argument lists, without what makes the caller an administrator. */
export type Distribution = {
  /** Docker's package as the distribution itself has it: no foreign source has to be trusted for it. */
  docker: string
  /** Refreshes the lists first, where the tool does not by itself; its failure is no reason to stop. */
  refresh: readonly [string, ...string[]] | null
  install(name: string): readonly [string, ...string[]]
  remove(name: string): readonly [string, ...string[]]
  installed(name: string): readonly [string, ...string[]]
  /** Whether the answer of `installed` says yes. */
  says(code: number | null, stdout: string): boolean
}

const byStatus: Distribution['says'] = (code) => code === 0

const debian: Distribution = {
  docker: 'docker.io',
  refresh: ['apt-get', 'update'],
  install: (name) => ['apt-get', 'install', '-y', name],
  remove: (name) => ['apt-get', 'remove', '-y', name],
  installed: (name) => ['dpkg-query', '-W', '-f', '${db:Status-Status}', name],
  says: (_code, stdout) => stdout.trim() === 'installed',
}
const fedora: Distribution = {
  docker: 'moby-engine',
  refresh: null,
  install: (name) => ['dnf', 'install', '-y', name],
  remove: (name) => ['dnf', 'remove', '-y', '--noautoremove', name],
  installed: (name) => ['rpm', '-q', name],
  says: byStatus,
}
const arch: Distribution = {
  docker: 'docker',
  refresh: null,
  install: (name) => ['pacman', '-S', '--needed', '--noconfirm', name],
  remove: (name) => ['pacman', '-R', '--noconfirm', name],
  installed: (name) => ['pacman', '-Q', name],
  says: byStatus,
}
const suse: Distribution = {
  docker: 'docker',
  refresh: null,
  install: (name) => ['zypper', '--non-interactive', 'install', name],
  remove: (name) => ['zypper', '--non-interactive', 'remove', name],
  installed: (name) => ['rpm', '-q', name],
  says: byStatus,
}

/** By os-release(5) ID, then ID_LIKE. RHEL and its rebuilds have no Docker of their own, though they are like Fedora. */
const FAMILIES: ReadonlyMap<string, Distribution | null> = new Map<string, Distribution | null>([
  ...['debian', 'ubuntu'].map((id) => [id, debian] as const),
  ...['rhel', 'centos', 'rocky', 'almalinux', 'ol', 'amzn'].map((id) => [id, null] as const),
  ['fedora', fedora],
  ['arch', arch],
  ...['suse', 'opensuse', 'opensuse-leap', 'opensuse-tumbleweed'].map((id) => [id, suse] as const),
  ['sles', null],
])

/** The distribution that an os-release file names; null for one that we do not know, or that brings no Docker. */
export function distributionOf(release: ReadonlyMap<string, string>): Distribution | null {
  const names = [release.get('ID') ?? '', ...(release.get('ID_LIKE') ?? '').split(/\s+/)]
  for (const name of names) {
    const found = FAMILIES.get(name)
    if (found !== undefined) return found
  }
  return null
}

/** Reads the os-release file below `root`. */
export async function readRelease(sys: Reader, root: string): Promise<ReadonlyMap<string, string>> {
  const folder = root === '/' ? '' : root
  for (const path of [`${folder}/etc/os-release`, `${folder}/usr/lib/os-release`]) {
    try {
      return parseRelease(new TextDecoder().decode(await sys.readFile(path)))
    } catch {
      // The next place.
    }
  }
  return new Map()
}

/** os-release(5): shell-like assignments; quotes are taken off, nothing is run. */
export function parseRelease(content: string): ReadonlyMap<string, string> {
  const entries = [...content.matchAll(/^([A-Z_]+)=(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"']*))\s*$/gm)]
  return new Map(entries.map(([, name = '', double, single, bare]) => [name, double ?? single ?? bare ?? '']))
}
