import { lstat, readFile } from 'node:fs/promises'
import { KIT_MANIFEST, type KitManifest, kitManifestSchema } from '../contract/kit.ts'
import { CodedError, errno } from '../core/errors.ts'
import { pathIn } from './folder.ts'

/** Bytes of the longest list that is read: a hundred thousand files are named in less. */
export const MAX_MANIFEST = 32 * 1024 * 1024
const MOST_FILES = 200_000
/** What no kit comes near; a list that promises more is made to fill a disk. */
const MOST_BYTES = 2 ** 40

/** Names that Windows gives to devices, whatever follows a dot. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i
/** What FAT and Windows do not take in a name. */
const UNFIT = /[<>:"|?*\u0000-\u001f]|[. ]$/
const DIGEST = /^sha256:[0-9a-f]{64}$/

/** Whether every file system that a stick has takes this path. */
export const isPortable = (path: string): boolean =>
  path.split('/').every((name) => name !== '' && !UNFIT.test(name) && !DEVICE.test(name))

/**
 * Reads the text of a list. Throws `kit-damaged` {path} for what is none, or names a file that could lie elsewhere,
 * twice the same file, or a part that is not among its files.
 */
export function parseManifest(text: string, path: string): KitManifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new CodedError('kit-damaged', { path }, error)
  }
  const parsed = kitManifestSchema.safeParse(value)
  if (!parsed.success) throw new CodedError('kit-damaged', { path }, parsed.error.issues[0]?.message)
  const { files, images, go, npm, profile, catalogue, installers } = parsed.data
  const refuse = (cause: string): CodedError => new CodedError('kit-damaged', { path }, cause)
  if (files.length > MOST_FILES) throw refuse(`${files.length} files`)
  // A file system without capitals would make one file of two.
  const names = new Set(files.map((file) => file.path.toLowerCase()))
  if (names.size < files.length) throw refuse('a file is named twice')
  const odd = files.find((file) => !isPortable(file.path) || file.path.toLowerCase() === KIT_MANIFEST)
  if (odd !== undefined) throw refuse(odd.path)
  if (files.reduce((sum, { size }) => sum + size, 0) > MOST_BYTES) throw refuse('too large')
  // It becomes a file's name where images are kept for a room.
  const nameless = images.find(({ digest }) => !DIGEST.test(digest))
  if (nameless !== undefined) throw refuse(nameless.digest)
  const named = [...images, ...installers].map(({ file }) => file)
  for (const file of [...named, ...(profile === null ? [] : [profile]), ...(catalogue === null ? [] : [catalogue])])
    if (!files.some((one) => one.path === file)) throw refuse(file)
  for (const part of [go, npm]) if (part !== null && !isPortable(part.folder)) throw refuse(part.folder)
  return parsed.data
}

/** A folder's list; null where there is none. Throws `kit-damaged`. */
export async function readManifest(folder: string): Promise<KitManifest | null> {
  const path = pathIn(folder, KIT_MANIFEST)
  try {
    const stat = await lstat(path)
    if (!stat.isFile() || stat.size > MAX_MANIFEST) throw new CodedError('kit-damaged', { path: KIT_MANIFEST })
    return parseManifest(await readFile(path, 'utf8'), KIT_MANIFEST)
  } catch (error) {
    if (errno(error) === 'ENOENT' || errno(error) === 'ENOTDIR') return null
    throw error
  }
}

/** The same for a kit that is to be used. Throws `kit-incomplete` {path} where there is no list. */
export async function wholeManifest(folder: string): Promise<KitManifest> {
  const manifest = await readManifest(folder)
  if (manifest === null) throw new CodedError('kit-incomplete', { path: folder })
  return manifest
}
