import { splitList } from '../../core/env.ts'
import type { Places } from '../../core/places.ts'
import type { EnvEntry, Reader } from '../../core/system.ts'
import { programAt } from '../find-program.ts'
import { expand, type WindowsVariables, windowsVariable } from './windows.ts'

/** What Windows gives a session by itself, besides the registry's variables. */
const SESSION =
  /^(ALLUSERSPROFILE|APPDATA|COMPUTERNAME|COMMONPROGRAM.*|HOMEDRIVE|HOMEPATH|LOCALAPPDATA|LOGONSERVER|PROGRAM(DATA|FILES.*|W6432)|PUBLIC|SESSIONNAME|SYSTEMDRIVE|SYSTEMROOT|USERDOMAIN.*|USERNAME|USERPROFILE)$/

/**
 * The environment that a program gets which is started from now on: the system's variables, the user's over them,
 * PATH as the one behind the other (learn.microsoft.com, "CreateEnvironmentBlock"). All names in capitals.
 */
export function freshEnvironment(state: WindowsVariables, places: Places): Readonly<Record<string, string>> {
  const kept = Object.entries(places.environment).filter(([name]) => SESSION.test(name))
  const environment: Record<string, string> = Object.fromEntries(kept)
  const set = ({ name, value }: EnvEntry, type: string): void => {
    if (value === null || value.type !== type) return
    environment[name.toUpperCase()] = type === 'REG_SZ' ? value.value : expand(value.value, environment)
  }
  for (const scope of ['system', 'user'] as const)
    for (const type of ['REG_SZ', 'REG_EXPAND_SZ']) for (const entry of state[scope]) set(entry, type)
  const lists = (['system', 'user'] as const).flatMap((scope) => {
    const value = windowsVariable(state, scope, 'Path')?.value
    if (!value) return []
    return value.type === 'REG_SZ' ? splitList(value.value) : splitList(expand(value.value, environment))
  })
  return { ...environment, PATH: lists.filter((entry) => entry !== '').join(';') }
}

export type WindowsAnswer = { start: string; variables: ReadonlyMap<string, string> | null }

/** Prints every variable in UTF-8: the console's code page has no say in a pipe then. */
const PRINT = [
  '[Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false;',
  "Get-ChildItem Env: | ForEach-Object { $_.Name + '=' + $_.Value }",
].join(' ')

/**
 * Starts cmd (with its AutoRun) and every PowerShell (with its profiles) as a new terminal would, and asks them for
 * their variables; null: no answer.
 */
export async function askWindows(
  sys: Reader,
  places: Places,
  state: WindowsVariables,
  signal: AbortSignal,
): Promise<readonly WindowsAnswer[]> {
  const env = freshEnvironment(state, places)
  const cwd = env['SYSTEMROOT'] ?? 'C:\\Windows'
  const ask = async (start: string, argv: readonly [string, ...string[]]): Promise<WindowsAnswer> => {
    const answer = await sys.query(argv, { env, cwd, timeout: 20_000, signal }).catch(() => null)
    signal.throwIfAborted()
    const variables = answer?.code === 0 ? parse(answer.stdout) : null
    // Every program has a PATH: one that shows none has shown nothing (a policy, a stub in its place).
    return { start, variables: variables?.has('PATH') ? variables : null }
  }
  const shells: Promise<WindowsAnswer>[] = [ask('cmd', [`${cwd}\\System32\\cmd.exe`, '/c', 'set'])]
  for (const path of places.shells.powershell.programs) {
    if ((await programAt(sys, path)) === null) continue
    const name =
      path
        .split('/')
        .at(-1)
        ?.replace(/\.exe$/, '') ?? path
    shells.push(ask(name, [path, '-NoLogo', '-NonInteractive', '-Command', PRINT]))
  }
  return Promise.all(shells)
}

function parse(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const at = line.indexOf('=', 1)
    if (at > 0) variables.set(line.slice(0, at).toUpperCase(), line.slice(at + 1))
  }
  return variables
}
