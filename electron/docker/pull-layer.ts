import type { Layer } from '../contract/image.ts'
import type { PullLine } from './pull-progress.ts'

/** What is known of one layer: the bytes of its download and of its unpacking, apart. */
export type LayerState = {
  id: string
  state: Layer['state']
  downloaded: number
  size: number | null
  /** Compressed bytes that were unpacked; null where the engine counts seconds. */
  unpacked: number | null
}

const RANK: Readonly<Record<Layer['state'], number>> = {
  waiting: 0,
  downloading: 1,
  verifying: 2,
  downloaded: 3,
  extracting: 4,
  done: 5,
  exists: 5,
}

/** A status of the stream as a layer's state; null for lines that are not about a layer. Source: moby distribution/pull_v2.go, xfer. */
export function layerState(status: string): Layer['state'] | null {
  if (status === 'Downloading') return 'downloading'
  if (status === 'Extracting') return 'extracting'
  if (status === 'Pulling fs layer' || status === 'Waiting' || status.startsWith('Retrying in ')) return 'waiting'
  if (status === 'Verifying Checksum') return 'verifying'
  if (status === 'Download complete') return 'downloaded'
  if (status === 'Pull complete' || status.startsWith('Mounted from')) return 'done'
  return status === 'Already exists' ? 'exists' : null
}

export function newLayer(id: string): LayerState {
  return { id, state: 'waiting', downloaded: 0, size: null, unpacked: null }
}

/** Applies one line to its layer. Numbers are taken as they come: absolute, never added up. */
export function updateLayer(layer: LayerState, state: Layer['state'], line: PullLine): void {
  // With the containerd store lines of one layer may arrive late; only a retry goes back.
  if (RANK[state] < RANK[layer.state] && state !== 'waiting' && state !== 'downloading') return
  if (layer.state === 'done' || layer.state === 'exists') return
  layer.state = state
  const { current, total, units } = line.progressDetail ?? {}
  const size = total !== undefined && total > 0 && units !== 's' ? total : null
  if (size !== null) layer.size = size
  if (state === 'waiting') layer.downloaded = 0
  else if (state === 'downloading') layer.downloaded = current ?? layer.downloaded
  else if (layer.size !== null) layer.downloaded = layer.size
  if (state === 'extracting') layer.unpacked = size === null ? null : (current ?? null)
  if (state === 'done') layer.unpacked = layer.size
}

/** The layer as it is shown. */
export function viewLayer(layer: LayerState): Layer {
  const { id, state, size } = layer
  switch (state) {
    case 'extracting':
      return { id, state, current: layer.unpacked, total: layer.unpacked === null ? null : size }
    case 'waiting':
    case 'exists':
      return { id, state, current: null, total: size }
    case 'downloading':
    case 'verifying':
    case 'downloaded':
    case 'done':
      return { id, state, current: size === null && state !== 'downloading' ? null : layer.downloaded, total: size }
  }
}
