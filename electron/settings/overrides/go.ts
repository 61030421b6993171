import type { Override } from '../../contract/machine.ts'
import type { Places } from '../../core/places.ts'
import { toBinary } from '../binary.ts'
import type { GoState } from '../go/detect.ts'
import { existing, type Found, override } from './layers.ts'

/** What tells Go where modules come from and what is checked. */
const NAMES = ['GOPROXY', 'GOSUMDB', 'GOPRIVATE', 'GONOPROXY', 'GONOSUMDB'] as const

/**
 * Who sets Go's variables: our own env files, the environment, the shells' files (the last line counts), the files
 * of all users, and the GOENV file behind them all (an environment that is not empty beats it).
 */
export function goOverrides(state: GoState, places: Places): Override[] {
  return existing(NAMES.map((name) => override('go', name, foundIn(state, places, name))))
}

function foundIn(state: GoState, places: Places, name: string): readonly Found[] {
  const own = state.own.get(name)
  const layers = state.layers.filter((layer) => layer.name === name).toReversed()
  const file = state.file.get(name)
  return [
    ...(own === undefined ? [] : [{ value: own, from: places.config }]),
    ...layers.filter(({ from }) => from === 'environment'),
    ...layers.filter(({ from, shell }) => from !== 'environment' && shell !== null),
    ...layers.filter(({ from, shell }) => from !== 'environment' && shell === null),
    ...(file === undefined ? [] : [{ value: file.trim(), from: `${places.goenv ?? ''}:${lineOf(state.bytes, name)}` }]),
  ]
}

/** The line of a variable in the GOENV file; the last one counts. */
function lineOf(bytes: Uint8Array | null, name: string): number {
  const lines = bytes === null ? [] : toBinary(bytes).split('\n')
  return lines.findLastIndex((line) => line.replace(/^\u00ef\u00bb\u00bf/, '').startsWith(`${name}=`)) + 1
}
