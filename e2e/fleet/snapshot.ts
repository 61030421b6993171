import { join } from 'node:path'
import { must } from '../lab/process.ts'
import { STUDENT } from './layer.ts'
import type { LabSeat } from './seat.ts'

/** Not a seat's settings: its logs, its processes' files, temporary ones. */
const ELSEWHERE = ['tmp', 'run', 'var/log', 'var/tmp', 'var/cache']
const STAMP = 'run/stamp'

/** Marks now: what is written later is newer. */
export async function stamp(seat: LabSeat): Promise<void> {
  // File times have the kernel's tick; what is written in the same one is not newer.
  await seat.must(['sh', '-c', `touch /${STAMP} && sleep 0.02`])
}

/**
 * Paths that were written since the stamp; empty: nothing. Everything that a seat writes lies in its own layer; only a
 * home may be a file system of its own. What the host writes below its seats is not theirs.
 */
export async function newer({ written, must: onSeat }: LabSeat): Promise<readonly string[]> {
  const but = ELSEWHERE.flatMap((path) => ['-path', join(written, path), '-prune', '-o'])
  const own = await must(['find', written, ...but, '-newer', join(written, STAMP), '-print'])
  const home = await onSeat(['find', STUDENT.home, '-newer', `/${STAMP}`])
  return [...new Set([...lines(own.replaceAll(written, '')), ...lines(home)])]
}

/** The student's home byte for byte: kind, rights, owner, target and content of all in it, without GoReady's history. */
export async function homeOf(seat: LabSeat): Promise<readonly string[]> {
  const script = `cd "$1"
find . -path ./.local/state/goready -prune -o ! -path ./.local ! -path ./.local/state -printf '%y %m %U:%G %l %p\\n' | sort
find . -path ./.local/state/goready -prune -o -type f -exec sha256sum {} + | sort -k2`
  return lines(await seat.must(['sh', '-c', script, 'sh', STUDENT.home]))
}

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '')
