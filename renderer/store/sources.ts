import { create } from 'zustand'
import {
  type MirrorView,
  type RaceEntry,
  type RaceResult,
  TARGET_IDS,
  type TargetId,
} from '../../electron/contract/mirror.ts'
import type { AppError } from '../../electron/contract/note.ts'
import { request } from '../api.ts'
import { errorOf } from './run-error.ts'
import { sameAddress } from './checks.ts'

/** What has sources of its own, in the order of the page. */
export const TARGETS = ['go', 'docker', 'npm', 'pip', 'apt'] as const satisfies readonly TargetId[]
export type Target = TargetId

/** Stands for the tool's own default where the catalogue cannot hold it. */
export const OFFICIAL = 'official'

type Orders = Readonly<Record<Target, readonly string[]>>

type SourcesStore = {
  mirrors: readonly MirrorView[]
  reading: 'waiting' | 'read' | AppError
  /** The order in which a target's sources are shown, by id. It changes only by `settle`. */
  order: Orders
  load(): Promise<void>
  /** Asks again: an own one was added or went. What stands keeps its place. */
  reload(): Promise<void>
  /** Puts a target's list into the order of a race. Whoever shows it says when nobody is inside. */
  settle(result: RaceResult): void
}

let loading: Promise<void> | null = null

const idsOf = (target: Target, mirrors: readonly MirrorView[]): readonly string[] => {
  const own = mirrors.filter((mirror) => mirror.target === target)
  const ids = own.map(({ id }) => id)
  return own.some(({ status }) => status === 'upstream') ? ids : [OFFICIAL, ...ids]
}

function ordersOf(mirrors: readonly MirrorView[], before: Orders): Orders {
  const order = (target: Target): readonly string[] => {
    const ids = idsOf(target, mirrors)
    const kept = before[target].filter((id) => ids.includes(id))
    return [...kept, ...ids.filter((id) => !kept.includes(id))]
  }
  return { go: order('go'), docker: order('docker'), npm: order('npm'), pip: order('pip'), apt: order('apt') }
}

/** Where downloads can come from. */
export const useSources = create<SourcesStore>((set, get) => ({
  mirrors: [],
  reading: 'waiting',
  order: { go: [], docker: [], npm: [], pip: [], apt: [] },
  load() {
    loading ??= get()
      .reload()
      .catch((error: unknown) => {
        loading = null
        set({ reading: errorOf(error) })
      })
    return loading
  },
  async reload() {
    const mirrors = await request('mirror.list', undefined)
    set(({ order }) => ({ mirrors, reading: 'read', order: ordersOf(mirrors, order) }))
  },
  settle: (result) =>
    set(({ order, mirrors }) => ({
      order: { ...order, [result.target]: ranked(order[result.target], mirrors, result) },
    })),
}))

/** What a race said of one source, by its id, else by its address; `official` by the role alone. */
export function entryOf(
  result: RaceResult | undefined,
  source: { id: string; url: string | null; official: boolean },
): RaceEntry | null {
  const { id, url, official } = source
  return (
    result?.entries.find((entry) =>
      official ? entry.official : entry.id === id || (url !== null && sameAddress(entry.url, url)),
    ) ?? null
  )
}

/** Ids as a race ranked them, then those that it did not meet, those that are out, and the dead; equals stay in place. */
export function ranked(ids: readonly string[], mirrors: readonly MirrorView[], result: RaceResult): readonly string[] {
  const weight = (id: string): number => {
    const mirror = mirrors.find((one) => one.id === id)
    if (mirror?.status === 'dead') return Number.MAX_SAFE_INTEGER
    const official = id === OFFICIAL || mirror?.status === 'upstream'
    const entry = entryOf(result, { id, url: mirror?.url ?? null, official })
    if (entry === null) return 1e6
    return result.entries.indexOf(entry) + (entry.state === 'ranked' ? 0 : 2e6)
  }
  return ids.toSorted((a, b) => weight(a) - weight(b))
}

/** All targets that a contract knows have their place on the page. */
export const isTarget = (text: string): text is Target => TARGET_IDS.some((id) => id === text)
