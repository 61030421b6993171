import type { Note } from '../../contract/note.ts'
import type { Edit } from '../../contract/plan.ts'
import type { Profile } from '../../contract/profile.ts'
import { CodedError } from '../../core/errors.ts'
import { under } from '../../core/paths.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { textOf, wholeEdit } from './certs-d.ts'
import { holdsAll } from './pem-blocks.ts'
import { wantedFor } from './wanted.ts'

/** Where a distribution takes more authorities from, and the program that makes one file of all. */
export type Anchors = {
  folder: string
  ending: string
  bundle: string
  program: 'update-ca-certificates' | 'update-ca-trust'
}

/** Debian, Alpine, SUSE; Fedora and its kin; Arch. Their manuals of update-ca-certificates(8) and update-ca-trust(8). */
const KNOWN: readonly Anchors[] = [
  {
    folder: '/usr/local/share/ca-certificates',
    ending: '.crt',
    bundle: '/etc/ssl/certs/ca-certificates.crt',
    program: 'update-ca-certificates',
  },
  {
    folder: '/etc/pki/ca-trust/source/anchors',
    ending: '.pem',
    bundle: '/etc/pki/tls/certs/ca-bundle.crt',
    program: 'update-ca-trust',
  },
  {
    folder: '/etc/ca-certificates/trust-source/anchors',
    ending: '.crt',
    bundle: '/etc/ssl/certs/ca-certificates.crt',
    program: 'update-ca-trust',
  },
]

const inRoot = (places: Places, path: string): string => under(places.root, path.slice(1))

/** The machine's own way; null where it has none that is made of files. */
export async function anchorsOf(sys: Reader, places: Places): Promise<Anchors | null> {
  if (places.platform !== 'linux') return null
  for (const { folder, bundle, ...rest } of KNOWN) {
    const at = { ...rest, folder: inRoot(places, folder), bundle: inRoot(places, bundle) }
    const there = async (path: string): Promise<boolean> => (await sys.lstat(path).catch(() => null)) !== null
    // Debian's folder is made when it is first needed.
    if (await there(at.folder)) return at
    if (rest.program === 'update-ca-certificates' && (await there(inRoot(places, '/etc/ca-certificates.conf'))))
      return at
  }
  return null
}

/**
 * Makes go, apt and whatever else asks the system believe an authority: a file where the distribution takes more
 * authorities from, out of which it then makes the one file that all of them read. Throws `not-yet` {key} where
 * the system keeps them elsewhere.
 */
export async function forSystem(
  profile: Profile,
  places: Places,
  sys: Reader,
): Promise<{ edits: readonly Edit[]; notes: readonly Note[] }> {
  const wanted = await wantedFor(profile, ['go', 'apt'], sys)
  if (wanted.length === 0) return { edits: [], notes: [] }
  const anchors = await anchorsOf(sys, places)
  const tools = (profile.authorities ?? []).flatMap((authority) => authority.for)
  if (anchors === null) throw new CodedError('not-yet', { key: `authorities: ${tools.includes('go') ? 'go' : 'apt'}` })
  const trusted = (await textOf(sys, anchors.bundle)) ?? ''
  const edits: Edit[] = []
  for (const { text, facts } of wanted) {
    const name = `goready-${facts.fingerprint.replaceAll(':', '').slice(0, 16).toLowerCase()}${anchors.ending}`
    const path = under(anchors.folder, name)
    const ours = await textOf(sys, path)
    // An administrator has put it there in another way.
    if (ours === null && holdsAll(trusted, text)) continue
    const edit = await wholeEdit(sys, path, text, false, ['authorities-update'])
    if (edit !== null) edits.push(edit)
  }
  return { edits, notes: wanted.map(({ facts }) => ({ key: 'setting:authority.system', values: facts })) }
}

/** Whether the one file that all tools read holds all of them. */
export async function holdsSystem(texts: readonly string[], places: Places, sys: Reader): Promise<boolean> {
  const anchors = await anchorsOf(sys, places)
  const trusted = anchors === null ? null : await textOf(sys, anchors.bundle)
  return trusted !== null && texts.every((text) => holdsAll(trusted, text))
}
