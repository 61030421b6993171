import type { Places } from '../../core/places.ts'
import type { ExecResult, Reader } from '../../core/system.ts'
import { findPrograms } from '../find-program.ts'
import { askGo } from '../go/ask-go.ts'
import type { GoTool } from './go-below.ts'

/**
 * Every go program in the order of PATH, with what it answers by itself: no file, no variable of anybody's, in a folder
 * without a go.mod. One that cannot be asked is left out. Throws for the signal alone.
 */
export async function goTools(sys: Reader, places: Places, signal: AbortSignal): Promise<readonly GoTool[]> {
  const known = ['/usr/local/go/bin/go', `${places.home}/.local/go/bin/go`, '/usr/lib/go/bin/go', '/snap/bin/go']
  const paths = await findPrograms(sys, places, 'go', known)
  const tools = await Promise.all(paths.map((path) => askOne(sys, places, path, signal)))
  signal.throwIfAborted()
  return tools.filter((tool) => tool !== null)
}

async function askOne(sys: Reader, places: Places, path: string, signal: AbortSignal): Promise<GoTool | null> {
  const ask = (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ExecResult | null> =>
    askGo(sys, places, [path, ...words], { env, timeout: 10_000, signal }).catch(() => null)
  // For GOGCCFLAGS it would run the C compiler a dozen times, which takes long without a cache.
  const [version, answer, cgo] = await Promise.all([
    ask(['version']),
    ask(['env', '-json'], { CGO_ENABLED: '0', CC: 'false' }),
    ask(['env', '-json', 'CGO_ENABLED', 'CC']),
  ])
  const named = /^go version (?:devel )?(go\S+)/.exec(version?.stdout ?? '')?.[1]
  const defaults = objectOf(answer?.stdout ?? '')
  if (named === undefined || defaults === null) return null
  // What was answered for the question's sake.
  for (const name of ['GOTOOLCHAIN', 'GOENV', 'GOGCCFLAGS', 'GOTELEMETRYDIR']) defaults.delete(name)
  for (const [name, value] of objectOf(cgo?.stdout ?? '') ?? []) defaults.set(name, value)
  return { path, version: named, root: defaults.get('GOROOT') ?? '', defaults }
}

function objectOf(text: string): Map<string, string> | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    return new Map(Object.entries(value).flatMap(([name, one]) => (typeof one === 'string' ? [[name, one]] : [])))
  } catch {
    return null
  }
}

/** What a `go` says to a value of GOFLAGS; null: it takes it. A bad one breaks every command, `go version` as well. */
export async function goRefuses(
  sys: Reader,
  places: Places,
  go: string,
  flags: string,
  signal: AbortSignal,
): Promise<string | null> {
  const options = { env: { GOFLAGS: flags }, timeout: 10_000, signal }
  const answer = await askGo(sys, places, [go, 'version'], options).catch(() => null)
  signal.throwIfAborted()
  return answer === null || answer.code === 0 ? null : answer.stderr.trim()
}
