import { dirname, join } from 'node:path'

export type HelperParts = {
  /** Whether this is the installed program. */
  packaged: boolean
  /** The running program's file. */
  program: string
  /** The folder of the built command line; in a checkout the helper stands beside it. */
  built: string
  /** Whether `program` is Node itself. */
  node: boolean
  /** UAC starts the program itself, and has no other wrapper. */
  windows: boolean
  path: string
  exists(path: string): boolean
}

/**
 * What starts the helper with administrator rights, and nothing else: installed, the wrapper beside the program, which
 * the polkit policy names; in a checkout what the build has made. null: there is none that root could read.
 */
export function ownHelper({
  packaged,
  program,
  built,
  node,
  windows,
  path,
  exists,
}: HelperParts): readonly [string, ...string[]] | null {
  if (packaged && windows) return [program, '--', 'elevated']
  if (packaged) {
    const wrapper = join(dirname(program), 'goready-elevated')
    return exists(wrapper) ? [wrapper] : null
  }
  const entry = join(built, 'elevated.js')
  const interpreter = node
    ? program
    : path
        .split(':')
        .map((one) => join(one, 'node'))
        .find((one) => one.startsWith('/') && exists(one))
  return interpreter !== undefined && exists(entry) ? [interpreter, entry] : null
}
