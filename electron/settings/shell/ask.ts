import { randomUUID } from 'node:crypto'
import { errno } from '../../core/errors.ts'
import type { ShellId } from '../../contract/profile.ts'
import { folderOf } from '../../core/paths.ts'
import type { Places } from '../../core/places.ts'
import type { ExecOptions, Reader } from '../../core/system.ts'
import { PLAIN_PATH, programAt } from '../find-program.ts'
import type { InstalledShell } from './detect.ts'
import { configFishPath } from './families.ts'
import { ownerOf } from './owner.ts'
import type { Zdotdir } from './zdotdir.ts'

export type Start = 'login' | 'interactive' | 'login-interactive'
/** What a fresh shell exports; null when it gave no answer (`cause` says why). */
export type Answer = { start: Start; variables: ReadonlyMap<string, string> | null; cause: string }

/**
 * How each shell is started. sh only as a login shell: an interactive one reads nothing but the file that ENV
 * names. csh and tcsh take `-l` only as their single flag, so they are asked on standard input.
 */
const STARTS: Readonly<Record<ShellId, readonly Start[]>> = {
  bash: ['login', 'interactive'],
  zsh: ['login', 'interactive', 'login-interactive'],
  fish: ['login', 'interactive'],
  sh: ['login'],
  csh: ['login', 'interactive'],
  tcsh: ['login', 'interactive'],
  powershell: ['login', 'interactive'],
}
const FLAGS: Readonly<Record<Start, readonly string[]>> = {
  login: ['-l'],
  interactive: ['-i'],
  'login-interactive': ['-l', '-i'],
}

function startOf({ id, path }: InstalledShell, start: Start, question: string): { argv: Argv; input?: string } {
  if (id === 'csh' || id === 'tcsh') return { argv: [path, ...FLAGS[start]], input: `${question}\n` }
  if (id !== 'powershell') return { argv: [path, ...FLAGS[start], '-c', question] }
  const flags = ['-NoLogo', '-Command', question]
  return { argv: start === 'login' ? [path, '-Login', ...flags] : [path, ...flags] }
}

type Argv = readonly [string, ...string[]]

const TIMEOUT = 10_000

/** The environment of a session that has just begun: nothing that an earlier shell has exported. */
function freshEnvironment(places: Places, zdotdir: Zdotdir, shell: string): Record<string, string> {
  // A ZDOTDIR that the user's own .zshenv sets is not there yet when a session begins.
  const kept = ['USER', 'LOGNAME', 'XDG_CONFIG_HOME', ...(zdotdir.derived ? [] : ['ZDOTDIR'])]
  const lang = places.environment['LANG'] ?? ''
  // fish 3.6 finds no file under a home with Chinese letters in the C locale; a terminal has a UTF-8 one.
  const LANG = /utf-?8$/i.test(lang) ? lang : 'C.UTF-8'
  const env: Record<string, string> = { HOME: places.home, PATH: PLAIN_PATH, TERM: 'dumb', LANG, SHELL: shell }
  // A question leaves no trace: fish would make its data folder, the others might keep a history.
  for (const name of ['XDG_DATA_HOME', 'XDG_CACHE_HOME', 'HISTFILE']) env[name] = '/dev/null'
  for (const name of kept) {
    const value = places.environment[name]
    if (value !== undefined) env[name] = value
  }
  return env
}

/**
 * Starts the shell as a terminal would (login and not) and reads its exported variables.
 * What the user's files print does not matter: the answer begins behind a mark and is cut at NULs.
 * The session of its own keeps an interactive shell away from the terminal that we run in.
 */
export async function askShell(
  sys: Reader,
  places: Places,
  zdotdir: Zdotdir,
  shell: InstalledShell,
  signal: AbortSignal,
): Promise<readonly Answer[]> {
  // fish makes its configuration folder at its first start; without one there is nothing of the user's to read.
  const config = shell.id === 'fish' ? configFishPath(places) : null
  if (config !== null && (await sys.lstat(folderOf(config))) === null) return []
  const env = (await programAt(sys, '/usr/bin/env')) === null ? '/bin/env' : '/usr/bin/env'
  const as = await ownerOf(sys, places)
  const answers: Answer[] = []
  for (const start of STARTS[shell.id]) {
    const mark = `GOREADY_MARK=${randomUUID()}`
    try {
      const freshEnv = freshEnvironment(places, zdotdir, shell.path)
      const { argv, input } = startOf(shell, start, `${env} -i -0 ${mark}; ${env} -0`)
      const options: ExecOptions = {
        env: freshEnv,
        cwd: places.home,
        timeout: TIMEOUT,
        signal,
        session: true,
        ...(input === undefined ? {} : { input }),
        ...as,
      }
      const { stdout, stderr } = await sys.query(argv, options)
      answers.push({ start, variables: parseAnswer(stdout, mark), cause: stderr.trim().slice(0, 500) })
    } catch (error) {
      signal.throwIfAborted()
      answers.push({ start, variables: null, cause: errno(error) ?? 'no answer' })
    }
  }
  return answers
}

function parseAnswer(stdout: string, mark: string): ReadonlyMap<string, string> | null {
  const at = stdout.indexOf(`${mark}\0`)
  if (at < 0) return null
  const entries = stdout
    .slice(at + mark.length + 1)
    .split('\0')
    .slice(0, -1)
  return new Map(entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]))
}
