import type { Places } from '../../core/places.ts'
import { folderOf } from '../../core/paths.ts'
import type { Reader } from '../../core/system.ts'
import { toBinary } from '../binary.ts'
import { PLAIN_PATH } from '../find-program.ts'
import { detectShells, type InstalledShell } from '../shell/detect.ts'
import { windowsVariables, type WindowsVariables } from '../shell/windows.ts'
import { askFresh } from './ask-fresh.ts'
import { played } from './look.ts'
import type { Player } from './script/player.ts'
import { environmentD, environmentDFiles, environmentFile } from './session-files.ts'
import { canFollow, type Given, playStartup, type Start } from './startup.ts'
import { World } from './world.ts'

/** A shell that is started anew, and what its start-up files do. */
export type ShellStart = {
  id: string
  shell: InstalledShell
  start: Start
  given: readonly Given[]
  player: Player
}

/** Everything on this machine that may set a variable, looked at once for as many names as are asked for. */
export type WhyFacts = {
  places: Places
  world: World
  /** What Windows keeps for its programs; null on every other system. */
  windows: WindowsVariables | null
  starts: readonly ShellStart[]
  /** What graphical programs get from files. */
  session: readonly Given[]
  /** Every file that some kind of program reads. */
  files: readonly string[]
  /** What real shells answered, by the start's id; null: no answer. */
  answers: Map<string, ReadonlyMap<string, string> | null>
}

/** Looks at the files. Runs nothing. */
export async function gatherFacts(sys: Reader, places: Places): Promise<WhyFacts> {
  const state = await detectShells(sys, places)
  const world = new World(sys.identity.uid)
  const windows = await windowsVariables(sys, places)
  return played(sys, world, () => {
    const root = places.root === '/' ? '' : places.root
    const environment = `${root}/etc/environment`
    const login = givenBy(environment, world, (bytes) => environmentFile(environment, bytes))
    const session = [...login, ...sessionFiles(places, world, root, login)]
    const starts = state.installed
      .filter(({ id }) => canFollow(id))
      .flatMap((shell) =>
        startsOf(shell).map((start) => shellStart(shell, start, start === 'login' ? login : session, world, places)),
      )
    const files = new Set([
      ...state.files.keys(),
      ...session.flatMap(({ by }) => (by === null ? [] : [by.path])),
      ...starts.flatMap(({ player }) => player.files),
    ])
    for (const path of files) world.at(path)
    return { places, world, windows, starts, session, files: [...files], answers: new Map() }
  })
}

/** Asks the real shells of the starts that `of` picks, each once; not where other files than theirs are meant. */
export async function askStarts(
  sys: Reader,
  facts: WhyFacts,
  of: (start: ShellStart) => boolean,
  signal: AbortSignal,
): Promise<void> {
  if (facts.places.otherRoot) return
  for (const one of facts.starts) {
    if (!of(one) || facts.answers.has(one.id)) continue
    facts.answers.set(one.id, await askFresh(sys, facts.places, one.shell, one.start, one.given, signal))
  }
}

/** An interactive sh reads only what ENV names. */
const startsOf = ({ id }: InstalledShell): readonly Start[] => (id === 'sh' ? ['login'] : ['login', 'interactive'])

function shellStart(
  shell: InstalledShell,
  start: Start,
  session: readonly Given[],
  world: World,
  places: Places,
): ShellStart {
  const given = [...basics(places, shell.path, world), ...session]
  const player = playStartup(shell.id, start, given, world, places)
  return { id: `${shell.id}:${start}`, shell, start, given, player }
}

/** What every session has, whatever its files say. */
function basics(places: Places, shell: string, world: World): readonly Given[] {
  const { environment, home } = places
  const lang = environment['LANG'] ?? ''
  const own = world.at(`${home}/.zshenv`)?.bytes ?? null
  // A ZDOTDIR that the user's own .zshenv sets is not there yet when a session begins.
  const zdotdir = own !== null && toBinary(own).includes('ZDOTDIR') ? [] : ['ZDOTDIR']
  const kept = ['USER', 'LOGNAME', 'XDG_CONFIG_HOME', ...zdotdir].flatMap((name): Given[] => {
    const value = environment[name]
    return value === undefined ? [] : [{ name, value, by: null }]
  })
  return [
    { name: 'HOME', value: home, by: null },
    { name: 'PATH', value: PLAIN_PATH, by: null },
    { name: 'TERM', value: 'dumb', by: null },
    { name: 'LANG', value: /utf-?8$/i.test(lang) ? lang : 'C.UTF-8', by: null },
    { name: 'SHELL', value: shell, by: null },
    { name: 'XDG_DATA_HOME', value: '/dev/null', by: null },
    ...kept,
  ]
}

function givenBy(path: string, world: World, read: (bytes: Uint8Array) => readonly Given[]): readonly Given[] {
  const bytes = world.at(path)?.bytes ?? null
  return bytes === null ? [] : read(bytes)
}

function sessionFiles(places: Places, world: World, root: string, before: readonly Given[]): readonly Given[] {
  if (places.environmentD === null) return []
  const folders = [
    folderOf(places.environmentD.file),
    `${root}/etc/environment.d`,
    `${root}/run/environment.d`,
    `${root}/usr/lib/environment.d`,
  ]
  const found: Given[] = []
  const known = (name: string): string | null =>
    [...before, ...found].findLast((one) => one.name === name)?.value ?? (name === 'HOME' ? places.home : null)
  for (const path of environmentDFiles(folders, world)) {
    // Debian links /etc/environment into it: the same lines again.
    found.push(...givenBy(path, world, (bytes) => environmentD(path, bytes, known)))
  }
  return found
}
