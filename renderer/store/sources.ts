import { create } from 'zustand'
import type { AppError } from '../../electron/contract/note.ts'
import type { MirrorView } from '../../electron/contract/mirror.ts'
import { request } from '../api.ts'
import { knownError } from '../known-error.ts'

/** The targets that can be measured and written so far. */
export const TARGETS = ['go', 'docker'] as const
export type Target = (typeof TARGETS)[number]

export type Probe = { state: 'running' } | { state: 'ok'; ms: number } | { state: 'failed'; cause: string | null }

type SourcesStore = {
  mirrors: readonly MirrorView[]
  reading: 'waiting' | 'read' | AppError
  /** What the last measurement said, by target and address: `probeKey`. */
  probes: ReadonlyMap<string, Probe>
  /** How many addresses of a target have not answered yet. */
  pending: Readonly<Record<Target, number>>
  /** The order in which a target's sources are shown. It changes only by `settle`. */
  order: Readonly<Record<Target, readonly string[]>>
  load(): Promise<void>
  /** Asks main again: what it knows of mirrors has changed. */
  reload(): Promise<void>
  /** Asks all addresses of a target side by side: the known ones that are alive and `more`. Nothing moves meanwhile. */
  measure(target: Target, more?: readonly string[]): Promise<void>
  /** Puts a target's list into the order of the last measurement. Whoever shows it says when nobody is inside. */
  settle(target: Target): void
}

export const probeKey = (target: Target, url: string): string => `${target} ${url}`

let loading: Promise<void> | null = null
const measuring = new Map<Target, Promise<void>>()

/** Where downloads can come from, and what of it answers from here. */
export const useSources = create<SourcesStore>((set, get) => ({
  mirrors: [],
  reading: 'waiting',
  probes: new Map(),
  pending: { go: 0, docker: 0 },
  order: { go: [], docker: [] },
  load() {
    loading ??= request('mirror.list', undefined).then(
      (mirrors) => {
        const ids = (target: Target) => mirrors.filter((mirror) => mirror.target === target).map(({ id }) => id)
        set({ mirrors, reading: 'read', order: { go: ids('go'), docker: ids('docker') } })
      },
      (error: unknown) => {
        loading = null
        set({ reading: knownError(error) })
      },
    )
    return loading
  },
  reload() {
    loading = null
    return get().load()
  },
  measure(target, more = []) {
    // Whoever asks while it runs waits for the same answers.
    const running = measuring.get(target) ?? measureOnce(target, more).finally(() => measuring.delete(target))
    measuring.set(target, running)
    return running
  },
  settle: (target) =>
    set(({ order, mirrors, probes }) => ({
      order: { ...order, [target]: ranked(order[target], mirrors, probes) },
    })),
}))

async function measureOnce(target: Target, more: readonly string[]): Promise<void> {
  const { getState: get, setState: set } = useSources
  await get().load()
  const known = get().mirrors.filter((mirror) => mirror.target === target && mirror.status !== 'dead')
  const urls = [...new Set([...known.map(({ url }) => url), ...more])]
  const put = (url: string, probe: Probe) =>
    set(({ probes }) => ({ probes: new Map(probes).set(probeKey(target, url), probe) }))
  const count = (by: number) => set(({ pending }) => ({ pending: { ...pending, [target]: pending[target] + by } }))
  count(urls.length)
  await Promise.all(
    urls.map(async (url) => {
      put(url, { state: 'running' })
      put(url, await ask(target, url))
      count(-1)
    }),
  )
}

async function ask(target: Target, url: string): Promise<Probe> {
  try {
    const [answer] = await request('mirror.probe', { target, urls: [url] })
    return answer?.ok === true ? { state: 'ok', ms: answer.ms } : { state: 'failed', cause: answer?.cause ?? null }
  } catch (error) {
    return { state: 'failed', cause: knownError(error).code }
  }
}

/** Ids with the fastest first, then those that nobody asked, those that failed, and the dead; equals stay in place. */
export function ranked(
  ids: readonly string[],
  mirrors: readonly MirrorView[],
  probes: ReadonlyMap<string, Probe>,
): readonly string[] {
  const weight = (id: string): number => {
    const mirror = mirrors.find((one) => one.id === id)
    if (mirror === undefined || mirror.status === 'dead') return Number.MAX_SAFE_INTEGER
    const probe = probes.get(`${mirror.target} ${mirror.url}`)
    if (probe?.state === 'ok') return probe.ms
    return probe?.state === 'failed' ? 2e9 : 1e9
  }
  return ids.toSorted((a, b) => weight(a) - weight(b))
}
