import type { CheckUp } from '../contract/doctor.ts'
import type { Finding } from '../contract/note.ts'

/** What checks that run again say of the findings that were to be mended. One that did not come to its end proves nothing. */
export function proved({ checks, findings }: CheckUp, mended: ReadonlySet<string>): readonly Finding[] {
  const wrong = findings
    .filter(({ id }) => mended.has(id))
    .map(({ id, code, category, values, evidence }): Finding => {
      const key = `doctor-${category}:${code.slice(category.length + 1)}.what`
      return { id, severity: 'error', note: { key, values }, details: evidence }
    })
  if (wrong.length > 0) return wrong
  const open = checks.filter(({ state }) => state === 'late' || state === 'failed').map(({ id }) => id)
  if (open.length === 0) return [{ id: 'doctor', severity: 'ok', note: { key: 'doctor:mended' } }]
  const note = { key: 'doctor:unproved', values: { checks: open.join(', ') } }
  return [{ id: 'doctor', severity: 'warning', note }]
}
