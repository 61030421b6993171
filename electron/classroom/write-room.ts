import type { ClassroomOptions, Seat } from '../contract/classroom.ts'
import type { Profile } from '../contract/profile.ts'
import { CodedError } from '../core/errors.ts'
import { folderOf, nameOf, under } from '../core/paths.ts'
import type { Reader, System } from '../core/system.ts'
import { stringify } from 'yaml'
import { inventoryText } from './inventory.ts'
import { hashOf, makeFolders, readOrNull, writeOwn } from './own-files.ts'
import { configText, playbookText, undoText } from './playbook.ts'
import { ROOM, type RoomOptions } from './room-folder.ts'
import { type Room, readRoom, writeState } from './room-store.ts'
import { seatsCsv } from './seats-csv.ts'

export type NewRoom = {
  seats: readonly Seat[]
  options: ClassroomOptions
  profile: Profile | null
  /** The profile's own file. Where a signature lies beside it, the room takes both as they are. */
  profileFile?: string
  kit: string | null
}

/** Bytes of the largest file beside a profile. */
const MAX_BESIDE = 1024 * 1024

/**
 * Writes a room: its list, its options, and what Ansible reads. `assets`: where the collection lies. Answers the
 * copies of files that a person had changed.
 */
export async function writeRoom(folder: string, wanted: NewRoom, assets: string, sys: System): Promise<string[]> {
  await makeFolders(folder, sys)
  const before = await readRoom(folder, sys)
  const room: RoomOptions = { ...before.room, options: wanted.options, kit: wanted.kit ?? before.room.kit }
  const files = new Map<string, Uint8Array>()
  let profile = before.state.profile
  if (wanted.profile !== null) {
    const signed = wanted.profileFile === undefined ? null : await signedFiles(wanted.profileFile, wanted.profile, sys)
    const given = signed ?? (await profileFiles(wanted.profile, sys))
    for (const name of profile.filter((one) => !given.has(one))) await removeOld(folder, name, before.state.files, sys)
    for (const [name, bytes] of given) files.set(name, bytes)
    profile = [...given.keys()]
  }
  // These two are a person's as much as ours: what they hold now is what was read.
  files.set(ROOM.seats, bytesOf(seatsCsv(wanted.seats)))
  files.set(ROOM.options, bytesOf(`${JSON.stringify(room, null, 2)}\n`))
  return writeFiles({ ...before, seats: wanted.seats, room, state: { ...before.state, profile } }, files, assets, sys)
}

/** Brings what is made from the list and the options up to them: a person may have changed either by hand. */
export const renewRoom = (room: Room, assets: string, sys: System): Promise<string[]> =>
  writeFiles(room, new Map(), assets, sys)

async function writeFiles(
  { folder, seats, room, state }: Room,
  files: Map<string, Uint8Array>,
  assets: string,
  sys: System,
): Promise<string[]> {
  files.set(ROOM.inventory, bytesOf(inventoryText(seats)))
  files.set(ROOM.playbook, bytesOf(playbookText(room, state.profile)))
  files.set(ROOM.undo, bytesOf(undoText(room)))
  files.set(ROOM.config, bytesOf(configText(room)))
  for (const [name, bytes] of await treeOf(under(assets, 'ansible_collections'), 'ansible_collections', sys))
    files.set(`${ROOM.collections}/${name}`, bytes)
  for (const [name, bytes] of await treeOf(under(assets, ROOM.windows), ROOM.windows, sys)) files.set(name, bytes)
  for (const name of state.profile) {
    const bytes = files.get(name) ?? (await readOrNull(under(folder, name), sys))
    if (bytes !== null) files.set(`${ROOM.windows}/profile/${name}`, bytes)
  }
  const { hashes, kept } = await writeOwn(folder, files, state.files, sys)
  await makeFolders(under(folder, ROOM.reports), sys)
  await writeState(folder, { ...state, files: { ...state.files, ...hashes } }, sys)
  return kept
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A folder's files by their path in it. What Python leaves beside its sources is none of them. */
async function treeOf(folder: string, name: string, sys: Reader): Promise<[string, Uint8Array][]> {
  const found: [string, Uint8Array][] = []
  for (const entry of await sys.list(folder)) {
    if (entry === '__pycache__' || entry.startsWith('.')) continue
    const path = under(folder, entry)
    const stat = await sys.lstat(path)
    if (stat?.kind === 'dir') found.push(...(await treeOf(path, `${name}/${entry}`, sys)))
    else if (stat?.kind === 'file') found.push([`${name}/${entry}`, await sys.readFile(path)])
  }
  return found
}

/** The profile as the room keeps it, and the files that it names beside it. Their paths become names. */
async function profileFiles(profile: Profile, sys: Reader): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>([[ROOM.profile, new Uint8Array()]])
  const take = async (path: string): Promise<string> => {
    const stat = await sys.lstat(await sys.resolve(path))
    if (stat?.kind !== 'file' || stat.size > MAX_BESIDE)
      throw new CodedError('bad-arguments', { reason: 'cli:reason.file', path })
    const bytes = await sys.readFile(path)
    const plain = nameOf(path)
      .replace(/[^A-Za-z0-9._\u0080-\uffff-]/g, '_')
      .replace(/^[.-]/, '_')
    for (let count = 1; ; count++) {
      const name = count === 1 ? plain : `${count}-${plain}`
      const there = files.get(name)
      if (there !== undefined && !same(there, bytes)) continue
      files.set(name, bytes)
      return name
    }
  }
  const authorities = []
  for (const { file, client, ...rest } of profile.authorities ?? [])
    authorities.push({
      ...rest,
      file: await take(file),
      ...(client === undefined ? {} : { client: { cert: await take(client.cert), key: await take(client.key) } }),
    })
  const kept = { ...profile, ...(profile.authorities === undefined ? {} : { authorities }) }
  files.set(ROOM.profile, bytesOf(stringify(kept, { lineWidth: 0 })))
  return files
}

/** A signed profile with its signature and files, byte by byte. null: it has no signature. */
async function signedFiles(path: string, profile: Profile, sys: Reader): Promise<Map<string, Uint8Array> | null> {
  const signature = await readOrNull(`${path}.sig`, sys)
  if (signature === null) return null
  const files = new Map([
    [ROOM.profile, await sys.readFile(path)],
    [`${ROOM.profile}.sig`, signature],
  ])
  const named = (profile.authorities ?? []).flatMap(({ file, client }) => [file, ...Object.values(client ?? {})])
  for (const file of named) {
    const name = nameOf(file)
    // Renaming it, or the profile's word for it, would break the signature.
    if (file !== under(folderOf(path), name))
      throw new CodedError('bad-arguments', { reason: 'cli:reason.file', path: file })
    files.set(name, await sys.readFile(file))
  }
  return files
}

/** A file of the profile before, unless a person has changed it since. */
async function removeOld(
  folder: string,
  name: string,
  known: Readonly<Record<string, string>>,
  sys: System,
): Promise<void> {
  for (const one of [name, `${ROOM.windows}/profile/${name}`]) {
    const bytes = await readOrNull(under(folder, one), sys)
    if (bytes !== null && hashOf(bytes) === known[one]) await sys.removeFile(under(folder, one))
  }
}

const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index])
