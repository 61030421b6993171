import { redact } from '../../../core/redact.ts'
import type { DoctorCheck, DoctorContext, Found, Repair } from '../../check.ts'
import { foundValue, removals } from './finding.ts'
import { mendedProxy, proxyFault } from './proxy-list.ts'
import { counting, type GoValue, goValue, type Place, placesWhere } from './values.ts'

/** Whether `go` can read GOPROXY, and whether the one that was written is the one that counts. */
export const goProxyCheck: DoctorCheck = {
  id: 'go.proxy',
  category: 'go',
  deadline: 5000,
  codes: ['go.proxy-syntax', 'go.proxy-unreached', 'go.proxy-hidden'],
  explains: ['go-proxy-scheme', 'go-proxy-empty', 'go-proxy-off'],
  async check(context) {
    const value = await goValue(context, 'GOPROXY')
    const found = [...syntax(context, value), ...hidden(context, value)]
    const facts = counting(value).map((list) => ({
      key: `doctor-go:fact.${list.trim() === 'off' ? 'off' : isFragile(list) ? 'fragile' : 'proxy'}`,
      values: { value: redact(list) },
    }))
    const off = placesWhere(value, (list) => list.trim() === 'off')
    return { found, facts, offers: removals(context, 'GOPROXY', off, false) }
  },
}

/** `https://a,direct`: a comma goes on after 404 and 410 alone, so a time-out of the first is the end. */
const isFragile = (list: string): boolean => /^\s*https?:[^,|]+,/.test(list)

function syntax(context: DoctorContext, value: GoValue): readonly Found[] {
  const wrong = placesWhere(value, (list) => proxyFault(list) !== null).filter(({ wins }) => wins)
  const [first] = wrong
  const fault = proxyFault(first?.value ?? '')
  if (fault === null) return []
  const unreached = fault.why === 'unreached'
  const code = unreached ? 'go.proxy-unreached' : 'go.proxy-syntax'
  const severity = unreached ? 'warning' : 'error'
  const values = { entry: fault.entry, why: fault.why }
  const found = foundValue(context, { code, severity, value, wrong, plainlyBroken: true, values })
  return [{ ...found, repairs: unreached ? [] : mendings(value, wrong, found.repairs ?? []) }]
}

/** Without a proxy in China go is without modules: a wrong one is mended or replaced, and only goes where it hides another. */
function mendings(value: GoValue, wrong: readonly Place[], removal: readonly Repair[]): readonly Repair[] {
  const [edit] = wrong.length === 1 ? (wrong[0]?.removal ?? []) : []
  const mended = mendedProxy(wrong[0]?.value ?? '')
  // The raw value is what is edited; a password in it is not known here.
  if (edit?.target.kind === 'file' && edit.target.format === 'goenv' && mended !== null && !mended.includes('•')) {
    const note = { key: 'doctor-go:repair.proxy', values: { value: mended } }
    return [{ kind: 'edits', edits: [{ ...edit, after: mended }], note, safe: true }]
  }
  const behind = value.places.some((one) => one.kind === 'goenv' && !wrong.includes(one) && one.value !== '')
  if (behind && removal.length > 0) return removal
  const note = { key: 'doctor-go:repair.choose' }
  return [{ kind: 'profile', profile: { version: 1, sources: { go: 'auto' } }, note, safe: false }]
}

/**
 * What `go env -w` or GoReady wrote into the GOENV file does not count where the environment says something else
 * (golang/go#68270). An empty variable hides nothing.
 */
function hidden(context: DoctorContext, value: GoValue): readonly Found[] {
  const written = value.places.findLast(({ kind, value: own }) => kind === 'goenv' && own !== null && own !== '')
  if (written === undefined) return []
  const hiding = new Set(
    value.outcomes.flatMap(({ place }) =>
      place !== null && place.kind !== 'goenv' && place.value !== null && !same(place.value, written.value ?? '')
        ? [place.value]
        : [],
    ),
  )
  const wrong = placesWhere(value, (list) => hiding.has(list)).filter(({ kind, wins }) => wins && kind !== 'goenv')
  const [first] = wrong
  // One that go cannot even read is told of already.
  if (first === undefined || wrong.some((one) => proxyFault(one.value ?? '') !== null)) return []
  const values = { written: written.value ?? '', file: written.where }
  return [
    foundValue(context, {
      code: 'go.proxy-hidden',
      severity: 'warning',
      value,
      wrong,
      plainlyBroken: false,
      values,
      evidence: [`${written.where}: GOPROXY=${written.value ?? ''}`],
    }),
  ]
}

const same = (one: string, other: string): boolean => one.trim() === other.trim()
