import type { Reader } from '../../core/system.ts'

type Argv = readonly [string, ...string[]]

/** How a distribution brings packages. Argument lists, without what makes the caller an administrator. */
export type Distribution = {
  /** Docker's package as the distribution itself has it: no foreign source has to be trusted for it. */
  docker: string
  /** Refreshes the lists first, where the tool does not by itself; its failure is no reason to stop. */
  refresh: Argv | null
  /** How a person would install it; shown. */
  install(name: string): Argv
  /** The same where nobody can be asked. */
  installQuietly(name: string): Argv
  remove(names: readonly string[]): Argv
  installed(name: string): Argv
  /** Whether the answer of `installed` says yes. */
  says(code: number | null, stdout: string): boolean
  /** What else comes and goes with a package; null: we know no way to ask, and take away the package alone. */
  apt: AptQuestions | null
}

/** What apt and dpkg are asked; none of it needs an administrator or writes. */
export type AptQuestions = {
  /** Prints what an installation would do. */
  simulateInstall(name: string): Argv
  /** Prints what nobody would need any more without `name`. */
  simulateRemoval(name: string): Argv
  /** Prints a line `name<TAB>status` for each that dpkg has ever heard of. */
  statuses(names: readonly [string, ...string[]]): Argv
  /** Prints something where dpkg was cut off. */
  audit: Argv
  /** Finishes what was cut off. */
  repair: Argv
  /** Takes configuration files away as well. */
  purge(names: readonly string[]): Argv
}

const byStatus: Distribution['says'] = (code) => code === 0

/** Another program may be at it (a new Ubuntu installs updates after it starts): waits, in seconds. */
const PATIENT = ['-o', 'DPkg::Lock::Timeout=300'] as const
/** What is only suggested by something else is no reason to stay. */
const UNNEEDED = ['-o', 'APT::AutoRemove::SuggestsImportant=false'] as const
/** A file that a person has edited stays as it is; dpkg would ask, and nobody could answer. */
const OWN_FILES = ['-o', 'Dpkg::Options::=--force-confdef', '-o', 'Dpkg::Options::=--force-confold'] as const

const debian: Distribution = {
  docker: 'docker.io',
  refresh: ['apt-get', 'update'],
  install: (name) => ['apt-get', 'install', '-y', name],
  installQuietly: (name) => ['apt-get', ...PATIENT, ...OWN_FILES, 'install', '-y', name],
  remove: (names) => ['apt-get', ...PATIENT, 'remove', '-y', ...names],
  installed: (name) => ['dpkg-query', '-W', '-f', '${db:Status-Status}', name],
  says: (_code, stdout) => stdout.trim() === 'installed',
  apt: {
    simulateInstall: (name) => ['apt-get', '-s', 'install', name],
    simulateRemoval: (name) => ['apt-get', ...UNNEEDED, '-s', 'remove', '--auto-remove', name],
    statuses: (names) => ['dpkg-query', '-W', '-f', '${binary:Package}\t${db:Status-Status}\n', ...names],
    audit: ['dpkg', '--audit'],
    repair: ['dpkg', '--force-confdef', '--force-confold', '--configure', '-a'],
    purge: (names) => ['apt-get', ...PATIENT, 'purge', '-y', ...names],
  },
}
const fedora: Distribution = {
  docker: 'moby-engine',
  refresh: null,
  install: (name) => ['dnf', 'install', '-y', name],
  installQuietly: (name) => ['dnf', 'install', '-y', name],
  remove: (names) => ['dnf', 'remove', '-y', '--noautoremove', ...names],
  installed: (name) => ['rpm', '-q', name],
  says: byStatus,
  apt: null,
}
const arch: Distribution = {
  docker: 'docker',
  refresh: null,
  install: (name) => ['pacman', '-S', '--needed', '--noconfirm', name],
  installQuietly: (name) => ['pacman', '-S', '--needed', '--noconfirm', name],
  remove: (names) => ['pacman', '-R', '--noconfirm', ...names],
  installed: (name) => ['pacman', '-Q', name],
  says: byStatus,
  apt: null,
}
const suse: Distribution = {
  docker: 'docker',
  refresh: null,
  install: (name) => ['zypper', '--non-interactive', 'install', name],
  installQuietly: (name) => ['zypper', '--non-interactive', 'install', name],
  remove: (names) => ['zypper', '--non-interactive', 'remove', ...names],
  installed: (name) => ['rpm', '-q', name],
  says: byStatus,
  apt: null,
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
