import type { Elevator, HelperEnd, Refusal, Way } from '../../core/elevation.ts'
import type { Places } from '../../core/places.ts'
import { powershellPath } from './powershell.ts'

/** Our own statuses of the program that asks: the person said no; nobody could be asked. */
const SAID_NO = 126
const NOBODY = 127
/** ERROR_CANCELLED (Win32, "System Error Codes"): what the prompt's No gives. */
const CANCELLED = 1223

/**
 * Rights on Windows: UAC's own prompt, by the verb `runas` of ShellExecute. It passes no standard input on, so the
 * helper is given the name of a pipe and a secret that is good once. A process that has its rights already writes by
 * itself, and none of its changes asks for a helper.
 */
export function windowsElevator(places: Pick<Places, 'environment'>): Elevator {
  const way: Way = {
    name: 'uac',
    channel: 'socket',
    env: places.environment,
    argv: (helper, { address, secret }) => [
      powershellPath(places),
      ...['-NoLogo', '-NoProfile', '-NonInteractive', '-Command'],
      askScript(helper, [address, secret]),
    ],
    refusal,
  }
  return { ways: () => Promise.resolve([way]) }
}

/** The only texts in it that are not ours are paths and the pipe, each as a literal. */
function askScript([program, ...before]: readonly [string, ...string[]], after: readonly string[]): string {
  const words = [...before, ...after].map(quoteArgument).join(' ')
  return [
    '$i = New-Object System.Diagnostics.ProcessStartInfo;',
    `$i.FileName = ${literal(program)};`,
    `$i.Arguments = ${literal(words)};`,
    "$i.Verb = 'runas'; $i.UseShellExecute = $true; $i.WindowStyle = 'Hidden';",
    'try { [void][System.Diagnostics.Process]::Start($i) }',
    'catch { $e = $_.Exception; while ($e.InnerException) { $e = $e.InnerException };',
    `if ($e.NativeErrorCode -eq ${CANCELLED}) { exit ${SAID_NO} }; exit ${NOBODY} }`,
  ].join(' ')
}

/** about_Quoting_Rules: within single quotes only the quote itself counts, also the curly ones that PowerShell takes for it. */
const literal = (text: string): string => `'${text.replace(/['\u2018\u2019\u201A\u201B]/g, '$&$&')}'`

/** One argument as a program of Windows takes it apart (Microsoft, "Parsing C command-line arguments"). */
const quoteArgument = (text: string): string =>
  /^[^\s"]+$/.test(text) ? text : `"${text.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`

function refusal({ code }: HelperEnd): Refusal | null {
  if (code === SAID_NO) return 'cancelled'
  // Ended well: the prompt was answered, and the helper never came to the pipe.
  return code === 0 ? null : 'unavailable'
}
