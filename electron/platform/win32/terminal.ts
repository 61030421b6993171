import type { Places } from '../../core/places.ts'
import type { StartProgram } from '../platform.ts'
import { nativePath } from './places.ts'

/**
 * Opens a terminal in the person's home with `argv` in it: Windows Terminal where it is there, else a console of the
 * program's own, which a program that is started apart from us gets. The variables are the registry's as they are
 * now, not those that this process was started with, so that it shows what a new terminal knows.
 */
export async function openTerminal(
  { environment, home }: Places,
  argv: readonly [string, ...string[]],
  start: StartProgram,
): Promise<boolean> {
  const options = { cwd: nativePath(home), env: environment }
  const local = environment['LOCALAPPDATA'] ?? nativePath(`${home}/AppData/Local`)
  // A `;` would begin another of its own commands (learn.microsoft.com, "Windows Terminal command line arguments").
  const quoted = argv.map((word) => word.replaceAll(';', '\\;'))
  const terminal = `${local}\\Microsoft\\WindowsApps\\wt.exe`
  if (await start([terminal, 'new-tab', '--startingDirectory', options.cwd, ...quoted], options)) return true
  return start(argv, options)
}
