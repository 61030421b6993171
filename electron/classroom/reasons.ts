import type { SeatReport } from '../contract/classroom.ts'
import { CATEGORIES } from '../contract/doctor.ts'
import type { Note } from '../contract/note.ts'

/** What ssh, Ansible, Python or a shell say, and the sentence for it. The first that fits counts. */
const SAID: readonly (readonly [RegExp, string])[] = [
  [/REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed|host key .{0,40}changed/i, 'host-key'],
  [/No space left on device|Errno 28|No usable temporary directory|disk quota exceeded|Errno 122/i, 'disk-full'],
  [/Read-only file system|Errno 30/i, 'read-only'],
  [
    /sudo: a password is required|Missing sudo password|incorrect sudo password|a terminal is required to read the password/i,
    'sudo-password',
  ],
  [/is not in the sudoers file|may not run sudo/i, 'no-sudo'],
  [
    /Permission denied \((?:publickey|password|keyboard|gssapi)|Too many authentication failures|Invalid\/incorrect password/i,
    'denied',
  ],
  [
    /Could not resolve hostname|Name or service not known|Temporary failure in name resolution|No address associated/i,
    'no-name',
  ],
  [/Connection refused/i, 'refused'],
  [/No route to host|Network is unreachable|Host is down/i, 'no-route'],
  [
    /Connection timed out|Operation timed out|timed out during banner exchange|did not respond in time|Timeout, server/i,
    'no-answer',
  ],
  [/kex_exchange_identification|Connection (?:reset|closed) by|closed by remote host|Broken pipe/i, 'cut-off'],
  [
    /python3?['’]?: (?:command )?not found|python3?['’]?: No such file or directory|interpreter .{0,200}not found|No python interpreters found|No such file or directory: b?'\/usr\/bin\/python/i,
    'no-python',
  ],
  [
    /the program can't be started|goready: (?:command )?not found|is not recognized as an internal or external command/i,
    'no-program',
  ],
  [/to use the 'ssh' connection type with passwords|sshpass/i, 'needs-sshpass'],
  [/not a package that this seat can install|dpkg: error|unmet dependencies/i, 'install'],
  [/expected time frame|no answer within/i, 'late'],
]

/** Namespaces of the check-up's sentences. */
const FOUND = new RegExp(`^(${CATEGORIES.join('|')})\\.([A-Za-z0-9-]{1,64})$`)
const GRAVITY = { error: 0, warning: 1, info: 2 } as const

/** The one sentence why a seat is not well. null: it is, or nobody said. */
export function reasonOf(report: SeatReport): Note | null {
  if (report.state === 'well' || report.state === 'given-back' || report.state === 'running') return null
  if (report.error !== null && report.error.code !== 'internal')
    return { key: `error:${report.error.code}.what`, values: report.error.values ?? {} }
  const said = report.cause === null ? null : saidReason(report.cause)
  if (said !== null) return said
  const gravest = report.findings.toSorted((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity])[0]
  const [, category, rest] = FOUND.exec(gravest?.code ?? '') ?? []
  if (category !== undefined && rest !== undefined)
    return { key: `doctor-${category}:${rest}.what`, values: gravest?.values ?? {} }
  const cause = firstLine(report.cause ?? report.error?.cause ?? '')
  return cause === '' ? null : { key: 'room:reason.said', values: { text: cause } }
}

function saidReason(text: string): Note | null {
  const found = SAID.find(([pattern]) => pattern.test(text))
  return found === undefined ? null : { key: `room:reason.${found[1]}`, values: {} }
}

/** The line of a long text that tells most: the last one that names an error, else the first. */
function firstLine(text: string): string {
  const lines = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
  return (lines.findLast((line) => /error|fail|denied/i.test(line)) ?? lines[0] ?? '').slice(0, 300)
}
