import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { type ArchiveName, archiveOf } from './address.ts'
import { type AptState, detectApt } from './detect.ts'
import { officialValue, ownSources } from './plan.ts'
import { webUris } from './recognise.ts'
import { currentUris } from './setting.ts'
import type { AptSystem } from './system.ts'

/** What a race of apt's mirrors has to know about this machine. */
export type AptRaceFacts = {
  /** Where the archive stands under a mirror's host. */
  folder: ArchiveName
  codename: string
  /** dpkg's name of the processor. */
  arch: string
  components: readonly string[]
  /** The archive's addresses that apt asks now. */
  current: readonly string[]
  /** The official address, where our history or the system names it. */
  official: string | null
  /** Files with the keys that an InRelease has to be signed with. */
  keyrings: readonly string[]
}

/** null: this system does not take its packages from Debian's or Ubuntu's archive. */
export async function aptRaceFacts(sys: Reader, places: Places): Promise<AptRaceFacts | null> {
  const state = await detectApt(sys, places)
  const { system } = state
  if (system === null) return null
  const own = ownSources(state).find(({ entry }) => entry.suites.includes(system.codename))
  return {
    folder: archiveOf(system, own?.entry),
    codename: system.codename,
    arch: own?.entry.architectures[0] ?? system.architecture,
    components: own?.entry.components ?? ['main'],
    current: currentUris(state),
    official: officialUri(state, system),
    keyrings: await keyrings(sys, places, system, own?.entry.signedBy ?? null),
  }
}

function officialUri(state: AptState, system: AptSystem): string | null {
  for (const source of ownSources(state)) {
    const value = officialValue(source, state, system)
    const [uri] = value === null ? [] : value.split(' ').filter((word) => /^https?:/.test(word))
    if (uri !== undefined && webUris(source.entry).length > 0) return uri
  }
  return state.templates.official.get(archiveOf(system)) ?? null
}

/** What `Signed-By` names; without it all that apt trusts, and the distribution's own key ring. */
async function keyrings(
  sys: Reader,
  { apt, root }: Places,
  { distribution }: AptSystem,
  signedBy: string | null,
): Promise<readonly string[]> {
  const named = (signedBy ?? '').split(/[\s,]+/).filter((path) => path.startsWith('/'))
  const trusted = (await sys.list(`${apt.folder}/trusted.gpg.d`).catch(() => []))
    .filter((name) => /^[\w.-]+\.(gpg|asc)$/.test(name))
    .toSorted()
    .map((name) => `${apt.folder}/trusted.gpg.d/${name}`)
  const own = `${root.replace(/\/+$/, '')}/usr/share/keyrings/${distribution}-archive-keyring.gpg`
  const wanted = named.length > 0 ? named : [...trusted, own]
  const found: string[] = []
  for (const path of wanted) if (await sys.lstat(path).catch(() => null)) found.push(path)
  return found
}
