import { randomUUID } from 'node:crypto'
import { errno } from '../../core/errors.ts'
import { folderOf } from '../../core/paths.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { PLAIN_PATH, programAt } from '../find-program.ts'
import { configFishPath, type InstalledShell } from './detect.ts'

export type Start = 'login' | 'interactive' | 'login-interactive'
/** What a fresh shell exports; null when it gave no answer (`cause` says why). */
export type Answer = { start: Start; variables: ReadonlyMap<string, string> | null; cause: string }

const FLAGS: Record<Start, readonly string[]> = {
  login: ['-l'],
  interactive: ['-i'],
  'login-interactive': ['-l', '-i'],
}
const TIMEOUT = 10_000

/** The environment of a session that has just begun: nothing that an earlier shell has exported. */
function freshEnvironment(places: Places, shell: string): Record<string, string> {
  const kept = ['USER', 'LOGNAME', 'XDG_CONFIG_HOME', 'ZDOTDIR']
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
  shell: InstalledShell,
  signal: AbortSignal,
): Promise<readonly Answer[]> {
  // fish makes its configuration folder at its first start; without one there is nothing of the user's to read.
  const config = shell.id === 'fish' ? configFishPath(places) : null
  if (config !== null && (await sys.lstat(folderOf(config))) === null) return []
  const env = (await programAt(sys, '/usr/bin/env')) === null ? '/bin/env' : '/usr/bin/env'
  const starts: readonly Start[] =
    shell.id === 'zsh' ? ['login', 'interactive', 'login-interactive'] : ['login', 'interactive']
  const owner = await sys.lstat(places.home)
  // Root never runs what stands in another user's files.
  const as =
    sys.identity.uid === 0 && owner !== null && owner.uid !== 0 ? { as: { uid: owner.uid, gid: owner.gid } } : {}
  const answers: Answer[] = []
  for (const start of starts) {
    const mark = `GOREADY_MARK=${randomUUID()}`
    try {
      const freshEnv = freshEnvironment(places, shell.path)
      const options = { env: freshEnv, cwd: places.home, timeout: TIMEOUT, signal, session: true as const, ...as }
      const question = `${env} -i -0 ${mark}; ${env} -0`
      const { stdout, stderr } = await sys.query([shell.path, ...FLAGS[start], '-c', question], options)
      answers.push({ start, variables: parseAnswer(stdout, mark), cause: stderr.trim().slice(0, 500) })
    } catch (error) {
      signal.throwIfAborted()
      answers.push({ start, variables: null, cause: errno(error) ?? 'no answer' })
    }
  }
  return answers
}

function parseAnswer(stdout: string, mark: string): ReadonlyMap<string, string> | null {
  const at = stdout.lastIndexOf(`${mark}\0`)
  if (at < 0) return null
  const entries = stdout
    .slice(at + mark.length + 1)
    .split('\0')
    .slice(0, -1)
  return new Map(entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]))
}
