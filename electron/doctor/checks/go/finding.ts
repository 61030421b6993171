import type { Severity } from '../../../contract/doctor.ts'
import type { Edit } from '../../../contract/plan.ts'
import type { DoctorContext, Found, Repair } from '../../check.ts'
import type { GoValue, Place } from './values.ts'

type Told = {
  code: string
  severity: Severity
  value: GoValue
  /** Where the wrong value stands, at least one place. */
  wrong: readonly Place[]
  /** Whether nobody can have meant it: then taking it away belongs to "repair all". */
  plainlyBroken: boolean
  values?: Found['values']
  evidence?: readonly string[]
}

/** A finding about the value of a variable, with the repair that takes it away wherever it stands. */
export function foundValue(
  context: DoctorContext,
  { code, severity, value, wrong, plainlyBroken, values = {}, evidence = [] }: Told,
): Found {
  const { name } = value
  return {
    code,
    severity,
    subject: name,
    values: { value: wrong[0]?.value ?? '', where: wrong.map(({ where }) => where).join(', '), ...values },
    evidence: [...wrong.map((one) => `${one.where}: ${name}=${one.value ?? ''}`), ...evidence],
    repairs: removals(context, name, wrong, plainlyBroken),
  }
}

/** The repair that takes a variable away from the places where that can be done; none where it can be nowhere. */
export function removals(
  { places }: DoctorContext,
  name: string,
  wrong: readonly Place[],
  plainlyBroken: boolean,
): readonly Repair[] {
  const able = wrong.filter(({ removal }) => removal !== null)
  const edits = able.flatMap(({ removal }) => removal ?? [])
  if (edits.length === 0) return []
  const where = able.map((one) => one.where).join(', ')
  const own = edits.every(({ target }) => ofThisUser(target, places.home))
  return [
    {
      kind: 'edits',
      edits: withoutTwins(edits),
      note: { key: 'doctor-go:repair.remove', values: { name, where } },
      safe: plainlyBroken && own,
    },
  ]
}

const ofThisUser = (target: Edit['target'], home: string): boolean =>
  target.kind === 'env' ? target.scope === 'user' : target.path.startsWith(`${home}/`)

/** Two lines of the GOENV file go by one edit. */
const withoutTwins = (edits: readonly Edit[]): readonly Edit[] =>
  edits.filter(
    (edit, index) =>
      edits.findIndex(({ target, key }) => target.path === edit.target.path && key === edit.key) === index,
  )
