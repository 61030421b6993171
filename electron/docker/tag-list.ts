import type { Tag, TagList } from '../contract/image.ts'
import type { Catalogue } from './catalogue.ts'
import { type Support, statusOf, supportOf } from './support.ts'
import { compareGo, lacks, minorOf, parseTag, type ParsedTag } from './tag-grammar.ts'

/**
 * Turns names of tags into the list that a person chooses from: newest Go first, classified.
 * `names` null: the catalogue's own tags. Sizes come from the catalogue in both cases.
 */
export function buildTagList(catalogue: Catalogue, names: readonly string[] | null, source: string): TagList {
  const known = new Map(catalogue.tags.map((entry) => [entry.tag, entry]))
  const all = names === null ? [...known.keys()] : [...new Set(names)]
  const parsed = all.map((tag) => ({ tag, ...parseTag(tag) }))
  const support = supportOf(catalogue, parsed)
  const tags = parsed
    .map((entry) => {
      const row = known.get(entry.tag)
      return describeTag(entry, row?.go ?? null, row?.size ?? null, row?.unpacked ?? null, support)
    })
    .sort(byNewest)
  const newest = pick(tags, 'debian')
  const newestAlpine = pick(tags, 'alpine')
  return {
    from: names === null ? 'catalogue' : 'registry',
    source,
    catalogueDate: catalogue.date,
    tags: tags.map((tag) => ({ ...tag, role: roleOf(tag, newest, newestAlpine) })),
  }
}

function describeTag(
  parsed: ParsedTag & { tag: string },
  catalogued: string | null,
  size: number | null,
  unpacked: number | null,
  support: Support,
): Tag {
  // `latest`, `1` and `alpine` follow the newest release; its minor is all that is known for sure.
  const follows = parsed.variant !== 'other' && !parsed.prerelease && minorOf(parsed.go) === null
  const go = catalogued ?? (follows ? (support.minors[0] ?? parsed.go) : parsed.go)
  return {
    tag: parsed.tag,
    go,
    variant: parsed.variant,
    base: parsed.base,
    ...statusOf({ go, prerelease: parsed.prerelease }, support),
    size,
    unpacked,
    missing: lacks(parsed.variant, parsed.base),
    role: null,
  }
}

/** The tag to recommend of a variant: of its newest stable minor the shortest name, which also moves with patches. */
function pick(tags: readonly Tag[], variant: Tag['variant']): Tag | null {
  const stable = tags.filter((tag) => tag.variant === variant && tag.support !== 'prerelease' && namesVersion(tag))
  const minor = minorOf(stable[0]?.go ?? '')
  const same = stable.filter((tag) => minorOf(tag.go) === minor)
  const plain = minor === null ? [] : [variant === 'alpine' ? `${minor}-alpine` : minor]
  return same.find(({ tag }) => plain.includes(tag)) ?? same[0] ?? null
}

/** Whether the tag itself, not only the catalogue, names at least a minor. */
const namesVersion = (tag: Tag): boolean => minorOf(parseTag(tag.tag).go) !== null

function roleOf(tag: Tag, newest: Tag | null, newestAlpine: Tag | null): Tag['role'] {
  if (tag.tag === newest?.tag) return 'newest'
  if (tag.tag === newestAlpine?.tag) return 'newest-alpine'
  return tag.support !== 'prerelease' && namesVersion(tag) ? 'pinned' : null
}

const VARIANTS: readonly Tag['variant'][] = ['debian', 'alpine', 'windows', 'other']

function byNewest(a: Tag, b: Tag): number {
  return (
    compareGo(b.go, a.go) ||
    VARIANTS.indexOf(a.variant) - VARIANTS.indexOf(b.variant) ||
    a.tag.length - b.tag.length ||
    (a.tag < b.tag ? -1 : 1)
  )
}
