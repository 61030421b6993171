import type { Value } from '../../contract/plan.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { findPrograms } from '../find-program.ts'
import { findLayers, type Layer } from '../layers.ts'
import { readKeys, readOrNull } from '../read-keys.ts'
import { detectShells } from '../shell/detect.ts'
import { pipConfFormat } from './text.ts'

export const INDEX = 'global.index-url'

export type PipFile = { path: string; bytes: Uint8Array | null }
export type PipState = {
  /** The user's files, the one that wins last; none where PIP_CONFIG_FILE says so. */
  user: readonly PipFile[]
  above: readonly PipFile[]
  below: readonly PipFile[]
  /** PIP_INDEX_URL, here or in a shell's file: it beats every file. */
  layers: readonly Layer[]
  program: string | null
}

/** The keys of a file. Throws `unparsable-file` {path, line}. */
export const keysOf = ({ path, bytes }: PipFile): ReadonlyMap<string, Value> => readKeys(pipConfFormat, path, bytes)

/** Looks at pip's files, at what beats them, and whether pip is installed. */
export async function detectPip(sys: Reader, places: Places): Promise<PipState> {
  const files = (paths: readonly string[]): Promise<PipFile[]> =>
    Promise.all(paths.map(async (path) => ({ path, bytes: await readOrNull(sys, path) })))
  const programs = await Promise.all(
    ['pip3', 'pip'].map((name) => findPrograms(sys, places, name, places.pip.programs)),
  )
  return {
    user: await files(places.pip.user),
    above: await files(places.pip.above),
    below: await files(places.pip.below),
    layers: findLayers(places, await detectShells(sys, places), new Set(['PIP_INDEX_URL'])),
    program: programs.flat()[0] ?? null,
  }
}
