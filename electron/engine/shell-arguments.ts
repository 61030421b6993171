import type { EngineOptions } from '../engine.ts'

/** `shell` as the command line takes it, for the same machine as this engine's, in the window's language. */
export function shellArguments(
  image: string | null,
  language: string,
  options: Pick<EngineOptions, 'home' | 'root' | 'catalogue'>,
): readonly string[] {
  const named: readonly [string, string | null][] = [
    ['--image', image],
    ['--lang', language],
    ['--home', options.home],
    ['--root', options.root],
    ['--catalogue', options.catalogue],
  ]
  return ['shell', ...named.flatMap(([name, value]) => (value === null ? [] : [name, value]))]
}
