import { splitGoProxy } from '../../contract/grammar.ts'

/** The first patch of each line in which a foreign proxy can't get around the checksum database (CVE-2026-42501). */
const FIXED: readonly (readonly [number, number])[] = [
  [25, 10],
  [26, 3],
]

/**
 * Whether this Go lets a malicious proxy around the checksum database. `version`: `1.25.9`, `go1.19.8`,
 * or a tag's `1.26`, which names the newest patch of its line. Unknown texts count as not old.
 */
export function isUnsafeGo(version: string): boolean {
  const match = /^(?:go)?1\.(\d+)(?:\.(\d+)|((?:rc|beta)\d+))?/.exec(version)
  if (!match) return false
  const minor = Number(match[1])
  const fixed = FIXED.find(([line]) => line === minor)?.[1]
  if (fixed === undefined) return minor < 25
  if (match[3] !== undefined) return true
  return match[2] !== undefined && Number(match[2]) < fixed
}

/** Whether a GOPROXY value asks somebody else than the Go team. `null`: the default, which does not. */
export function asksThirdParty(value: string | null): boolean {
  return splitGoProxy(value ?? '').some(
    ({ value: entry }) =>
      !['direct', 'off'].includes(entry) &&
      !entry.startsWith('file:') &&
      !/^https:\/\/proxy\.golang\.org\/?$/.test(entry),
  )
}

/** The Go that an image's tag names (`golang:1.21.5-alpine`: `1.21.5`), or null. */
export function goOfImage(image: string): string | null {
  return /(?:^|\/)golang:(\d+\.\d+(?:\.\d+|(?:rc|beta)\d+)?)(?:-|@|$)/.exec(image)?.[1] ?? null
}
