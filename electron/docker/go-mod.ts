import type { Tag, TagList } from '../contract/image.ts'
import type { Finding } from '../contract/note.ts'
import { compareGo, minorOf, parseTag } from './tag-grammar.ts'

export type Advice = {
  /** The versions that go.mod names; null where the line is missing. */
  go: string | null
  toolchain: string | null
  /** The tag that suits: supported, with git and gcc, as near to the asked version as possible. */
  tag: Tag | null
  /** The same on Alpine. */
  smallest: Tag | null
  findings: readonly Finding[]
}

/**
 * Reads the `go` and `toolchain` lines of a go.mod and says which image suits it.
 * `chosen`: a tag to judge. An image that is too old cannot help itself: official images set
 * GOTOOLCHAIN=local, and `go` ends with "go.mod requires go >= X".
 * The toolchain line is only a wish of the module's authors; the `go` line is what `go` insists on.
 */
export function adviseForGoMod(text: string, list: TagList, chosen: Tag | null = null): Advice {
  const go = line(text, /^go\s+(1(?:\.\d+){0,2}(?:(?:rc|beta)\d+)?)\s*$/)
  const toolchain = line(text, /^toolchain\s+go(1(?:\.\d+){1,2}(?:(?:rc|beta)\d+)?)(?:-\S+)?\s*$/)
  const needs = go ?? '1.16'
  const wish = toolchain !== null && compareGo(toolchain, needs) > 0 ? toolchain : needs
  const tag = nearest(list, 'debian', wish) ?? nearest(list, 'debian', needs)
  const smallest = nearest(list, 'alpine', wish) ?? nearest(list, 'alpine', needs)
  const findings: Finding[] = []
  if (go === null)
    findings.push({ id: 'go-mod.no-go-line', severity: 'info', note: { key: 'image:finding.no-go-line' } })
  if (tag === null && smallest === null)
    findings.push({
      id: 'go-mod.no-image',
      severity: 'error',
      note: { key: 'image:finding.no-image', values: { needs } },
    })
  if (chosen && !satisfies(chosen, needs)) findings.push(tooOld(chosen, needs))
  return { go, toolchain, tag, smallest, findings }
}

/** The finding that an image is older than what a go.mod asks for. */
export function tooOld(tag: Tag, needs: string): Finding {
  return {
    id: 'go-mod.image-too-old',
    severity: 'error',
    note: { key: 'image:finding.too-old', values: { tag: tag.tag, has: tag.go, needs } },
    details: [`go: go.mod requires go >= ${needs} (running go ${tag.go}; GOTOOLCHAIN=local)`],
  }
}

/** A tag without a patch number moves along with the patches, so it satisfies every patch of its minor. */
function satisfies({ tag, go }: Tag, needs: string): boolean {
  if (go === '') return true
  const moves = !/^1\.\d+\.\d+/.test(go) || parseTag(tag).go === minorOf(go)
  return (moves && minorOf(go) !== null && minorOf(go) === minorOf(needs)) || compareGo(go, needs) >= 0
}

/** Of the supported tags that satisfy, the lowest minor; of that its moving tag (`1.26`), else the highest patch. */
function nearest(list: TagList, variant: Tag['variant'], needs: string): Tag | null {
  const fit = list.tags.filter(
    (tag) =>
      tag.variant === variant &&
      tag.support === 'supported' &&
      minorOf(parseTag(tag.tag).go) !== null &&
      satisfies(tag, needs),
  )
  const minors = fit.flatMap(({ go }) => minorOf(go) ?? []).sort(compareGo)
  const same = fit.filter(({ go }) => minorOf(go) === minors[0])
  const plain = variant === 'alpine' ? `${minors[0]}-alpine` : minors[0]
  return same.find(({ tag }) => tag === plain) ?? same[0] ?? null
}

/** The first match of a pattern on a line, comments cut off. */
function line(text: string, pattern: RegExp): string | null {
  for (const raw of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const found = pattern.exec(raw.replace(/\/\/.*$/, '').trim())
    if (found?.[1] !== undefined) return found[1]
  }
  return null
}
