import { z } from 'zod'
import { checkUpSchema, type FoundView } from '../../electron/contract/doctor.ts'
import type { Ground } from './fault.ts'
import type { Planted } from './faults/index.ts'
import type { Field } from './field.ts'
import { type Checked, checkCalmly, documents, look, openGround, type Said, say } from './ground.ts'
import { judge, type Row } from './matrix.ts'
import { unsaidOf } from './sayings.ts'

export type Trial = {
  row: Row
  /** All that was found, for whoever writes the fault. */
  report: string
}

/** Plants one fault, looks, repairs where that is promised (and wanted), undoes, and puts everything back. Never throws for the fault. */
export async function plantAndLook(field: Field, fault: Planted, withRepair: boolean): Promise<Trial> {
  const { area, name, code } = fault
  const row: Row = { area, name, code, found: [], noise: [], ms: 0, wrong: [], repair: null }
  const opened = await openGround(field, { alone: fault.alone === true })
  const { ground } = opened
  let report = `=== ${name}\n`
  try {
    await fault.plant(ground)
    const before = look(ground)
    let checked = await checkCalmly(field, ground, fault.stalls)
    // What is told by its slowness drowns in that of a busy machine; it gets another chance.
    if (fault.stalls === true && !checked.checkUp.findings.some((one) => one.code === code))
      checked = await checkCalmly(field, ground, true)
    Object.assign(row, judge(fault, checked), { ms: Math.round(checked.checkUp.ms) })
    report += reportOf(checked)
    row.wrong = [...row.wrong, ...unsaidOf(checked.checkUp)]
    row.wrong = [...row.wrong, ...changes(before, look(ground)).map((one) => `the check changed ${one}`)]
    if (fault.repair && withRepair) {
      const wrong = await thereAndBack(field, ground, fault, checked, before)
      row.repair = wrong.length === 0 ? 'well' : 'wrong'
      row.wrong = [...row.wrong, ...wrong]
    }
  } catch (error) {
    row.wrong = [...row.wrong, error instanceof Error ? (error.stack ?? error.message) : String(error)]
  } finally {
    await opened.close().catch((error: unknown) => {
      row.wrong = [...row.wrong, `taking it back: ${String(error)}`]
    })
  }
  return { row, report: `${report}${row.wrong.map((one) => `  WRONG ${one}\n`).join('')}` }
}

/** Repairs the planted fault and undoes it: what is not as it should be. */
async function thereAndBack(
  field: Field,
  ground: Ground,
  { code }: Planted,
  { checkUp }: Checked,
  before: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const repair = checkUp.findings
    .filter((one) => one.code === code)
    .flatMap(({ repairs }) => repairs)
    .find(({ dockerHelp, final }) => !dockerHelp && !final)
  if (repair === undefined) return ['no repair is offered']
  const repaired = await say(field, ground, ['repair', repair.id, '--yes', '--json'])
  if (repaired.code !== 0) return [`the repair ended with ${repaired.code}: ${errorOf(repaired)}`]
  const after = await checkCalmly(field, ground)
  const known = new Set(checkUp.findings.map((one) => one.id))
  const wrong: string[] = []
  const left = after.checkUp.findings.filter((one) => one.code === code && known.has(one.id))
  if (left.some(({ repairs }) => repairs.some(({ id }) => id === repair.id))) wrong.push('still there after the repair')
  wrong.push(...after.checkUp.findings.filter(isNew(known)).map((one) => `new after the repair: ${one.id}`))
  const undone = await say(field, ground, ['undo', '--json'])
  if (undone.code !== 0) return [...wrong, `the undo ended with ${undone.code}: ${errorOf(undone)}`]
  return [...wrong, ...changes(before, look(ground)).map((one) => `not given back: ${one}`)]
}

const isNew =
  (known: ReadonlySet<string>) =>
  ({ id }: FoundView): boolean =>
    !known.has(id)

/** What differs between two looks. */
function changes(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => `${name} (${before[name] ?? 'absent'} → ${after[name] ?? 'absent'})`)
}

const errorSchema = z.looseObject({ error: z.looseObject({ code: z.string() }) })

function errorOf({ stdout, stderr }: Said): string {
  const error = documents(stdout).flatMap((one) => errorSchema.safeParse(one).data?.error ?? [])[0]
  return error === undefined ? `${stderr.trim()} ${stdout.slice(-500)}` : JSON.stringify(error)
}

/** What was found, for reading. */
function reportOf({ checkUp, ms, code }: Checked): string {
  const { findings, checks } = checkUpSchema.parse(checkUp)
  const shown = findings.map(
    ({ code: own, severity, subject, values, evidence, repairs }) =>
      `  ${severity} ${own} ${subject} ${JSON.stringify(values)}\n${evidence.map((line) => `      ${line}\n`).join('')}${repairs
        .map(({ id, safe, note }) => `    repair ${id}${safe ? ' (safe)' : ''}: ${note.key}\n`)
        .join('')}`,
  )
  const states = checks.map(({ id, state, ms: took }) => `${id} ${state} ${Math.round(took)}`).join(', ')
  return `  status ${code}, ${Math.round(checkUp.ms)} ms of ${ms} ms\n${shown.join('')}  ${states}\n`
}
