import { type FileHandle, open } from 'node:fs/promises'
import { z } from 'zod'
import { parseImage } from '../contract/grammar.ts'
import { CodedError } from '../core/errors.ts'

/** A member of a tar archive: where its bytes lie in the file. */
export type Member = { offset: number; size: number; link: string | null }
/** An archive as `docker save` writes it, with one image. Layers lie in it in their order. */
export type Archive = { members: ReadonlyMap<string, Member>; config: string; layers: readonly string[] }

const BLOCK = 512
/** Members of an image are a few dozen. */
const MOST_MEMBERS = 20_000
const MAX_JSON = 4 * 1024 * 1024
const layersSchema = z.array(z.string().max(512)).max(512)
const manifestSchema = z
  .array(z.object({ Config: z.string().max(512), RepoTags: z.array(z.string()).nullable(), Layers: layersSchema }))
  .length(1)
const indexSchema = z.object({
  manifests: z.array(z.object({ annotations: z.record(z.string(), z.string()).optional() })).max(64),
})
/** What containerd takes an image's name from: the second where the first is missing. */
const NAMES = ['io.containerd.image.name', 'org.opencontainers.image.ref.name'] as const
/** Keys that an engine reads as they are spelled; Go takes them in any case. */
const KEYS = new Map(
  ['Config', 'RepoTags', 'Layers', 'manifests', 'annotations'].map((key) => [key.toUpperCase(), key]),
)
/** Bytes of the longest extended header that Go reads. */
const MAX_RECORDS = 1024 * 1024

/**
 * Looks into an image's archive without unpacking it. It may only bring the image that is expected, under just that
 * name: an archive can carry names of its own, and an engine would give them away. Throws `kit-damaged` {path}.
 */
export async function readArchive(path: string, reference: string, shown: string): Promise<Archive> {
  const file = await open(path, 'r')
  const refuse = (cause: string): CodedError => new CodedError('kit-damaged', { path: shown }, cause)
  try {
    const members = await readMembers(file, refuse)
    const json = async <T>(name: string, schema: z.ZodType<T>): Promise<T | null> => {
      const member = members.get(name)
      if (member === undefined) return null
      if (member.size > MAX_JSON) throw refuse(name)
      const text = (await readMember(file, member)).toString('utf8')
      const value = parseJson(text)
      if (!isPlain(text, value)) throw refuse(`${name}: keys that engines read otherwise`)
      const parsed = schema.safeParse(value)
      if (!parsed.success) throw refuse(`${name}: ${parsed.error.issues[0]?.message ?? ''}`)
      return parsed.data
    }
    const [image] = (await json('manifest.json', manifestSchema)) ?? []
    if (image === undefined) throw refuse('no manifest.json')
    const index = await json('index.json', indexSchema)
    const names = [
      ...(image.RepoTags ?? []),
      ...(index?.manifests ?? []).flatMap(
        ({ annotations = {} }) => NAMES.map((key) => annotations[key]).find((name) => (name ?? '') !== '') ?? [],
      ),
    ]
    const stranger = names.find((name) => !sameImage(name, reference))
    if (stranger !== undefined || names.length === 0) throw refuse(`${stranger ?? 'no name'} instead of ${reference}`)
    for (const name of [image.Config, ...image.Layers])
      if (memberOf(members, name) === null) throw refuse(`${name} is missing`)
    const config = /([0-9a-f]{64})(\.json)?$/.exec(image.Config)?.[1]
    if (config === undefined) throw refuse(image.Config)
    return { members, config: image.Config, layers: image.Layers }
  } finally {
    await file.close()
  }
}

/** The image's own id: the hash of its configuration, by which its file is named. */
export const idOf = (archive: Archive): string => `sha256:${/[0-9a-f]{64}/.exec(archive.config)?.[0] ?? ''}`

/** A member by its name; old engines write a layer that occurs twice as a link to the first. */
export function memberOf(members: ReadonlyMap<string, Member>, name: string): Member | null {
  const member = members.get(name)
  if (member?.link == null) return member ?? null
  const to = new URL(member.link, `tar:///${name}`).pathname.slice(1)
  const target = members.get(to)
  return target?.link === null ? target : null
}

