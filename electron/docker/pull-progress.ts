import { z } from 'zod'
import type { Layer } from '../contract/image.ts'
import { createLineSplitter } from './line-splitter.ts'
import { type LayerState, layerState, newLayer, updateLayer, viewLayer } from './pull-layer.ts'
import { createSpeed } from './speed.ts'

const count = z.number().finite().nonnegative().optional().catch(undefined)
const lineSchema = z.object({
  status: z.string().optional().catch(undefined),
  id: z.string().optional().catch(undefined),
  progressDetail: z
    .object({ current: count, total: count, units: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
  error: z.string().optional().catch(undefined),
  errorDetail: z
    .object({ message: z.string(), code: z.number().optional().catch(undefined) })
    .optional()
    .catch(undefined),
})
/** One line of `POST /images/create`. Source: moby pkg/jsonmessage. */
export type PullLine = z.infer<typeof lineSchema>

export type PullView = {
  layers: Layer[]
  /** Bytes that were downloaded in this pull. */
  bytes: number
  /** Bytes to download; null until the engine has told the size of every layer. */
  totalBytes: number | null
  /** 0..1 of download and unpacking, never shrinking; null while nothing is known. */
  fraction: number | null
  /** Bytes a second. */
  speed: number | null
  /** Seconds of download that are left. */
  left: number | null
}

export type PullProgress = {
  /** `now`: milliseconds of a clock that does not run backwards. Answers whether something changed. */
  push(chunk: Uint8Array, now: number): boolean
  /** The stream ended: what stands in the last line counts as well. */
  end(now: number): void
  view(now: number): PullView
  /** Whether the network is waited for, and the bytes of the largest layer that is still to come; null: not told yet. */
  open(): { fetching: boolean; largest: number | null }
  /** What went wrong, in the engine's words; the first one counts. */
  failure(): { message: string; status: number | null } | null
  /** How it ended; null while it has not, or broke off. */
  result(): { pulled: boolean; digest: string | null } | null
}

/** More layers than any image has (engines stop at 127): the rest is not tracked. */
const MAX_LAYERS = 1000
/** Unpacking takes part of the time; how large a part nobody knows before. */
const DOWNLOAD_SHARE = 0.8

/** A pure parser of the stream of a pull. Junk lines are skipped, whatever they hold. */
export function createPullProgress(): PullProgress {
  const splitter = createLineSplitter()
  const layers = new Map<string, LayerState>()
  const speed = createSpeed()
  let failure: { message: string; status: number | null } | null = null
  let finished: { pulled: boolean } | null = null
  let digest: string | null = null
  let highest = 0

  const take = (text: string): boolean => {
    const line = parseLine(text)
    if (!line) return false
    const message = line.errorDetail?.message ?? line.error
    if (message !== undefined) {
      failure ??= { message, status: line.errorDetail?.code ?? null }
      return true
    }
    const status = line.status ?? ''
    if (line.id === undefined) return takeStatus(status)
    const state = layerState(status)
    if (state === null) return false
    const layer = layers.get(line.id) ?? (layers.size < MAX_LAYERS ? newLayer(line.id) : null)
    if (!layer) return false
    layers.set(line.id, layer)
    updateLayer(layer, state, line)
    return true
  }
  const takeStatus = (status: string): boolean => {
    const found = /^Digest: (sha256:[a-f0-9]{64})$/.exec(status)?.[1]
    if (found) digest = found
    if (/^Status: Downloaded newer image\b/.test(status)) finished = { pulled: true }
    else if (/^Status: Image is up to date\b/.test(status)) finished = { pulled: false }
    return found !== undefined || finished !== null
  }
  const sample = (now: number): void => speed.sample(downloaded(layers.values()), now)

  return {
    push(chunk, now) {
      let changed = false
      for (const line of splitter.push(chunk)) changed = take(line) || changed
      if (changed) sample(now)
      return changed
    },
    end(now) {
      for (const line of splitter.end()) take(line)
      sample(now)
    },
    view(now) {
      sample(now)
      const all = [...layers.values()]
      const bytes = downloaded(all)
      const totalBytes = knownTotal(all)
      highest = Math.max(highest, fractionOf(all) ?? 0, finished ? 1 : 0)
      const rate = speed.value()
      const left = rate !== null && rate > 0 && totalBytes !== null ? Math.max(0, totalBytes - bytes) / rate : null
      const fraction = all.length === 0 && !finished ? null : highest
      return { layers: all.map(viewLayer), bytes, totalBytes, fraction, speed: rate, left }
    },
    open() {
      const all = [...layers.values()]
      const coming = all.filter(({ state }) => state === 'waiting' || state === 'downloading')
      const sizes = coming.flatMap(({ size }) => size ?? [])
      return {
        fetching: all.length === 0 || coming.length > 0,
        largest: sizes.length === 0 ? null : Math.max(...sizes),
      }
    },
    failure: () => failure,
    result: () => (finished === null ? null : { ...finished, digest }),
  }
}

function parseLine(text: string): PullLine | null {
  if (!text.trimStart().startsWith('{')) return null
  try {
    const parsed = lineSchema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

const downloaded = (layers: Iterable<LayerState>): number =>
  [...layers].reduce((sum, layer) => sum + (layer.state === 'exists' ? 0 : layer.downloaded), 0)

/** A layer that arrived without ever telling its size was too small for it and counts as nothing. */
function sizeOf(layer: LayerState): number | null {
  if (layer.state === 'exists') return 0
  if (layer.size !== null) return layer.size
  return layer.state === 'waiting' || layer.state === 'downloading' ? null : 0
}

function knownTotal(layers: readonly LayerState[]): number | null {
  const sizes = layers.map(sizeOf)
  return layers.length === 0 || sizes.includes(null) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
}

/** Layers of unknown size are taken for as large as the others are on average. */
function fractionOf(layers: readonly LayerState[]): number | null {
  const open = layers.filter(({ state }) => state !== 'exists')
  const known = open.flatMap((layer) => sizeOf(layer) || [])
  const average = known.length === 0 ? null : known.reduce((sum, size) => sum + size, 0) / known.length
  if (average === null) return null
  let done = 0
  let total = 0
  for (const layer of open) {
    const size = sizeOf(layer) ?? average
    total += size
    const got = Math.min(size, layer.downloaded)
    const unpacked = layer.state === 'done' ? size : Math.min(size, layer.unpacked ?? 0)
    done += got * DOWNLOAD_SHARE + unpacked * (1 - DOWNLOAD_SHARE)
  }
  return total === 0 ? null : Math.min(1, done / total)
}
