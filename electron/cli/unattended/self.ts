import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** This program's own command line: installed the wrapper beside the program, else Node with the built file. */
export function selfCommand(): readonly [string, ...string[]] {
  const { execPath, argv, versions } = process
  if (versions.electron === undefined) return [execPath, argv[1] ?? '']
  const wrapper = join(dirname(execPath), 'goready')
  return existsSync(wrapper) ? [wrapper] : [execPath, argv[1] ?? '']
}
