import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { decode, splitLines, toBinary } from '../binary.ts'
import { PLAIN_PATH } from '../find-program.ts'
import { readOrNull } from '../read-keys.ts'
import { ownerOf } from './owner.ts'

/**
 * Where zsh looks for its files (zshall(1), "STARTUP/SHUTDOWN FILES"): `first` holds the .zshenv that a fresh
 * zsh reads, `rest` what comes after it, because that file may move ZDOTDIR.
 * `derived`: the ZDOTDIR that we were started with is what that file sets, so a fresh session has none.
 * `known` false: neither the text nor zsh itself could tell.
 */
export type Zdotdir = { first: string; rest: string; derived: boolean; known: boolean }

/** Finds out by the text of the files; where they build the value, a real zsh (`program`) is asked. */
export async function findZdotdir(
  sys: Reader,
  places: Places,
  program: string | null,
  signal: AbortSignal,
): Promise<Zdotdir> {
  const given = places.environment['ZDOTDIR']
  const inherited = given !== undefined && given.startsWith('/') ? given : null
  const at = async (start: string): Promise<Moved> => {
    const moved = movedBy(await readOrNull(sys, `${start}/.zshenv`), places)
    return moved.sure ? moved : ask(sys, places, program, start, signal)
  }
  const system = await systemZdotdir(sys, places)
  const first = system ?? places.home
  const moved = await at(first)
  const derived = inherited !== null && (inherited === system || inherited === moved.to)
  if (system !== null || derived || inherited === null || inherited === places.home)
    return { first, rest: moved.to ?? first, derived, known: moved.sure }
  const again = await at(inherited)
  return { first: inherited, rest: again.to ?? inherited, derived: false, known: again.sure }
}

/** `to` null: the folder stays. `sure` false: not to be known by text. */
type Moved = { to: string | null; sure: boolean }
const UNSURE: Moved = { to: null, sure: false }

async function systemZdotdir(sys: Reader, places: Places): Promise<string | null> {
  for (const path of places.system?.fenced.zsh ?? []) {
    const { to } = movedBy(await readOrNull(sys, path), places)
    if (to !== null) return to
  }
  return null
}

const SETS = /^\s*(?:export\s+|typeset\s+-gx\s+|:\s+\$\{)?ZDOTDIR:?=(.*)$/
const RUNS_OTHERS = /(^|[\s;&|({])(source|\.|eval)\s/

/** What the text of one .zshenv does to ZDOTDIR. */
function movedBy(bytes: Uint8Array | null, places: Places): Moved {
  let moved: Moved = { to: null, sure: true }
  for (const raw of bytes === null ? [] : splitLines(toBinary(bytes))) {
    const line = decode(raw).replace(/\r?\n$/, '')
    if (/^\s*#/.test(line) || line.includes('goready/env.sh')) continue
    const value = SETS.exec(line)?.[1]
    if (value !== undefined) {
      const to = plainFolder(value, places)
      moved = to === null ? UNSURE : { to, sure: true }
    } else if (line.includes('ZDOTDIR=') || RUNS_OTHERS.test(line)) moved = UNSURE
  }
  return moved
}

/** An absolute folder out of a word that uses nothing but the home and XDG_CONFIG_HOME; null: more than that. */
function plainFolder(word: string, places: Places): string | null {
  const match = /^("[^"`\\]*"|'[^']*'|[^\s"'`\\;&|}]*(?:\{[^}]*\}[^\s"'`\\;&|}]*)*)\}?\s*(?:;.*|#.*)?$/.exec(word)
  if (match?.[1] === undefined) return null
  const quoted = /^["']/.test(match[1])
  const text = quoted ? match[1].slice(1, -1) : match[1]
  if (match[1].startsWith("'")) return text.startsWith('/') ? clean(text) : null
  const config = places.environment['XDG_CONFIG_HOME'] ?? `${places.home}/.config`
  const filled = text
    .replace(/\$\{XDG_CONFIG_HOME(:?-(\$HOME|\$\{HOME\}|~)\/\.config)?\}|\$XDG_CONFIG_HOME\b/g, () => config)
    .replace(/\$HOME\b|\$\{HOME\}/g, () => places.home)
    .replace(/^~(?=\/|$)/, () => (quoted ? '~' : places.home))
  return filled.startsWith('/') && !/[$`(*?~]/.test(filled.replace(places.home, '')) ? clean(filled) : null
}

const clean = (path: string): string => path.replace(/(.)\/+$/, '$1')

/** A zsh that is neither a login shell nor interactive reads only .zshenv. */
async function ask(
  sys: Reader,
  places: Places,
  program: string | null,
  start: string,
  signal: AbortSignal,
): Promise<Moved> {
  if (program === null) return UNSURE
  const env: Record<string, string> = { HOME: places.home, PATH: PLAIN_PATH, TERM: 'dumb', LANG: 'C.UTF-8' }
  if (start !== places.home) env['ZDOTDIR'] = start
  const options = {
    env,
    cwd: places.home,
    timeout: 5000,
    signal,
    session: true as const,
    ...(await ownerOf(sys, places)),
  }
  const question = 'printf "GOREADY_MARK%s\\0" "$ZDOTDIR"'
  const answer = await sys.query([program, '-c', question], options).catch(() => null)
  signal.throwIfAborted()
  const told = /GOREADY_MARK([^\0]*)\0$/.exec(answer?.stdout ?? '')?.[1]
  if (told === undefined) return UNSURE
  return { to: told.startsWith('/') ? clean(told) : null, sure: true }
}
