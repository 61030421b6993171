import type { Tag } from '../contract/image.ts'

/** A golang tag taken apart. `1.26.7-alpine3.23` is go 1.26.7, variant alpine, base alpine3.23. */
export type ParsedTag = {
  /** `1.26.7`, `1.26`, `1`, `1.27rc1`, or empty where the tag names no version (`latest`, `alpine`). */
  go: string
  variant: Tag['variant']
  /** What follows the version: `alpine3.23`, `trixie`, `windowsservercore-ltsc2025`; empty for the default. */
  base: string
  prerelease: boolean
}

const VERSION = /^(1(?:\.\d{1,3}(?:\.\d{1,3})?)?)((?:rc|beta)\d{1,3}|-rc)?(?:-|$)/
const DEBIAN = /^(trixie|bookworm|bullseye|buster|stretch|jessie|wheezy|forky|duke|sid)$/
const WINDOWS = /^(windowsservercore|nanoserver)(-[A-Za-z0-9.]+)?$/
const ALPINE = /^alpine(3\.\d{1,3})?$/

/**
 * Takes a tag of the golang image apart. Every text has an answer: what is not known has the variant `other`.
 * Source of the shapes: docker-library/golang generate-stackbrew-library.sh.
 */
export function parseTag(tag: string): ParsedTag {
  const match = VERSION.exec(tag)
  const version = match?.[1] ?? ''
  const pre = match?.[2] ?? ''
  const base = match ? tag.slice(match[0].length) : tag === 'latest' ? '' : tag
  const bare = base === 'rc' || base === 'tip' ? '' : base
  return {
    go: `${version}${pre === '-rc' ? '' : pre}`,
    variant: variantOf(bare),
    base: bare,
    prerelease: pre !== '' || base !== bare || /^(rc|tip)(-|$)/.test(tag),
  }
}

function variantOf(base: string): Tag['variant'] {
  if (base === '' || DEBIAN.test(base)) return 'debian'
  if (ALPINE.test(base)) return 'alpine'
  return WINDOWS.test(base) ? 'windows' : 'other'
}

const LACKS: Readonly<Record<Tag['variant'], readonly string[]>> = {
  debian: [],
  // ca-certificates is all that the Alpine variant adds to the base.
  alpine: ['git', 'gcc', 'gxx', 'make', 'bash'],
  windows: ['bash', 'gcc', 'gxx', 'make'],
  other: [],
}

/** What a newcomer may miss in the variant, as i18n keys `image:lacks.git`. */
export function lacks(variant: Tag['variant'], base = ''): string[] {
  const nano = base.startsWith('nanoserver') ? ['git'] : []
  return [...nano, ...LACKS[variant]].map((name) => `image:lacks.${name}`)
}

/** `1.26` of `1.26.7`, `1.26` and `1.26rc1`; null where no minor is named. */
export function minorOf(go: string): string | null {
  return /^1\.\d+/.exec(go)?.[0] ?? null
}

/**
 * Orders versions of Go: 1.26rc1 < 1.26 = 1.26.0 < 1.26.7. Since 1.21 a language version `1.N` and a
 * release `1.N.0` differ in Go's own order; for a choice of images they don't.
 */
export function compareGo(one: string, other: string): number {
  const a = numbers(one)
  const b = numbers(other)
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function numbers(go: string): readonly number[] {
  const match = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:(rc|beta)(\d+))?/.exec(go)
  const stage = match?.[4] === 'beta' ? 0 : match?.[4] === 'rc' ? 1 : 2
  return [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0), Number(match?.[3] ?? 0), stage, Number(match?.[5] ?? 0)]
}
