import type { FormatId, Value } from '../../contract/plan.ts'
import { CodedError } from '../../core/errors.ts'
import type { Format } from '../../core/setting.ts'
import { encode, decode, fromBinary, lineAt, toBinary } from '../binary.ts'

/**
 * A job of launchd(8) that gives the programs of a graphical session their variables at every login: macOS has no
 * file that they read. The values are arguments of the job, never text of its script, so nothing is expanded or
 * run; a later change touches this file alone. launchd.plist(5), launchctl(1).
 */
export type Agent = {
  id: Extract<FormatId, `launch-agent${string}`>
  label: string
  /** The variable of the session in which the job notes what it has set. */
  record: string
}

export const USER_AGENT: Agent = {
  id: 'launch-agent',
  label: 'app.goready.environment',
  record: 'GOREADY_SESSION',
}
/** The job in /Library, for all users. */
export const SYSTEM_AGENT: Agent = {
  id: 'launch-agent-all',
  label: 'app.goready.environment.all',
  record: 'GOREADY_SESSION_ALL',
}

/** Marks a folder for PATH among the job's arguments; no variable can have this name. */
const FOLDER = 'PATH+'

/**
 * `$0` is the record's name, then come name and value in turn. What another program had set stays in a variable
 * beside the record, so that it can come back. A folder is put at the end of PATH, as in the shells' files; a
 * session without a PATH of its own has launchd's (FACTS, "Shells").
 */
export const AGENT_SCRIPT = `known="$(launchctl getenv "$0")"
note() {
  known="$known\${known:+:}$1"
}
while [ "$#" -gt 1 ]; do
  if [ "$1" = ${FOLDER} ]; then
    case "$2" in
      "~/"*) folder="$HOME/\${2#??}" ;;
      *) folder="$2" ;;
    esac
    path="$(launchctl getenv PATH)"
    [ -n "$path" ] || path=/usr/bin:/bin:/usr/sbin:/sbin
    case ":$path:" in
      *":$folder:"*) ;;
      *) launchctl setenv PATH "$path:$folder"; note "$folder" ;;
    esac
  else
    old="$(launchctl getenv "$1")"
    case ":$known:" in
      *":$1:"*) ;;
      *)
        if [ -n "$old" ] && [ "$old" != "$2" ]; then launchctl setenv "\${0}_WAS_$1" "$old"; fi
        note "$1"
        ;;
    esac
    launchctl setenv "$1" "$2"
  fi
  shift 2
done
launchctl setenv "$0" "$known"
`

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** One thing that the job sets: a variable, or (`name` is `PATH+`) a folder in PATH. */
type Entry = { name: string; value: string }

/** XML 1.0, "Char": what no document can hold, not even as a reference. */
// eslint-disable-next-line no-control-regex
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/

/** Line ends that one parser of XML or another changes unless they are spelled out (XML 1.0 and 1.1, 2.11). */
const LINE_ENDS = /[\r\u0085\u2028\u2029]/g

const escape = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(LINE_ENDS, (one) => `&#${one.charCodeAt(0)};`)

const unescape = (text: string): string =>
  text
    .replace(/&#(13|133|8232|8233);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&')

const string = (text: string): string => `\t\t<string>${escape(text)}</string>\n`

const head = ({ label, record }: Agent): string => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
\t<key>Label</key>
\t<string>${label}</string>
\t<key>RunAtLoad</key>
\t<true/>
\t<key>ProgramArguments</key>
\t<array>
${['/bin/sh', '-c', AGENT_SCRIPT, record].map(string).join('')}`

const TAIL = '\t</array>\n</dict>\n</plist>\n'

const render = (agent: Agent, entries: readonly Entry[]): string =>
  encode(`${head(agent)}${entries.map(({ name, value }) => string(name) + string(value)).join('')}${TAIL}`)

/** The file is ours alone: anything that we would not write just so is refused with its line. */
function parse(agent: Agent, bytes: Uint8Array | null): Entry[] {
  if (bytes === null) return []
  const text = toBinary(bytes)
  const start = encode(head(agent))
  const entries: Entry[] = []
  if (text.startsWith(start)) {
    const pairs = /\t\t<string>([^<>]*)<\/string>\n\t\t<string>([^<>]*)<\/string>\n/g
    for (const [, name = '', value = ''] of text.slice(start.length).matchAll(pairs))
      entries.push({ name: unescape(name), value: unescape(decode(value)) })
  }
  const again = entries.every(isEntry) ? render(agent, entries) : ''
  const twice = new Set(entries.map(keyOf)).size < entries.length
  if (again === text && !twice) return entries
  throw new CodedError('unparsable-file', { line: lineAt(text, sameUntil(text, again)) })
}

function sameUntil(one: string, other: string): number {
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return at
  return one.length
}

const isEntry = ({ name, value }: Entry): boolean =>
  !NOT_XML.test(value) && (name === FOLDER ? /^(~\/|\/)[^:]*$/.test(value) : NAME.test(name))

const keyOf = ({ name, value }: Entry): string => (name === FOLDER ? `path:${value}` : `var:${name}`)

/** Throws `bad-profile` {key, reason} for a value that no property list can hold. */
function entryOf(key: string, after: Value): Entry {
  if (typeof after === 'string' && NOT_XML.test(after))
    throw new CodedError('bad-profile', { key: `env.set.${key.slice(4)}`, reason: 'control-character' })
  const entry =
    key.startsWith('path:') && after === true
      ? { name: FOLDER, value: key.slice(5) }
      : { name: key.slice(4), value: typeof after === 'string' ? after : '\0' }
  if (keyOf(entry) === key && isEntry(entry)) return entry
  throw new TypeError(`not a statement of ours: ${key}`)
}

/** Variables under `var:NAME` (a string), PATH entries under `path:/dir` or `path:~/dir` (true). */
export function agentFormat(agent: Agent): Format {
  return {
    id: agent.id,
    read: (bytes) =>
      new Map(parse(agent, bytes).map((entry) => [keyOf(entry), entry.name === FOLDER ? true : entry.value])),
    edit(bytes, edits) {
      let entries = parse(agent, bytes)
      for (const { key, after } of edits) {
        const at = entries.findIndex((entry) => keyOf(entry) === key)
        if (after === null) entries = entries.filter((_, index) => index !== at)
        else if (at < 0) entries.push(entryOf(key, after))
        else entries[at] = entryOf(key, after)
      }
      return entries.length === 0 ? null : fromBinary(render(agent, entries))
    },
  }
}

export const launchAgentFormat: Format = agentFormat(USER_AGENT)
export const launchAgentAllFormat: Format = agentFormat(SYSTEM_AGENT)

/** What the job runs. */
export const agentArguments = (agent: Agent, bytes: Uint8Array): readonly [string, ...string[]] => [
  '/bin/sh',
  '-c',
  AGENT_SCRIPT,
  agent.record,
  ...parse(agent, bytes).flatMap(({ name, value }) => [name, value]),
]
