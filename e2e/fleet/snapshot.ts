import { STUDENT } from './layer.ts'
import type { LabSeat } from './seat.ts'

/** What a run may write on a seat at all; logs, /run and /tmp are the machine's own. */
const WATCHED = ['/home', '/root', '/etc', '/opt', '/srv', '/usr/local', '/var/lib']
const STAMP = '/run/stamp'
/** Other file systems that are shown to every seat, and what a login itself writes. */
const ELSEWHERE = ['/opt/goready/node_modules', '/usr/local/go', '/etc/docker']

const PRUNE = ELSEWHERE.flatMap((path) => ['-path', path, '-prune', '-o'])

/** Marks now: what is written later is newer. */
export async function stamp(seat: LabSeat): Promise<void> {
  // File times have the kernel's tick; what is written in the same one is not newer.
  await seat.must(['sh', '-c', `touch ${STAMP} && sleep 0.02`])
}

/** Paths that were written since the stamp; empty: nothing. */
export async function newer(seat: LabSeat): Promise<readonly string[]> {
  return lines(await seat.must(['find', ...WATCHED, ...PRUNE, '-newer', STAMP, '-print']))
}

/** The student's home byte for byte: kind, rights, owner, target and content of all in it, without GoReady's history. */
export async function homeOf(seat: LabSeat): Promise<readonly string[]> {
  const script = `cd "$1"
find . -path ./.local/state/goready -prune -o ! -path ./.local ! -path ./.local/state -printf '%y %m %U:%G %l %p\\n' | sort
find . -path ./.local/state/goready -prune -o -type f -exec sha256sum {} + | sort -k2`
  return lines(await seat.must(['sh', '-c', script, 'sh', STUDENT.home]))
}

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '')
