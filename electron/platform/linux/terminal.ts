import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import type { StartProgram } from '../platform.ts'

type Argv = readonly [string, ...string[]]

/**
 * Terminals and what stands between them and the command, most likely first. The first is Debian's own choice
 * of the person (policy 11.8.3: `-e` takes a program and its arguments). Only those that take an argument list.
 */
const TERMINALS: readonly (readonly [string, ...string[]])[] = [
  ['x-terminal-emulator', '-e'],
  ['xdg-terminal-exec'],
  ['gnome-terminal', '--'],
  ['ptyxis', '--'],
  ['kgx', '--'],
  ['konsole', '-e'],
  ['xfce4-terminal', '-x'],
  ['mate-terminal', '-x'],
  ['qterminal', '-e'],
  ['deepin-terminal', '-x'],
  ['terminator', '-x'],
  ['foot'],
  ['kitty'],
  ['alacritty', '-e'],
  ['wezterm', 'start', '--'],
  ['xterm', '-e'],
  ['urxvt', '-e'],
]
const FOLDERS = ['/usr/local/bin', '/usr/bin', '/bin', '/snap/bin']

/** Opens a terminal in the person's home with `argv` in it; goes on to the next one where the first refuses. */
export async function openTerminal(
  sys: Reader,
  { environment, home }: Places,
  argv: Argv,
  start: StartProgram,
): Promise<boolean> {
  if ((environment['DISPLAY'] ?? '') === '' && (environment['WAYLAND_DISPLAY'] ?? '') === '') return false
  const inPath = (environment['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/'))
  for (const [name, ...before] of TERMINALS) {
    const program = await find(sys, name, [...new Set([...inPath, ...FOLDERS])])
    if (program !== null && (await start([program, ...before, ...argv], { cwd: home, env: environment }))) return true
  }
  return false
}

async function find(sys: Reader, name: string, folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    const path = `${folder}/${name}`
    try {
      const stat = await sys.lstat(await sys.resolve(path))
      if (stat?.kind === 'file' && (stat.mode & 0o111) !== 0) return path
    } catch {
      // A link that leads in a circle.
    }
  }
  return null
}
