import { dirname, join } from 'node:path'

export type OwnParts = {
  packaged: boolean
  /** The running program's file. */
  program: string
  /** The folder of the program's files. */
  folder: string
  /** Whether Chromium's sandbox cannot be used (root). */
  root: boolean
  path: string
  exists(path: string): boolean
}

/** The program's own command line: installed the wrapper beside the program, in a checkout what `npm run cli` starts. */
export function ownCommand({
  packaged,
  program,
  folder,
  root,
  path,
  exists,
}: OwnParts): readonly [string, ...string[]] {
  if (packaged) return [join(dirname(program), 'goready')]
  const cli = join(folder, 'out', 'node', 'cli.js')
  const node = path
    .split(':')
    .map((one) => join(one, 'node'))
    .find((one) => one.startsWith('/') && exists(one))
  if (node !== undefined && exists(cli)) return [node, cli]
  return [program, ...(root ? ['--no-sandbox'] : []), folder]
}
