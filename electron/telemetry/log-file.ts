import { statfs } from 'node:fs/promises'
import { makePrivateFolder } from '../core/journal.ts'
import { under } from '../core/paths.ts'
import type { System } from '../core/system.ts'

/** Bytes of a file before the next one is begun, and how many files there are. */
export type LogBounds = { bytes: number; files: number }
const BOUNDS: LogBounds = { bytes: 1_000_000, files: 5 }
const NAME = 'goready.jsonl'
/** Further tries after one that met another process. */
const TRIES = 3
/** A process that died while it turned the files over left this behind: milliseconds. */
const STALE = 10_000
/** Bytes that a disk must have free beside the log: what is left of a full one belongs to giving back. */
const SPARE = 4 * 1024 * 1024

/**
 * The structured log: `STATE/log/goready.jsonl`, JSON lines, its owner's alone, the older ones beside it as `.1`, `.2` …
 * Several processes write at once. Nothing that goes wrong here reaches the run.
 */
export type LogFile = {
  /** `make`: also where the program has no folder of its own yet. */
  append(lines: readonly string[], make: boolean): Promise<void>
  /** The last lines, the oldest first. */
  tail(count: number): Promise<readonly string[]>
  forget(): Promise<void>
}

/** The log of a program whose records lie in `state`. */
export function openLog(state: string, sys: System, bounds: LogBounds = BOUNDS): LogFile {
  const folder = under(state, 'log')
  const path = under(folder, NAME)
  const older = (at: number): string => (at === 0 ? path : `${path}.${at}`)
  const turning = under(folder, 'turning')

  /** What was the newest becomes `.1`, and so on; who comes second finds nothing to do. */
  const turn = async (length: number, owner: { uid: number; gid: number }): Promise<void> => {
    const isFull = async (): Promise<boolean> => ((await sys.lstat(path))?.size ?? 0) + length > bounds.bytes
    if (!(await isFull())) return
    const left = await sys.lstat(turning)
    if (left !== null && Date.now() - left.mtimeMs > STALE) await sys.removeFile(turning)
    if (!(await sys.createExclusive(turning, '', owner))) return
    try {
      if (!(await isFull())) return
      for (let at = bounds.files - 1; at >= 0; at--) {
        if ((await sys.lstat(older(at))) === null) continue
        if (at === bounds.files - 1) await sys.removeFile(older(at))
        else await sys.rename(older(at), older(at + 1))
      }
    } finally {
      await sys.removeFile(turning)
    }
  }

  const write = async (text: string): Promise<void> => {
    // The records' folder; where it can't be asked about (it does not stand yet) the write itself tells.
    const disk = await statfs(state).catch(() => null)
    if (disk !== null && disk.bavail * disk.bsize < SPARE) return
    const owner = await makePrivateFolder(folder, sys)
    await turn(Buffer.byteLength(text), owner)
    // Root writes in other people's homes: the file is theirs.
    if ((await sys.lstat(path)) === null) await sys.createExclusive(path, '', owner)
    await sys.append(path, text)
  }

  return {
    async append(lines, make) {
      if (lines.length === 0) return
      const text = `${lines.join('\n')}\n`
      try {
        if (!make && (await sys.lstat(state)) === null) return
        // The first lines of several processes make the folders at the same time; once these stand it goes.
        for (let left = TRIES; ; left--) {
          try {
            return await write(text)
          } catch (error) {
            if (left === 0) throw error
          }
        }
      } catch {
        // A full or closed disk: what the run itself has to say of that it says better.
      }
    },
    async tail(count) {
      const lines: string[] = []
      for (let at = 0; at < bounds.files && lines.length < count; at++) {
        const bytes = await sys.readFile(older(at)).catch(() => null)
        if (bytes === null) break
        lines.unshift(
          ...new TextDecoder()
            .decode(bytes)
            .split('\n')
            .filter(Boolean)
            .slice(-(count - lines.length)),
        )
      }
      return lines
    },
    async forget() {
      if ((await sys.lstat(folder))?.kind === 'dir') await sys.removeTree(folder)
    },
  }
}
