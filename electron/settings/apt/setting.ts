import type { Note } from '../../contract/note.ts'
import type { Profile } from '../../contract/profile.ts'
import { redact } from '../../core/redact.ts'
import type { Prober, Setting } from '../../core/setting.ts'
import { sameUri } from './address.ts'
import { type AptState, detectApt } from './detect.ts'
import { type AptChoice, officialValue, ownSources, planApt } from './plan.ts'
import { webUris } from './recognise.ts'
import { verifyApt } from './verify.ts'

/** The addresses of Debian's or Ubuntu's own archive in apt's sources. */
export const aptSetting: Setting<AptState, AptChoice> = {
  id: 'apt',
  detect: detectApt,
  choose: chooseApt,
  plan: planApt,
  verify: verifyApt,
}

/** What a profile says about apt; `auto` is settled by the probe. A machine without apt has nothing to choose. */
async function chooseApt(
  profile: Profile,
  state: AptState,
  probe: Prober,
  signal: AbortSignal,
): Promise<{ choice: AptChoice; notes: readonly Note[] } | null> {
  const wanted = profile.sources?.apt
  if (wanted === undefined) return null
  if (wanted !== 'auto' && wanted !== 'official') return { choice: { kind: 'mirror', base: wanted }, notes: [] }
  if (state.system === null) return { choice: { kind: 'keep' }, notes: [{ key: 'setting:apt.notHere' }] }
  if (wanted === 'official') return { choice: { kind: 'official' }, notes: [officialNote(state)] }
  const current = currentUris(state)
  const { chosen, note } = await probe('apt', current, signal)
  const [first] = chosen
  if (first !== undefined) {
    const kept = current.some((one) => sameUri(one, first))
    return { choice: kept ? { kind: 'keep' } : { kind: 'mirror', base: first }, notes: [note] }
  }
  // What nobody can name can't be gone back to: it stays as it is.
  return isOfficialKnown(state)
    ? { choice: { kind: 'official' }, notes: [note, officialNote(state)] }
    : { choice: { kind: 'keep' }, notes: [{ key: 'setting:apt.officialUnknown' }] }
}

/** The archive's addresses that apt asks now. */
export const currentUris = (state: AptState): readonly string[] => [
  ...new Set(ownSources(state).flatMap(({ entry }) => webUris(entry).map(({ text }) => text.replaceAll('"', '')))),
]

/** Whether "official" can be offered: our history or the system's templates name it for every source. */
export function isOfficialKnown(state: AptState): boolean {
  const { system } = state
  const own = ownSources(state)
  return system !== null && own.length > 0 && own.every((source) => officialValue(source, state, system) !== null)
}

/** Says what official means here: the addresses that will stand in the files. */
function officialNote(state: AptState): Note {
  const { system } = state
  const values = system === null ? [] : ownSources(state).map((source) => officialValue(source, state, system))
  const uris = [...new Set(values.filter((value) => value !== null))].join(' ')
  return { key: 'setting:apt.official', values: { uris: redact(uris === '' ? '-' : uris) } }
}
