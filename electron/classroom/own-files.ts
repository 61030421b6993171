import { createHash } from 'node:crypto'
import { writeError } from '../core/errors.ts'
import { folderOf, nameOf, under } from '../core/paths.ts'
import type { Reader, System } from '../core/system.ts'

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/**
 * Writes files that are made anew from something else. What a person changed in one is never lost: as long as what
 * we would write is what we wrote last, their file stays and counts; when it is something else, their copy is kept as
 * `NAME.bak` (`.bak2` …) beside it. `known`: hashes of what was written last. Answers the new hashes and the copies kept.
 */
export async function writeOwn(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  known: Readonly<Record<string, string>>,
  sys: System,
): Promise<{ hashes: Record<string, string>; kept: string[] }> {
  const hashes: Record<string, string> = {}
  const kept: string[] = []
  for (const [name, bytes] of files) {
    const path = under(folder, name)
    const [hash, there] = [hashOf(bytes), await readOrNull(path, sys)]
    hashes[name] = hash
    const now = there === null ? null : hashOf(there)
    if (now === hash) continue
    const last = known[name]
    if (now !== null && now !== last) {
      if (last === hash) continue
      const copy = await freeName(path, sys)
      await sys.rename(path, copy)
      kept.push(copy)
    }
    await makeFolders(folderOf(path), sys)
    await writeWhole(path, bytes, sys)
  }
  return { hashes, kept }
}

/** Replaces a file in one step. Throws writing errors with its path. */
export async function writeWhole(path: string, bytes: Uint8Array, sys: System): Promise<void> {
  const temporary = under(folderOf(path), `.${nameOf(path)}.new`)
  try {
    if (await sys.lstat(temporary)) await sys.removeFile(temporary)
    await sys.replaceFile(path, bytes, { mode: 0o644, ...sys.identity, temporary })
  } catch (error) {
    throw writeError(error, path)
  }
}

export async function makeFolders(folder: string, sys: System): Promise<void> {
  if ((await sys.lstat(folder)) !== null) return
  await makeFolders(folderOf(folder), sys)
  try {
    await sys.makeDir(folder, 0o755, sys.identity.uid, sys.identity.gid)
  } catch (error) {
    throw writeError(error, folder)
  }
}

/** A file's bytes; null where there is none that can be read. */
export async function readOrNull(path: string, sys: Reader): Promise<Uint8Array | null> {
  try {
    return await sys.readFile(path)
  } catch {
    return null
  }
}

async function freeName(path: string, sys: System): Promise<string> {
  for (let count = 1; ; count++) {
    const name = `${path}.bak${count === 1 ? '' : count}`
    if ((await sys.lstat(name)) === null) return name
  }
}
