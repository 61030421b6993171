import type { MirrorView, RaceEntry, RaceProgress, RaceResult } from '../../electron/contract/mirror.ts'
import { entryOf, OFFICIAL, type Target } from './sources.ts'
import type { Kind } from './sources-value.ts'

/** How far one source is while its target is measured. */
export type Live = RaceProgress['entries'][number]

/** One source that can be chosen, with what was measured of it. */
export type SourceRow = {
  id: string
  kind: Kind
  /** null: the tool's own default, which no catalogue can name. */
  mirror: MirrorView | null
  entry: RaceEntry | null
  live: Live | null
}

type Facts = {
  target: Target
  mirrors: readonly MirrorView[]
  order: readonly string[]
  result: RaceResult | undefined
  /** Of the race that runs; undefined when none does. */
  progress: RaceProgress | undefined
}

/** The sources of a target that are alive, in the order of the page, and those that ended. */
export function sourceRows({ target, mirrors, order, result, progress }: Facts): {
  alive: readonly SourceRow[]
  dead: readonly MirrorView[]
} {
  const known = order.flatMap((id) => (id === OFFICIAL ? [null] : (mirrors.find((mirror) => mirror.id === id) ?? [])))
  const row = (mirror: MirrorView | null): SourceRow => {
    const official = mirror === null || mirror.status === 'upstream'
    const id = mirror?.id ?? OFFICIAL
    const entry = entryOf(result, { id, url: mirror?.url ?? null, official })
    // The tool's own default has a name that the catalogue does not know.
    const isThis = (one: Live): boolean =>
      mirror === null ? !mirrors.some((other) => other.id === one.id) : one.id === id
    const live = progress?.entries.find(isThis) ?? null
    return { id, kind: official ? 'official' : `mirror:${id}`, mirror, entry, live }
  }
  return {
    alive: known.flatMap((mirror) => (mirror?.status === 'dead' ? [] : [row(mirror)])),
    dead: known.flatMap((mirror) => (mirror?.status === 'dead' && mirror.target === target ? [mirror] : [])),
  }
}

/** The fastest rate of a race: what fills a bar. */
export const bestRate = (result: RaceResult | undefined): number =>
  Math.max(1, ...(result?.entries ?? []).map(({ state, numbers }) => (state === 'ranked' ? (numbers.rate ?? 0) : 0)))

/** What a race would take first: an address that it chose, else the tool's own default. */
export function bestEntry(result: RaceResult | undefined): RaceEntry | null {
  if (result === undefined) return null
  const ranked = result.entries.filter(({ state }) => state === 'ranked')
  const [first] = result.chosen
  return (
    (first === undefined ? ranked.find(({ official }) => official) : ranked.find(({ url }) => url === first)) ?? null
  )
}
