import type { Desk } from '../harness.ts'
import type { Call } from './strace.ts'

const CHANGES = ['rename', 'unlink', 'mkdir', 'rmdir']
const records = (desk: Desk): string => `${desk.home}/.local/state/goready/`

/** Whether a call has to do with the home, the system or the records. */
export const isOurs = (call: Call, desk: Desk): boolean =>
  [desk.home, desk.root].some((folder) => call.path.startsWith(folder))

/** Whether a call is the first that a run writes into its journal. */
const begins = (call: Call, desk: Desk): boolean =>
  call.name === 'openat' && call.path.startsWith(`${records(desk)}runs/`) && /O_WRONLY/.test(call.rest)

/** The part of a run that counts: from its first journal write to its last rename, removal or new folder. */
export function windowOf(calls: readonly Call[], desk: Desk): readonly Call[] {
  const first = calls.findIndex((call) => begins(call, desk))
  const last = calls.findLastIndex(
    (call) => CHANGES.includes(call.name) && isOurs(call, desk) && !call.path.startsWith(records(desk)),
  )
  if (first < 0 || last < first) throw new Error('nothing was written')
  return calls.slice(first, last + 1)
}

/** Whether a run's journal had been begun when its last call came. */
export const hasBegun = (calls: readonly Call[], desk: Desk): boolean => calls.some((call) => begins(call, desk))

/** `count` of them (or all), spread evenly; `shift` chooses others of the same spread. */
export function spread<T>(all: readonly T[], count: number, shift = 0): readonly T[] {
  if (count >= all.length) return all
  const step = all.length / count
  return Array.from({ length: count }, (_, at) => all[Math.floor((at + shift) * step) % all.length]).filter(
    (one) => one !== undefined,
  )
}
