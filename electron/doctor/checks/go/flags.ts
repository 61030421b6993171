import { goRefuses } from '../../../settings/why/go-tool.ts'
import type { DoctorCheck, DoctorContext } from '../../check.ts'
import { firstGo } from './first-go.ts'
import { foundValue } from './finding.ts'
import { goValue, placesWhere } from './values.ts'

/** A value of GOFLAGS that `go` cannot read breaks each of its commands, `go version` as well. */
export const goFlagsCheck: DoctorCheck = {
  id: 'go.flags',
  category: 'go',
  deadline: 7000,
  codes: ['go.flags-broken'],
  explains: ['go-flags'],
  async check(context, signal) {
    const value = await goValue(context, 'GOFLAGS')
    const texts = new Set(value.places.flatMap((one) => (one.value === null || one.value === '' ? [] : [one.value])))
    const refused = new Map<string, string>()
    await Promise.all(
      [...texts].map(async (text) => {
        const cause = await refusalOf(context, text, signal)
        if (cause !== null) refused.set(text, cause)
      }),
    )
    const wrong = placesWhere(value, (text) => refused.has(text))
    if (wrong.length === 0) return { found: [] }
    const first = wrong.find(({ wins }) => wins) ?? wrong[0]
    const severity = wrong.some(({ wins }) => wins) ? 'error' : 'warning'
    const evidence = [...new Set(wrong.flatMap((one) => refused.get(one.value ?? '') ?? []))]
    const values = { value: first?.value ?? '' }
    return {
      found: [
        foundValue(context, {
          code: 'go.flags-broken',
          severity,
          value,
          wrong,
          plainlyBroken: true,
          values,
          evidence,
        }),
      ],
    }
  },
}

/** What the go that runs says; without one, what every go says (golang/go cmd/go/internal/base `InitGOFLAGS`). */
async function refusalOf(context: DoctorContext, flags: string, signal: AbortSignal) {
  const { sys, places } = context
  const go = await firstGo(context)
  if (go !== null) return goRefuses(sys, places, go.path, flags, signal)
  const bad = flags.split(/\s+/).find((word) => word !== '' && !/^--?[^-=]/.test(word))
  // A word may be a part of what stands in quotes.
  return bad === undefined || /['"]/.test(flags) ? null : `go: parsing $GOFLAGS: non-flag "${bad}"`
}
