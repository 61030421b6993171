import type { Desk } from '../harness.ts'
import { type Call, unescape } from './strace.ts'
import { isOurs } from './window.ts'

/**
 * What may be on the disk after a power cut, by the calls that were made until then. POSIX promises no more than
 * fsync(2) and open(2) say, and the model takes nothing beyond that for granted:
 * - The content, mode and owner of a file are on the disk as far as it was fsynced. What was written later may be
 *   there, be missing, be there in part, or be zeros of the right length (XFS, ext4 with data=writeback).
 * - A name that was made, renamed or removed is on the disk when its folder was fsynced afterwards (fsync(2): “an
 *   explicit fsync() on a file descriptor for the directory is also needed”). Until then each such change may have
 *   happened or not, whatever happened to the others. ext4 and XFS order them in one journal, and a file's own
 *   fsync brings its name along; other file systems do not.
 * - A rename is never half: the new name has either file (rename(2)).
 */

type Inode = { dir: boolean; bytes: Buffer; mode: number; uid: number; gid: number }
/** What a call did. `at`: the folder whose fsync makes it last. */
type Step =
  | { kind: 'data'; inode: number; state: Inode; written: Buffer }
  | { kind: 'name'; folder: string; sets: readonly (readonly [string, number | null])[] }
  | { kind: 'sync'; inode: number | null; folder: string | null }

/** A file or folder as it is to be built; null: it is not there. */
export type Built = ReadonlyMap<string, Inode | null>
/** What stands at a path before the first call. */
export type Base = (path: string) => Inode | null

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))

/** Every state that the model knows, with the number of the call that the power went before. */
export function* powerCuts(calls: readonly Call[], desk: Desk, base: Base): Generator<{ at: number; built: Built }> {
  const disk = new Disk(base)
  const seen = new Set<string>()
  for (const [at, call] of calls.entries()) {
    if (!isOurs(call, desk) || (call.result ?? -1) < 0 || !disk.take(call)) continue
    for (const built of disk.states()) {
      const key = JSON.stringify([...built].map(([path, inode]) => [path, inode && { ...inode, bytes: hex(inode) }]))
      if (!seen.has(key)) yield { at: at + 1, built }
      seen.add(key)
    }
  }
}

const hex = ({ bytes }: Inode): string => bytes.toString('base64')

/** What the disk is sure to hold when the run has ended. */
export function lasting(calls: readonly Call[], desk: Desk, base: Base): Built {
  const disk = new Disk(base)
  for (const call of calls) if (isOurs(call, desk) && (call.result ?? -1) >= 0) disk.take(call)
  return disk.surely()
}

class Disk {
  private readonly inodes: Inode[] = []
  /** As programs see it. */
  private readonly names = new Map<string, number | null>()
  private readonly base: Base
  /** What is on the disk for sure. */
  private readonly sureNames = new Map<string, number | null>()
  private readonly sure = new Map<number, Inode>()
  private readonly pending: Step[] = []

  constructor(base: Base) {
    this.base = base
  }

  /** Follows a call; answers whether it changed or secured something. */
  take(call: Call): boolean {
    const step = this.stepOf(call)
    if (step === null) return false
    if (step.kind === 'sync') this.settle(step)
    else this.pending.push(step)
    return true
  }

  private stepOf({ name, path, second, rest }: Call): Step | null {
    switch (name) {
      case 'openat':
        return /O_CREAT/.test(rest) && this.find(path) === null ? this.make(path, rest, false) : null
      case 'mkdir':
        return this.make(path, rest, true)
      case 'rename':
        return this.rename([path, null], [second, this.find(path)])
      case 'unlink':
      case 'rmdir':
        return this.rename([path, null])
      case 'fsync':
        return { kind: 'sync', inode: this.find(path), folder: path }
      case 'pwrite64':
      case 'ftruncate':
      case 'fchmod':
      case 'fchown':
        return this.change(name, path, rest)
      default:
        return null
    }
  }

  private find(path: string): number | null {
    const known = this.names.get(path)
    if (known !== undefined) return known
    const inode = this.base(path)
    const number = inode === null ? null : this.inodes.push(inode) - 1
    this.names.set(path, number)
    this.sureNames.set(path, number)
    if (inode !== null && number !== null) this.sure.set(number, inode)
    return number
  }

  private make(path: string, rest: string, dir: boolean): Step {
    this.find(path)
    const mode = Number.parseInt(/, (0\d+)/.exec(rest)?.[1] ?? '0', 8)
    const inode = { dir, bytes: Buffer.alloc(0), mode: mode & ~0o022, uid: 0, gid: 0 }
    const number = this.inodes.push(inode) - 1
    this.sure.set(number, inode)
    return this.rename([path, number])
  }

