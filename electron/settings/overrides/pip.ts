import type { Override } from '../../contract/machine.ts'
import { toBinary } from '../binary.ts'
import { INDEX, keysOf, type PipFile, type PipState } from '../pip/detect.ts'
import { existing, type Found, override } from './layers.ts'

/** Who tells pip its index: the variable, the environment's own file, the user's files (the last counts), all users'. */
export function pipOverrides({ layers, above, user, below }: PipState): Override[] {
  const variables = layers.map(({ value, from, shell }): Found => ({ value, from, shell }))
  const files = [...above.toReversed(), ...user.toReversed(), ...below.toReversed()]
  return existing([override('pip', 'index-url', [...variables, ...files.flatMap(foundIn)])])
}

function foundIn(file: PipFile): Found[] {
  try {
    const value = keysOf(file).get(INDEX)
    return typeof value === 'string' ? [{ value, from: place(file) }] : []
  } catch {
    // Whoever edits the file says what is wrong with it.
    return []
  }
}

/** The last line of the key counts; pip takes `_` for `-`. */
function place({ path, bytes }: PipFile): string {
  const lines = bytes === null ? [] : toBinary(bytes).split('\n')
  return `${path}:${lines.findLastIndex((line) => /^index[-_]url\s*[=:]/i.test(line)) + 1}`
}
