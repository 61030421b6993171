import { makePrivateFolder } from '../../core/journal.ts'
import type { Places } from '../../core/places.ts'
import type { System } from '../../core/system.ts'
import type { StartProgram } from '../platform.ts'

/**
 * Opens a Terminal window that runs `argv` in the person's home. Terminal gets no command line of ours: it takes
 * none, and a line typed into the person's own shell would have to be quoted for that one. It opens a `.command`
 * file as a program, out of a login shell that has just read all its files, so new values count in it.
 * (AppleScript could do without a file, but macOS asks the person for leave to steer Terminal.)
 */
export async function openTerminal(
  sys: System,
  { environment, home, state }: Places,
  argv: readonly [string, ...string[]],
  start: StartProgram,
): Promise<boolean> {
  if (argv.some((word) => word.includes('\0'))) return false
  const { uid, gid } = await makePrivateFolder(state, sys)
  const file = `${state}/terminal.command`
  const temporary = `${state}/.terminal.command-${process.pid}`
  await sys.replaceFile(file, new TextEncoder().encode(commandFile(argv)), { mode: 0o700, uid, gid, temporary })
  return start(['/usr/bin/open', '-a', 'Terminal', file], { cwd: home, env: environment })
}

/** `exec`: when the program ends, nothing of ours is left in the window. */
export const commandFile = (argv: readonly string[]): string =>
  `#!/bin/sh\ncd\nexec ${argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')}\n`
