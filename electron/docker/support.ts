import type { Tag } from '../contract/image.ts'
import type { Catalogue } from './catalogue.ts'
import { compareGo, minorOf, type ParsedTag } from './tag-grammar.ts'

/** Which minors are supported, by the catalogue and by what a registry shows. */
export type Support = {
  /** Released minors, newest first. */
  minors: readonly string[]
  /** The end of support, where a date is known. */
  ended: ReadonlyMap<string, string>
}

/**
 * A minor is supported until two newer ones are out (go.dev/doc/devel/release). A minor that only the
 * registry knows counts as out when one of its tags is not a prerelease.
 */
export function supportOf(catalogue: Catalogue, tags: readonly ParsedTag[]): Support {
  const seen = tags.flatMap(({ go, prerelease }) => (prerelease ? [] : [minorOf(go)]))
  const known = [...catalogue.minors.map(({ minor }) => minor), ...seen]
  const minors = [...new Set(known)].filter((minor) => minor !== null).sort((a, b) => compareGo(b, a))
  const ended = new Map<string, string>()
  for (const { minor, ended: date } of catalogue.minors) if (date !== null) ended.set(minor, date)
  return { minors, ended }
}

/** Status of one version. A tag that names no minor follows the newest. */
export function statusOf(
  parsed: Pick<ParsedTag, 'go' | 'prerelease'>,
  support: Support,
): Pick<Tag, 'support' | 'supportEnds'> {
  if (parsed.prerelease) return { support: 'prerelease', supportEnds: null }
  const minor = minorOf(parsed.go)
  if (minor === null) return { support: parsed.go === '' ? 'unknown' : 'supported', supportEnds: null }
  const date = support.ended.get(minor)
  if (date !== undefined) return { support: 'ended', supportEnds: date }
  const place = support.minors.indexOf(minor)
  return { support: place >= 0 && place < 2 ? 'supported' : 'ended', supportEnds: null }
}
