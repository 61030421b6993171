import type { Places } from '../core/places.ts'
import type { ExecOptions, Reader } from '../core/system.ts'
import { PLAIN_PATH } from './find-program.ts'
import { ownerOf } from './shell/owner.ts'

export type Answer = { code: number | null; stdout: string; stderr: string }

/**
 * Asks a package manager in the user's environment (proxies, authorities and all), from `cwd`. What it reads may name
 * programs of that user's (pip's `python`): for root in another one's home it runs as that one.
 * Never throws but for the signal; what could not be started answers with the reason as `stderr`.
 */
export async function askTool(
  sys: Reader,
  places: Places,
  argv: readonly [string, ...string[]],
  options: Pick<ExecOptions, 'cwd' | 'timeout'> & {
    env?: Readonly<Record<string, string>>
    /** Variables that get the path of a new folder, which is gone afterwards: caches must not stay in the home. */
    scratch?: readonly string[]
    signal: AbortSignal
  },
): Promise<Answer> {
  const env = {
    PATH: PLAIN_PATH,
    ...places.environment,
    HOME: places.home,
    NO_COLOR: '1',
    LC_ALL: 'C.UTF-8',
    ...options.env,
  }
  const { scratch = [], ...rest } = options
  const as = await ownerOf(sys, places)
  const ask = (more: Readonly<Record<string, string>>): Promise<Answer> =>
    sys.query(argv, { timeout: 15_000, ...rest, ...as, env: { ...env, ...more } }).catch((error: unknown) => {
      options.signal.throwIfAborted()
      return { code: null, stdout: '', stderr: String(error) }
    })
  if (scratch.length === 0) return ask({})
  return sys.withScratch({}, (folder) => ask(Object.fromEntries(scratch.map((name) => [name, folder]))), as.as)
}

/** Whether two addresses name the same source; a slash at the end makes no difference. */
export const sameAddress = (a: string, b: string): boolean => a.replace(/\/+$/, '') === b.replace(/\/+$/, '')

/** The host (with its port) of an address; the text itself where it is none. */
export function hostOf(address: string): string {
  try {
    return new URL(address).host
  } catch {
    return address
  }
}

/** The last lines of what a program complained about. */
export const tail = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-5)
