import type { ShellId } from '../../contract/profile.ts'
import type { Places } from '../../core/places.ts'
import { folderOf, under } from '../../core/paths.ts'
import { type Dialect, Player } from './script/player.ts'
import { toBinary, decode } from '../binary.ts'
import type { World } from './world.ts'

export type Start = 'login' | 'interactive'

/** What a session gives its programs before any shell has read a file. `by` null: not from a file. */
export type Given = { name: string; value: string | null; by: { path: string; line: number } | null }

/** `sh` may be bash; what it is does not matter for what is followed. */
const DIALECTS: Readonly<Record<ShellId, Dialect | null>> = {
  bash: 'bash',
  zsh: 'zsh',
  fish: 'fish',
  sh: 'sh',
  csh: 'csh',
  tcsh: 'csh',
  powershell: null,
}

/** Whether the start-up files of a shell can be followed by their text. */
export const canFollow = (shell: ShellId): boolean => DIALECTS[shell] !== null

/**
 * Plays what a shell reads when it starts: `login`: the first one in a log-in terminal, `interactive`: any other
 * one in a terminal. The order is that of FACTS.md and of each shell's manual.
 */
export function playStartup(
  shell: ShellId,
  start: Start,
  given: readonly Given[],
  world: World,
  places: Places,
): Player {
  const player = new Player(world, new Set(start === 'login' ? ['login', 'interactive'] : ['interactive']))
  for (const { name, value, by } of given) player.give(name, value, by)
  presets(shell, player)
  const dialect = DIALECTS[shell]
  if (dialect === null) return player
  const etc = (path: string): string => (places.root === '/' ? path : `${places.root}${path}`)
  const { home } = places
  const first = (paths: readonly string[]): void => {
    const path = paths.find((one) => {
      const look = world.at(one)
      return look?.kind === 'file' && look.bytes !== null
    })
    if (path !== undefined) player.read(path, dialect)
  }
  switch (shell) {
    case 'bash':
      if (start === 'login') {
        first([etc('/etc/profile')])
        first(['.bash_profile', '.bash_login', '.profile'].map((name) => under(home, name)))
      } else {
        first([etc('/etc/bash.bashrc')])
        first([under(home, '.bashrc')])
      }
      break
    case 'sh':
      if (start === 'login') {
        first([etc('/etc/profile')])
        first([under(home, '.profile')])
      }
      // An interactive one reads what ENV names, and nothing else.
      readEnvFile(player)
      break
    case 'zsh': {
      const own = (name: string): void => {
        const { text, there, sure } = player.get('ZDOTDIR')
        // Where its folder cannot be told, its files cannot.
        if (!sure) player.lose()
        else first([under(there && text !== null && text !== '' ? text : home, name)])
      }
      const global = (name: string): void => first([etc(`/etc/zsh/${name}`), etc(`/etc/${name}`)])
      global('zshenv')
      own('.zshenv')
      if (start === 'login') {
        global('zprofile')
        own('.zprofile')
      }
      global('zshrc')
      own('.zshrc')
      if (start === 'login') {
        global('zlogin')
        own('.zlogin')
      }
      break
    }
    case 'fish':
      for (const one of universals(places, world)) player.giveUniversal(one.name, one.value, one.by)
      for (const path of fishFiles(places, world)) player.read(path, dialect)
      break
    case 'csh':
    case 'tcsh':
      first([etc('/etc/csh.cshrc')])
      if (start === 'login') first([etc('/etc/csh.login')])
      first(shell === 'csh' ? [under(home, '.cshrc')] : [under(home, '.tcshrc'), under(home, '.cshrc')])
      if (start === 'login') first([under(home, '.login')])
      break
    case 'powershell':
      break
    default:
      return shell satisfies never
  }
  return player
}

function readEnvFile(player: Player): void {
  const { text, there } = player.get('ENV')
  if (there && text !== null && text !== '') player.read(text, 'sh')
}

/** What a shell sets before it reads anything, as far as files ask for it. */
function presets(shell: ShellId, player: Player): void {
  if (shell === 'bash') {
    player.give('BASH', '/bin/bash', null, false)
    player.give('BASH_VERSION', '5', null, false)
    player.give('PS1', '$ ', null, false)
  }
  if (shell === 'zsh') player.give('ZSH_VERSION', '5', null, false)
}

/**
 * fish's own order (its share/config.fish): the conf.d of the user, of the system, of packages, each file name once,
 * then the system's config.fish and the user's. Universal variables are there from the beginning.
 */
function fishFiles(places: Places, world: World): readonly string[] {
  const own = places.shells.fish.files.find((path) => path.endsWith('/conf.d/goready.fish'))
  const user = own?.slice(0, own.lastIndexOf('/')) ?? null
  const root = places.root === '/' ? '' : places.root
  const data = places.environment['XDG_DATA_HOME'] ?? `${places.home}/.local/share`
  const folders = [
    ...(user === null ? [] : [user]),
    `${root}/etc/fish/conf.d`,
    `${data}/fish/vendor_conf.d`,
    `${root}/usr/local/share/fish/vendor_conf.d`,
    `${root}/usr/share/fish/vendor_conf.d`,
  ]
  const seen = new Set<string>()
  const files: string[] = []
  for (const folder of folders) {
    for (const name of (world.at(folder)?.names ?? []).filter((one) => one.endsWith('.fish')).toSorted()) {
      if (seen.has(name)) continue
      seen.add(name)
      files.push(`${folder}/${name}`)
    }
  }
  const config = places.shells.fish.files.find((path) => path.endsWith('/config.fish'))
  return [...files, `${root}/etc/fish/config.fish`, ...(config === undefined ? [] : [config])]
}

/** The store lies beside config.fish. */
function universals(places: Places, world: World): readonly Stored[] {
  const config = places.shells.fish.files.find((path) => path.endsWith('/config.fish'))
  if (config === undefined) return []
  const path = under(folderOf(config), 'fish_variables')
  const bytes = world.at(path)?.bytes ?? null
  return bytes === null ? [] : universalVariables(path, bytes)
}

type Stored = { name: string; value: string | null; by: { path: string; line: number } }

/** fish's store of universal variables: what it exports, as `SETUVAR --export NAME:VALUE`. */
export function universalVariables(path: string, bytes: Uint8Array): readonly Stored[] {
  return toBinary(bytes)
    .split('\n')
    .flatMap((raw, index): Stored[] => {
      const [, name, value = ''] = /^SETUVAR (?:--\w+ )*--export (?:--\w+ )*([A-Za-z_]\w*):(.*)$/.exec(raw) ?? []
      if (name === undefined) return []
      const odd = /\\(?!x[0-9a-f]{2})/.test(value)
      // The parts of a list stand apart by `\x1e`.
      const text = decode(
        value.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      )
      const whole = text.replaceAll('\u001e', name.endsWith('PATH') ? ':' : ' ')
      return [{ name, value: odd ? null : whole, by: { path, line: index + 1 } }]
    })
}
