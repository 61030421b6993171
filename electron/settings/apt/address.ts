import type { Entry } from './entry.ts'
import type { AptSystem } from './system.ts'

/** The folders that mirrors keep archives in. Ubuntu's other processors have an archive of their own. */
export type ArchiveName = 'debian' | 'ubuntu' | 'ubuntu-ports'

const ARCHIVE = /\/(debian|ubuntu|ubuntu-ports)$/

const plain = (uri: string): string => uri.replace(/^"|"$/g, '').replace(/\/+$/, '')

/** Whether two addresses are the same archive; a slash at the end does not count. */
export const sameUri = (a: string, b: string): boolean => plain(a) === plain(b)

/** The path of an address without the slash at its end. Empty where it is none. */
export function pathOf(uri: string): string {
  return URL.canParse(plain(uri)) ? new URL(plain(uri)).pathname.replace(/\/+$/, '') : ''
}

/** The archive that a source reads: `ubuntu-ports` for what is neither amd64 nor i386. */
export function archiveOf(system: AptSystem, entry?: Entry): ArchiveName {
  if (system.distribution === 'debian') return 'debian'
  if (entry?.uris.some(({ text }) => pathOf(text).endsWith('/ubuntu-ports'))) return 'ubuntu-ports'
  const [first = system.architecture] = entry?.architectures ?? []
  return first === 'amd64' || first === 'i386' ? 'ubuntu' : 'ubuntu-ports'
}

/**
 * The archive `name` on a mirror. `base` is the mirror by its host alone (`https://m.example`, then the archive
 * is in its usual folder) or the archive in full (`https://m.example/debian/`, `https://nexus.example/repository/apt`).
 * null: the address says itself that it is another archive's.
 */
export function archiveUri(base: string, name: ArchiveName): string | null {
  const url = new URL(base)
  const path = url.pathname.replace(/\/+$/, '')
  if (path === '') return `${url.origin}/${name}`
  const named = ARCHIVE.exec(path)?.[1]
  if (named === undefined || named === name) return `${url.origin}${path}`
  // One mirror for both of Ubuntu's archives is given once.
  const both = named.startsWith('ubuntu') && name.startsWith('ubuntu')
  return both ? `${url.origin}${path.replace(ARCHIVE, '')}/${name}` : null
}