  private rename(...sets: readonly (readonly [string, number | null])[]): Step {
    for (const [path, number] of sets) {
      this.find(path)
      this.names.set(path, number)
    }
    return { kind: 'name', folder: folderOf(sets[0]?.[0] ?? ''), sets }
  }

  private change(name: string, path: string, rest: string): Step | null {
    const number = this.find(path)
    const inode = number === null ? undefined : this.inodes[number]
    if (number === null || inode === undefined) return null
    const numbers = [...rest.replace(/^\d+<[^>]*>/, '').matchAll(/, (-?\d+)(?=[,)])/g)].map(([, text]) => text ?? '0')
    let written: Buffer = Buffer.alloc(0)
    const state = { ...inode }
    if (name === 'fchmod') state.mode = Number.parseInt(numbers[0] ?? '0', 8)
    if (name === 'fchown') [state.uid, state.gid] = [Number(numbers[0]), Number(numbers[1])]
    if (name === 'ftruncate') state.bytes = inode.bytes.subarray(0, Number(numbers[0]))
    if (name === 'pwrite64') {
      written = unescape(/^\d+<[^>]*>, "(.*)", \d+, \d+\)?$/s.exec(rest)?.[1] ?? '')
      state.bytes = Buffer.concat([inode.bytes.subarray(0, Number(numbers.at(-1))), written])
    }
    this.inodes[number] = state
    return { kind: 'data', inode: number, state, written }
  }

  private settle({ inode, folder }: Extract<Step, { kind: 'sync' }>): void {
    const rest = this.pending.filter((step) => {
      if (step.kind === 'data' && step.inode === inode) this.sure.set(step.inode, step.state)
      else if (step.kind === 'name' && step.folder === folder)
        for (const [path, number] of step.sets) this.sureNames.set(path, number)
      else return true
      return false
    })
    this.pending.splice(0, this.pending.length, ...rest)
  }

  surely(): Built {
    return this.build([], new Map())
  }

  /** Each choice of the pending names, with each choice of what is unsure in the contents. */
  *states(): Generator<Built> {
    const names = this.pending.filter((step) => step.kind === 'name')
    const contents = contentChoices(this.pending.filter((step) => step.kind === 'data'))
    for (const chosen of subsets(names)) for (const content of contents) yield this.build(chosen, content)
  }

  private build(names: readonly Step[], contents: ReadonlyMap<number, Inode>): Built {
    const tree = new Map(this.sureNames)
    for (const step of names) if (step.kind === 'name') for (const [path, number] of step.sets) tree.set(path, number)
    return new Map(
      [...tree].map(([path, number]) => [
        path,
        number === null ? null : (contents.get(number) ?? this.sure.get(number) ?? null),
      ]),
    )
  }
}

/** All of them where they are few; else none, all, each prefix, each alone, and all but each. */
function subsets<T>(all: readonly T[]): readonly (readonly T[])[] {
  if (all.length <= 5)
    return Array.from({ length: 2 ** all.length }, (_, bits) => all.filter((_one, at) => (bits >> at) & 1))
  return all.flatMap((one, at) => [all.slice(0, at), [one], all.filter((other) => other !== one)]).concat([[...all]])
}

/** The inodes with something unsure, each in every way that it may have come out. */
function contentChoices(steps: readonly Step[]): readonly ReadonlyMap<number, Inode>[] {
  let choices: ReadonlyMap<number, Inode>[] = [new Map()]
  for (const step of steps) {
    if (step.kind !== 'data') continue
    choices = choices.concat(choices.flatMap((map) => halves(step).map((inode) => new Map(map).set(step.inode, inode))))
    if (choices.length > 64) choices = choices.slice(0, 64)
  }
  return choices
}

/** What a write may have left: all of it, a part of it, zeros, zeros and then its end. */
function halves({ state, written }: Extract<Step, { kind: 'data' }>): readonly Inode[] {
  if (written.length === 0) return [state]
  const before = state.bytes.subarray(0, state.bytes.length - written.length)
  const half = written.length >> 1
  const zeros = Buffer.alloc(written.length)
  const ways = [
    written,
    written.subarray(0, half),
    zeros,
    zeros.subarray(0, half),
    Buffer.concat([zeros.subarray(half), written.subarray(written.length - half)]),
  ]
  return ways.map((way) => ({ ...state, bytes: Buffer.concat([before, way]) }))
}
