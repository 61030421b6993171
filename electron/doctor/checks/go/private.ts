import type { Edit } from '../../../contract/plan.ts'
import { matchesModule } from '../../../settings/go/patterns.ts'
import type { DoctorContext, Found, Repair } from '../../check.ts'
import type { GoValue } from './values.ts'

type Values = { noProxy: GoValue; noSumdb: GoValue; priv: GoValue }

/**
 * Modules that are private by one variable and are looked up in the public checksum database by another: GOPRIVATE is
 * only the default of GONOPROXY and GONOSUMDB (go.dev/ref/mod, "Private modules"), so either of them alone, or one
 * that names less, sends their names out and ends with 404.
 */
export function privateGap(context: DoctorContext, { noProxy, noSumdb, priv }: Values): readonly Found[] {
  for (const { context: where } of noSumdb.outcomes) {
    const of = (value: GoValue): string => value.outcomes.find(({ context: one }) => one === where)?.value ?? ''
    // A kind of program of which something is not known is not judged.
    if ([noProxy, noSumdb, priv].some((value) => unknownIn(value, where))) continue
    const checked = of(noSumdb) === '' ? of(priv) : of(noSumdb)
    const meant = [...patternsOf(of(noProxy)), ...patternsOf(of(priv))]
    const missing = meant.filter((one) => !matchesModule(checked, one))
    if (checked === 'none' || missing.length === 0) continue
    const patterns = [...new Set(missing)].join(',')
    const stand = [...noProxy.places, ...noSumdb.places, ...priv.places].filter(({ wins }) => wins)
    return [
      {
        code: 'go.nosumdb-missing',
        severity: 'warning',
        subject: 'GONOSUMDB',
        values: { patterns, where: stand.map((one) => one.where).join(', ') },
        evidence: [`GONOPROXY=${of(noProxy)}`, `GOPRIVATE=${of(priv)}`, `GONOSUMDB=${of(noSumdb)}`],
        repairs: completed(context, noSumdb, [...new Set([...patternsOf(checked), ...missing])].join(',')),
      },
    ]
  }
  return []
}

const patternsOf = (text: string): readonly string[] =>
  text === 'none'
    ? []
    : text
        .split(',')
        .map((one) => one.trim().replace(/\/+$/, ''))
        .filter((one) => one !== '')

const unknownIn = ({ outcomes, places }: GoValue, where: string): boolean =>
  outcomes.find(({ context }) => context === where)?.value === null &&
  places.some(({ kind, wins }) => !wins && !['goenv', 'environment'].includes(kind))

/** GONOSUMDB of the GOENV file names them too; where something else sets the variable, that wins and stays. */
function completed({ places }: DoctorContext, { places: set }: GoValue, after: string): readonly Repair[] {
  if (places.goenv === null || set.some(({ kind, wins }) => wins && kind !== 'goenv')) return []
  const before = set.findLast(({ kind, wins }) => wins && kind === 'goenv')?.value ?? null
  const edit: Edit = {
    target: { kind: 'file', path: places.goenv, format: 'goenv', mode: 0o644, notify: [] },
    owner: 'go',
    key: 'GONOSUMDB',
    before,
    after,
  }
  const note = { key: 'doctor-go:repair.noSumdb', values: { value: after } }
  return [{ kind: 'edits', edits: [edit], note, safe: false }]
}
