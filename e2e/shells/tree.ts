import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** What is known about one name: everything but its time, and the time. */
type Entry = { what: string; mtime: number }
export type Tree = ReadonlyMap<string, Entry>

/** The program's own records, which stay after an undo; the folder that holds them is made by the test. */
const RECORDS = '.local/state/goready'
const HOLDS_RECORDS = new Set(['.local/state', '.local/share', '.local'])

function output(...[program, ...args]: readonly [string, ...string[]]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26 })
  if (status !== 0) throw new Error(`${program}: ${stderr}`)
  return stdout
}

/** A tool's paragraphs by the file that each names on its first line. */
function paragraphs(text: string, folder: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const paragraph of text.split('\n\n')) {
    const [first = '', ...rest] = paragraph.trim().split('\n')
    const name = first
      .replace(/^# file: /, '')
      .replace(folder, '')
      .replace(/^\//, '')
    found.set(name, rest.join('\n'))
  }
  return found
}

/** Everything below a folder: kind, mode, owner, links, bytes, extended attributes, ACLs, times. */
export function treeOf(folder: string): Tree {
  const attributes = paragraphs(
    output('getfattr', '-R', '-P', '-h', '-d', '-m', '-', '--absolute-names', folder),
    folder,
  )
  const acls = paragraphs(output('getfacl', '-R', '-P', '-p', '-n', folder), folder)
  const entries = new Map<string, Entry>()
  const visit = (name: string): void => {
    if (name === RECORDS) return
    const path = join(folder, name)
    const stat = lstatSync(path)
    const rights = `${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid} ${stat.nlink}`
    const more = [attributes.get(name), acls.get(name)].join('\n')
    const keep = (what: string): void =>
      void entries.set(name, { what: `${what}\n${more}`, mtime: HOLDS_RECORDS.has(name) ? 0 : stat.mtimeMs })
    if (stat.isSymbolicLink()) keep(`-> ${readlinkSync(path)}`)
    else if (stat.isDirectory()) {
      keep(`dir ${HOLDS_RECORDS.has(name) ? '' : rights}`)
      for (const child of readdirSync(path).sort()) visit(name === '' ? child : `${name}/${child}`)
    } else keep(`${rights} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`)
  }
  visit('')
  return entries
}

/** The names under which two trees differ; a time counts only for names that are not in `touched`. */
export function differences(a: Tree, b: Tree, touched: ReadonlySet<string> = new Set()): readonly string[] {
  const names = new Set([...a.keys(), ...b.keys()])
  return [...names].filter((name) => {
    const [one, other] = [a.get(name), b.get(name)]
    if (one === undefined || other === undefined || one.what !== other.what) return true
    return !touched.has(name) && one.mtime !== other.mtime
  })
}

/** What a run may have touched: what it changed, and the folders that hold that. */
export function touchedBy(before: Tree, after: Tree): ReadonlySet<string> {
  const changed = differences(before, after)
  const folders = changed.flatMap((name) => {
    const parts = name.split('/')
    return parts.map((_, index) => parts.slice(0, index).join('/'))
  })
  return new Set([...changed, ...folders])
}
