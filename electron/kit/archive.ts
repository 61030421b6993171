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
/** What containerd takes an image's name from. */
const NAME = 'io.containerd.image.name'

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
      const text = await readMember(file, member)
      const parsed = schema.safeParse(parseJson(text.toString('utf8')))
      if (!parsed.success) throw refuse(`${name}: ${parsed.error.issues[0]?.message ?? ''}`)
      return parsed.data
    }
    const [image] = (await json('manifest.json', manifestSchema)) ?? []
    if (image === undefined) throw refuse('no manifest.json')
    const index = await json('index.json', indexSchema)
    const names = [
      ...(image.RepoTags ?? []),
      ...(index?.manifests ?? []).flatMap(({ annotations }) => annotations?.[NAME] ?? []),
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
    const size = Number.parseInt(text(header, 124, 12).trim() || '0', 8)
    const type = text(header, 156, 1) || '0'
    if (!Number.isSafeInteger(size) || size < 0 || at + BLOCK + size > length) throw refuse('a broken archive')
    // Long names and other sizes than the header's could show an engine another archive than us.
    if (type === 'L' || type === 'K' || type === 'g') throw refuse(`an entry of kind ${type}`)
    if (type === 'x') {
      const records = (
        await readMember(file, { offset: at + BLOCK, size: Math.min(size, MAX_JSON), link: null })
      ).toString()
      if (/^\d+ (path|size|linkpath)=/m.test(records)) throw refuse('an entry with another name or size')
    } else {
      const prefix = text(header, 257, 5) === 'ustar' ? text(header, 345, 155) : ''
      const name = `${prefix === '' ? '' : `${prefix}/`}${text(header, 0, 100)}`
      if (name.startsWith('/') || name.split('/').includes('..') || members.has(name)) throw refuse(name)
      if (!['0', '2', '5'].includes(type) || members.size > MOST_MEMBERS) throw refuse(`${name}: kind ${type}`)
      members.set(name, { offset: at + BLOCK, size, link: type === '2' ? text(header, 157, 100) : null })
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return members
}

function text(header: Buffer, from: number, length: number): string {
  const end = header.indexOf(0, from)
  return header.toString('utf8', from, end < 0 || end > from + length ? from + length : end)
}

function sameImage(name: string, reference: string): boolean {
  const [one, other] = [parseImage(name), parseImage(reference)]
  return one !== null && other !== null && JSON.stringify(one) === JSON.stringify(other)
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
