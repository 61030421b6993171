import type { Places } from '../core/places.ts'
import type { Proposal } from '../core/setting.ts'
import type { Reader } from '../core/system.ts'
import { detectGo, effective } from '../settings/go/detect.ts'

/** What a container is to know of the person's Go settings. GOTOOLCHAIN is the image's own affair. */
const NAMES = [
  'GOPROXY',
  'GOSUMDB',
  'GOPRIVATE',
  'GONOPROXY',
  'GONOSUMDB',
  'GOFLAGS',
  'GOVCS',
  'GOINSECURE',
  'GO111MODULE',
]

/** The Go settings as a new terminal has them. */
export async function goEnvironment(sys: Reader, places: Places, signal: AbortSignal): Promise<Record<string, string>> {
  const state = await detectGo(sys, places, signal)
  return Object.fromEntries(
    NAMES.flatMap((name): [string, string][] => {
      const value = effective(state, name)
      return value === null ? [] : [[name, value]]
    }),
  )
}

/** The same as it will be once the proposals are written. */
export async function plannedGoEnvironment(
  sys: Reader,
  places: Places,
  proposals: readonly Proposal[],
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const values = await goEnvironment(sys, places, signal)
  for (const edit of proposals.flatMap((proposal) => proposal.edits)) {
    if (edit.target.path !== places.goenv || !NAMES.includes(edit.key)) continue
    if (typeof edit.after === 'string') values[edit.key] = edit.after
    else delete values[edit.key]
  }
  return values
}
