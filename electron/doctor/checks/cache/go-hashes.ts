import { createHash } from 'node:crypto'
import { decode, toBinary } from '../../../settings/binary.ts'
import { causeText } from '../../../core/errors.ts'
import { under } from '../../../core/paths.ts'
import type { Reader } from '../../../core/system.ts'
import { hashGoMod, hashList, ZipError } from '../../../mirrors/trust/dirhash.ts'
import type { Budget } from './budget.ts'
import type { CachedModule } from './go-modules.ts'
import { filesBelow, sizeOf, type TreeFile } from './tree-files.ts'
import { hashZipSlowly } from './zip.ts'

/** What is in the cache of one module. null: it is not there. */
export type Hashes = {
  /** Over the zip; `cause`: it is no whole zip. */
  zip: { hash: string } | { cause: string }
  /** As go noted it when it downloaded the zip. */
  noted: string | null
  /** Over what was unpacked. */
  dir: string | null
  /** Bytes that were unpacked. */
  unpacked: number
  goMod: string | null
}

/** Larger ones are not looked at: one of them would take all the time there is. */
export const LARGEST_ZIP = 48 * 1024 * 1024

/** Go changes what it unpacks of its own toolchains (it marks programs as such, renames `_go.mod`). */
const CHANGED_BY_GO = 'golang.org/toolchain'

/** What was hashed before, by the path; it holds as long as sizes and times are the same. */
const remembered = new Map<string, { stamp: string; hash: string }>()

/** Hashes all that is cached of a module, without asking go. Throws for the signal alone. */
export async function hashModule(sys: Reader, one: CachedModule, budget: Budget, signal: AbortSignal): Promise<Hashes> {
  const text = (end: string): Promise<Uint8Array | null> => sys.readFile(`${one.base}${end}`).catch(() => null)
  const [noted, mod] = await Promise.all([text('.ziphash'), text('.mod')])
  const hashed = one.path === CHANGED_BY_GO || one.partial ? null : await hashDir(sys, one, budget, signal)
  return {
    zip: await hashZip(sys, one, budget),
    noted: noted === null ? null : decode(toBinary(noted)).trim(),
    dir: hashed?.hash ?? null,
    unpacked: hashed?.bytes ?? 0,
    goMod: mod === null ? null : hashGoMod(mod),
  }
}

async function hashZip(sys: Reader, { base, zip }: CachedModule, budget: Budget): Promise<Hashes['zip']> {
  const path = `${base}.zip`
  const stamp = `${zip.size} ${zip.mtimeMs}`
  const known = remembered.get(path)
  if (known?.stamp === stamp) return { hash: known.hash }
  try {
    budget.take(zip.size)
    const hash = await hashZipSlowly(await sys.readFile(path))
    remembered.set(path, { stamp, hash })
    return { hash }
  } catch (error) {
    if (!(error instanceof ZipError)) throw error
    return { cause: causeText(error) }
  }
}

async function hashDir(
  sys: Reader,
  { path, version, dir }: CachedModule,
  budget: Budget,
  signal: AbortSignal,
): Promise<{ hash: string; bytes: number } | null> {
  if ((await sys.lstat(dir).catch(() => null))?.kind !== 'dir') return null
  const files = await filesBelow(sys, dir, signal)
  if (files === null || files.length === 0) return null
  const bytes = sizeOf(files)
  const stamp = stampOf(files)
  const known = remembered.get(dir)
  if (known?.stamp === stamp) return { hash: known.hash, bytes }
  budget.take(bytes)
  const hashed: { name: string; sha256: string }[] = []
  for (const { name } of files) {
    signal.throwIfAborted()
    const content = await sys.readFile(under(dir, ...name.split('/'))).catch(() => null)
    // Gone meanwhile, or closed to us: nothing can be said of it.
    if (content === null) return null
    hashed.push({ name: `${path}@${version}/${name}`, sha256: createHash('sha256').update(content).digest('hex') })
  }
  const hash = hashList(hashed)
  remembered.set(dir, { stamp, hash })
  return { hash, bytes }
}

function stampOf(files: readonly TreeFile[]): string {
  const hash = createHash('sha256')
  for (const { name, size, mtimeMs } of files.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
    hash.update(`${name}\0${size}\0${mtimeMs}\n`)
  return hash.digest('hex')
}
