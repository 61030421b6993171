import type { CheckUp, FoundView, Severity } from '../../electron/contract/doctor.ts'
import type { Fault } from './fault.ts'

// What a check-up said of one planted fault, judged; pure.

/** Milliseconds in which all checks have to answer. */
const LIMIT = 10_000
const GRAVITY: readonly Severity[] = ['info', 'warning', 'error']
const grave = (severity: Severity): number => GRAVITY.indexOf(severity)

export type Row = {
  area: string
  name: string
  code: string
  found: readonly string[]
  /** Codes that should not be there. */
  noise: readonly string[]
  ms: number
  /** What is not as it should be; empty: right. */
  wrong: readonly string[]
  /** How the repair went; null: none is offered. */
  repair: 'well' | 'wrong' | null
}

/** What one look at the machine says. */
export type Seen = { code: number | null; checkUp: CheckUp }

/** What is wrong with what was said of one planted fault, and which codes are noise. */
export function judge(fault: Fault, seen: Seen): Pick<Row, 'found' | 'noise' | 'wrong'> {
  const { checkUp, code } = seen
  const found = checkUp.findings.map((one) => one.code)
  const own = checkUp.findings.filter((one) => one.code === fault.code)
  const wrong: string[] = []
  if (own.length === 0) wrong.push(`${fault.code} is not named`)
  for (const { severity } of own.slice(0, 1))
    if (severity !== fault.severity) wrong.push(`its severity is ${severity}, not ${fault.severity}`)
  wrong.push(...graver(checkUp.findings, fault), ...hung(fault, seen))
  const wanted = fault.severity === 'info' ? 0 : 3
  if (code !== wanted) wrong.push(`the exit status is ${code}, not ${wanted}`)
  const noise = found.filter((one) => one !== fault.code && !fault.beside?.includes(one))
  return { found, noise, wrong }
}

const graver = (findings: readonly FoundView[], { severity, code }: Fault): string[] =>
  findings
    .filter((one) => one.code !== code && grave(one.severity) > grave(severity))
    .map((one) => `graver: ${one.code} (${one.severity}, ${one.subject})`)

/** What ran beyond its deadline, or broke. */
export function hung(fault: Pick<Fault, 'stalls'>, { checkUp }: Seen): string[] {
  const states = checkUp.checks.flatMap(({ id, state, facts }) => {
    if (state === 'failed') return [`${id} failed: ${String(facts[0]?.values?.['cause'] ?? '').slice(0, 400)}`]
    return state === 'late' && fault.stalls !== true ? [`${id} is late`] : []
  })
  return checkUp.ms > LIMIT ? [...states, `it took ${Math.round(checkUp.ms)} ms`] : states
}

/** What two faults that are planted together leave unsaid. */
export function unnamed(pair: readonly [Fault, Fault], { checkUp }: Seen): readonly string[] {
  const hidden = pair.flatMap(({ hides = [] }) => hides)
  return pair
    .map(({ code }) => code)
    .filter((code) => !hidden.includes(code) && !checkUp.findings.some((one) => one.code === code))
}

/** Of the rows, how many are right, from 0 to 1. */
export const share = (rows: readonly Row[]): number =>
  rows.length === 0 ? 0 : rows.filter(({ wrong }) => wrong.length === 0).length / rows.length

/** Planted × found, as Markdown. */
export function table(rows: readonly Row[]): string {
  const noise = (row: Row): string => row.noise.join(' ') || '–'
  const mark = (row: Row): string => (row.wrong.length === 0 ? 'yes' : 'NO')
  const body = rows.map((row) =>
    [row.area, row.name, row.code, mark(row), noise(row), row.repair ?? '–', String(row.ms)].map(cell).join(' | '),
  )
  const right = rows.filter(({ wrong }) => wrong.length === 0).length
  const noisy = rows.filter((row) => row.noise.length > 0).length
  return [
    `${right} of ${rows.length} right (${(share(rows) * 100).toFixed(1)} %), ${noisy} with something beside`,
    '',
    '| area | planted | code | found | beside | repair | ms |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...body.map((line) => `| ${line} |`),
    '',
  ].join('\n')
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** Every miss with its reasons. */
export const misses = (rows: readonly Row[]): readonly string[] =>
  rows.flatMap(({ name, wrong, found }) =>
    wrong.length === 0 ? [] : [`${name}: ${wrong.join('; ')} [found: ${found.join(' ') || 'nothing'}]`],
  )