export async function readMember(file: FileHandle, { offset, size }: Member): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, offset)
  return buffer.subarray(0, bytesRead)
}

async function readMembers(
  file: FileHandle,
  refuse: (cause: string) => CodedError,
): Promise<ReadonlyMap<string, Member>> {
  const members = new Map<string, Member>()
  const { size: length } = await file.stat()
  for (let at = 0; at + BLOCK <= length; ) {
    const header = await readMember(file, { offset: at, size: BLOCK, link: null })
    if (header.every((byte) => byte === 0)) break
    const [size, type] = [sizeOf(header), text(header, 156, 1) || '0']
    if (size === null || at + BLOCK + size > length) throw refuse('a broken archive')
    // Long names and other sizes than the header's could show an engine another archive than us.
    if (type === 'L' || type === 'K' || type === 'g') throw refuse(`an entry of kind ${type}`)
    const name = text(header, 0, 100)
    if (!isOwn(name, type)) throw refuse(name)
    if (type === 'x') {
      const records = await readMember(file, { offset: at + BLOCK, size: Math.min(size, MAX_RECORDS), link: null })
      if (size > MAX_RECORDS || /path=|size=|GNU\./i.test(records.toString('latin1')))
        throw refuse('an entry with another name or size')
    } else {
      // The second half of a long name is read by some and not by others; no image needs one.
      if (header.subarray(345, 500).some((byte) => byte !== 0)) throw refuse(`${name}: a name in two parts`)
      // What has no content is skipped by its size here, and without it there.
      if (type !== '0' && size !== 0) throw refuse(`${name}: kind ${type} with ${size} bytes`)
      if (members.has(name)) throw refuse(name)
      if (!['0', '2', '5'].includes(type) || members.size > MOST_MEMBERS) throw refuse(`${name}: kind ${type}`)
      members.set(name, { offset: at + BLOCK, size, link: type === '2' ? text(header, 157, 100) : null })
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  // An engine that unpacks it would write what lies behind a link to where that leads.
  const links = [...members].flatMap(([name, { link }]) => (link === null ? [] : [`${name}/`]))
  const behind = [...members.keys()].find((name) => links.some((link) => name.startsWith(link)))
  if (behind !== undefined) throw refuse(behind)
  return members
}

/** A size as every reader of archives takes it: octal digits, then what ends them. null: another one. */
function sizeOf(header: Buffer): number | null {
  const digits = /^([0-7]{1,11})[ \0]*$/.exec(header.toString('latin1', 124, 136))?.[1]
  return digits === undefined ? null : Number.parseInt(digits, 8)
}

/**
 * A name that is the same to everybody: no way out, nothing that a path's own rules would shorten, and no sign that
 * would make the archive a packed one to an engine.
 */
function isOwn(name: string, type: string): boolean {
  const parts = (type === '5' ? name.replace(/\/$/, '') : name).split('/')
  return parts.every((part) => /^[A-Za-z0-9._-]+$/.test(part) && part !== '.' && part !== '..')
}

function text(header: Buffer, from: number, length: number): string {
  const end = header.indexOf(0, from)
  return header.toString('utf8', from, end < 0 || end > from + length ? from + length : end)
}

function sameImage(name: string, reference: string): boolean {
  const [one, other] = [parseImage(name), parseImage(reference)]
  return one !== null && other !== null && JSON.stringify(one) === JSON.stringify(other)
}

/**
 * Whether Go reads the same out of a JSON text as we do: it joins what stands under a key twice, and takes `repotags`
 * for `RepoTags`.
 */
function isPlain(json: string, value: unknown): boolean {
  let keys = 0
  const visit = (one: unknown): boolean => {
    if (typeof one !== 'object' || one === null) return true
    if (Array.isArray(one)) return one.every(visit)
    const names = Object.keys(one)
    keys += names.length
    return names.every((name) => (KEYS.get(name.toUpperCase()) ?? name) === name) && Object.values(one).every(visit)
  }
  if (!visit(value)) return false
  return (
    [...json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length === keys
  )
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
