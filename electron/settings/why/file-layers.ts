import type { ShellId } from '../../contract/profile.ts'
import type { WhyLayer } from '../../contract/why.ts'
import { SHELL_IDS } from '../../contract/profile.ts'
import type { Places } from '../../core/places.ts'
import { findAssignments } from '../assignments.ts'
import { decode, splitLines, toBinary } from '../binary.ts'
import type { Player } from './script/player.ts'
import { readCsh } from './script/csh.ts'
import { readFish } from './script/fish.ts'
import { readSh } from './script/sh.ts'
import type { Statement } from './script/statement.ts'
import type { World } from './world.ts'

/** A line of a file that gives a variable a value. `text` null: built at run time. `alone`: how it can be switched off. */
export type FileLayer = {
  kind: Extract<WhyLayer['kind'], 'own' | 'profile' | 'system' | 'session' | 'store'>
  path: string
  line: number
  text: string | null
  shells: readonly ShellId[]
  alone: 'off' | 'off-in-block' | null
}

/** The file that a shell makes itself; its lines cannot be switched off. */
const STORE = 'fish_variables'

/**
 * Every line of the given files that sets `name`: what a shell's play came across, and what stands in the text
 * besides (in a function, behind a condition, in a file that only another kind of start reads).
 */
export function fileLayers(
  name: string,
  files: readonly string[],
  players: ReadonlyMap<string, Player>,
  world: World,
  places: Places,
): readonly FileLayer[] {
  const found = new Map<string, FileLayer>()
  const readers = readersOf(players)
  const put = (path: string, line: number, text: string | null): void => {
    const key = `${path}:${line}`
    const known = found.get(key)
    const bytes = world.at(path)?.bytes ?? null
    if (bytes === null || (known !== undefined && text === null)) return
    const kind = kindOf(path, places)
    const shells = [...(readers.get(path) ?? [])]
    found.set(key, {
      kind,
      path,
      line,
      text,
      shells,
      alone: kind === 'store' ? null : aloneOn(bytes, line, name, path),
    })
  }
  for (const path of files) {
    const bytes = world.at(path)?.bytes ?? null
    if (bytes === null) continue
    for (const { value, line } of findAssignments(toBinary(bytes), new Set([name]))) put(path, line, value)
    for (const { text, line } of powershell(path, bytes, name)) put(path, line, text)
  }
  for (const player of players.values())
    for (const { name: of, kind, text, spot } of player.deeds)
      if (of === name && kind === 'set') put(spot.path, spot.line, text)
  return [...found.values()]
}

function readersOf(players: ReadonlyMap<string, Player>): ReadonlyMap<string, ReadonlySet<ShellId>> {
  const readers = new Map<string, Set<ShellId>>()
  for (const [id, player] of players) {
    const shell = SHELL_IDS.find((one) => id.startsWith(`${one}:`))
    if (shell !== undefined)
      for (const path of player.files) readers.set(path, (readers.get(path) ?? new Set()).add(shell))
  }
  return readers
}

function kindOf(path: string, places: Places): FileLayer['kind'] {
  const root = places.root === '/' ? '' : places.root
  if (path.endsWith(`/${STORE}`)) return 'store'
  if (
    path.startsWith(`${places.config}/`) ||
    path.endsWith('/conf.d/goready.fish') ||
    /\/6[01]-goready\.conf$/.test(path)
  )
    return 'own'
  if (path.includes('/environment.d/') || path === `${root}/etc/environment`) return 'session'
  return path.startsWith(`${root}/etc/`) || path.startsWith(`${root}/usr/`) ? 'system' : 'profile'
}

function powershell(path: string, bytes: Uint8Array, name: string): readonly { text: string | null; line: number }[] {
  if (!path.endsWith('.ps1')) return []
  return splitLines(toBinary(bytes)).flatMap((raw, index) => {
    const [, of, quote, value = ''] = /^\s*\$env:(\w+)\s*=\s*(?:(['"])(.*)\2)?/i.exec(decode(raw)) ?? []
    // PowerShell on Linux tells the two apart as the system does.
    if (of !== name) return []
    return [{ text: quote === undefined || (quote === '"' && /[$`]/.test(value)) ? null : value, line: index + 1 }]
  })
}

/** How a line can be made a comment without changing anything else; null: not by us. */
function aloneOn(bytes: Uint8Array, line: number, name: string, path: string): FileLayer['alone'] {
  const lines = splitLines(toBinary(bytes)).map(decode)
  const raw = (lines[line - 1] ?? '').replace(/\r?\n$/, '')
  const before = lines[line - 2] ?? ''
  // A part of a longer statement, or something that goes on below.
  if (/\\\r?\n?$/.test(before) || raw.endsWith('\\') || /^\s*(:\s*)?#/.test(raw)) return null
  if (path.endsWith('.ps1')) return /^\s*\$env:\w+\s*=\s*('[^']*'|"[^"]*")\s*$/.test(raw) ? 'off' : null
  if (path.includes('/environment.d/') || path.endsWith('/etc/environment')) return 'off'
  const read = readerFor(path)
  const [only, ...more] = read(raw)
  if (only === undefined || more.length > 0 || !setsOnly(only, name)) return null
  const whole = read(lines.join('').replaceAll('\r', ''))
  if (!within(whole, line)) return null
  return whole.some((statement) => statement.line === line) ? 'off' : 'off-in-block'
}

function readerFor(path: string): (text: string) => readonly Statement[] {
  if (path.endsWith('.fish')) return readFish
  if (/csh(rc)?$|\.login$/.test(path)) return readCsh
  return (text) => readSh(text, 'bash')
}

function setsOnly(statement: Statement, name: string): boolean {
  if (statement.kind === 'set') return statement.name === name
  // `X=1; export X` of one line are two statements; `export X=1 Y=2` sets something else as well.
  return statement.kind === 'block' && statement.body.every((one) => setsOnly(one, name))
}

/** Whether a statement of its own begins on a line, in whatever block; false where the file is not understood. */
function within(list: readonly Statement[], line: number): boolean {
  return list.some((statement) => {
    if (statement.line === line && statement.kind === 'set') return true
    switch (statement.kind) {
      case 'block':
        return (
          within(statement.body, line) ||
          (statement.line === line && statement.body.every(({ kind }) => kind === 'set'))
        )
      case 'branch':
        return statement.arms.some(({ body }) => within(body, line)) || within(statement.otherwise, line)
      case 'each':
        return within(statement.body, line)
      default:
        return false
    }
  })
}
