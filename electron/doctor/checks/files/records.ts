import { z } from 'zod'
import { readRuns } from '../../../core/journal.ts'
import { nameOf, under } from '../../../core/paths.ts'
import type { Run } from '../../../core/replay.ts'
import type { Reader } from '../../../core/system.ts'
import { toBinary } from '../../../settings/binary.ts'
import { readOrNull } from '../../../settings/read-keys.ts'
import type { DoctorCheck, Found } from '../../check.ts'

/** This program's own records: what earlier runs have changed, and what undo gives back by. */
export const recordsCheck: DoctorCheck = {
  id: 'files.records',
  category: 'files',
  deadline: 4000,
  codes: ['files.state-damaged', 'files.run-cut-off'],
  explains: [],
  async check({ sys, places }) {
    const records = await readRuns(places.state, sys).catch(() => null)
    // A closed folder is told of as what it is.
    if (records === null) return { found: [] }
    const damaged: Found[] = []
    for (const path of records.damaged) {
      if (!(await isBroken(sys, path))) continue
      damaged.push({
        code: 'files.state-damaged',
        severity: 'warning',
        subject: path,
        values: { path, date: dayOf(nameOf(path)) },
      })
    }
    const cut = records.runs.filter(standsHalf)
    const running = cut.length > 0 && (await isRunning(sys, places.state))
    return { found: [...damaged, ...(running ? [] : cut.map(cutFound))] }
  },
}

/** Root refuses records of others that are sound; only what cannot be read is damaged. */
async function isBroken(sys: Reader, path: string): Promise<boolean> {
  const bytes = await readOrNull(sys, path)
  if (bytes === null) return false
  const writer = (await sys.lstat(path))?.uid ?? 0
  if (sys.identity.uid !== 0 || writer === 0) return true
  return toBinary(bytes)
    .split('\n')
    .some((line) => line !== '' && !isJson(line))
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}

/** `20261122T143000123Z-3f9a1c.jsonl` → `2026-11-22`. */
const dayOf = (name: string): string => name.replace(/^(\d{4})(\d\d)(\d\d).*$/, '$1-$2-$3')

/** Whether it began to change something and never came to its end. */
const standsHalf = (run: Run): boolean => run.cutOff && (run.touched.size > 0 || run.elevated.size > 0)

function cutFound(run: Run): Found {
  const paths = run.changes.flatMap((change, index) =>
    run.touched.has(index) && 'path' in change ? [change.path] : [],
  )
  return {
    code: 'files.run-cut-off',
    severity: 'error',
    subject: run.id,
    values: {
      run: run.id,
      date: run.startedAt.slice(0, 16).replace('T', ' '),
      command: `goready undo --run ${run.id}`,
    },
    evidence: paths.slice(0, 10),
  }
}

const holderSchema = z.object({ pid: z.number().int(), started: z.string() })

/** Whether somebody works on this machine right now. Where that cannot be known, a lock counts as held. */
async function isRunning(sys: Reader, state: string): Promise<boolean> {
  const bytes = await readOrNull(sys, under(state, 'lock'))
  if (bytes === null) return false
  const holder = holderSchema.safeParse(parsed(toBinary(bytes))).data
  if (holder === undefined) return false
  if ((await sys.lstat('/proc/self/stat').catch(() => null)) === null) return true
  const stat = await readOrNull(sys, `/proc/${holder.pid}/stat`)
  if (stat === null) return false
  const text = toBinary(stat)
  // proc(5): field 22, counted behind the `)` of the name.
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] === holder.started
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
