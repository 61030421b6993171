import { create } from 'zustand'
import type { z } from 'zod'
import type { Tag, TagList } from '../../electron/contract/image.ts'
import type { AppError } from '../../electron/contract/note.ts'
import type { adviceSchema } from '../../electron/contract/wizard.ts'
import { request } from '../api.ts'
import { errorOf } from './run-error.ts'
import { isLocked, useWizard } from './wizard.ts'

export type Advice = z.infer<typeof adviceSchema>

type TagStore = {
  list: TagList | null
  error: AppError | null
  busy: boolean
  /** Bytes to download of images that were asked for; null = the registry does not say. */
  sizes: ReadonlyMap<string, number | null | 'asking'>
  advice: Advice | AppError | null
  /** `refresh` asks the registry again. */
  load(refresh: boolean): Promise<void>
  /** Asks the registry once how large an image is. */
  askSize(image: string): Promise<void>
  /** Reads a go.mod (`null`: main asks for the file) and selects the tag that suits it. */
  advise(text: string | null): Promise<void>
}

/** The golang tags, and what a go.mod asks for. */
export const useTags = create<TagStore>((set, get) => ({
  list: null,
  error: null,
  busy: false,
  sizes: new Map(),
  advice: null,
  async load(refresh) {
    if (get().busy) return
    set({ busy: true })
    try {
      set({ list: await request('image.tags', { refresh }), error: null, busy: false })
    } catch (error) {
      set({ error: errorOf(error), busy: false })
    }
  },
  async askSize(image) {
    if (get().sizes.has(image)) return
    const put = (size: number | null | 'asking') => set(({ sizes }) => ({ sizes: new Map(sizes).set(image, size) }))
    put('asking')
    put(await request('image.size', { image }).catch(() => null))
  },
  async advise(text) {
    try {
      const advice = await request('goMod.advise', { text })
      // The dialog was closed: what stands there stays.
      if (advice === null) return
      set({ advice })
      if (advice.tag !== null) chooseImage(imageOf(advice.tag, get().list))
    } catch (error) {
      set({ advice: errorOf(error) })
    }
  },
}))

/** Puts the image into the choices, unless a teacher closed that field. */
export function chooseImage(image: string): void {
  const { opened, edit } = useWizard.getState()
  if (isLocked(opened?.locked ?? [], 'image')) return
  edit((profile) => ({ ...profile, image }))
}

/** A tag as a profile names it: the recommended ones by their role, so that they move along with new releases. */
export function imageOf(tag: string, list: TagList | null): string {
  const role = list?.tags.find((one) => one.tag === tag)?.role
  return role === 'newest' || role === 'newest-alpine' ? role : `golang:${tag}`
}

/** The tag behind a profile's image; null where the list does not know it. */
export function tagOf(image: string, list: TagList | null): Tag | null {
  const known = list?.tags ?? []
  if (image === 'newest' || image === 'newest-alpine') return known.find(({ role }) => role === image) ?? null
  const name = /^golang:(.+)$/.exec(image)?.[1]
  return known.find(({ tag }) => tag === name) ?? null
}

/** The versions that the third card offers: each minor once, plain and on Alpine; and the one it stands on. */
export function pinnedTags(list: TagList | null, image: string): readonly Tag[] {
  const minors = (list?.tags ?? []).filter(isMinor)
  const on = pinnedTag(list, image)
  return on !== null && !minors.includes(on) ? [on, ...minors] : minors
}

/** What the third card stands on: what is chosen, else the newest that is supported and on no other card. */
export function pinnedTag(list: TagList | null, image: string): Tag | null {
  const chosen = tagOf(image, list)
  if (chosen !== null && chosen.role !== 'newest' && chosen.role !== 'newest-alpine') return chosen
  const tags = list?.tags ?? []
  // The list has the newest first. A registry may hold nothing but patches of what is supported.
  const supported = tags.filter(({ role, support }) => role === 'pinned' && support === 'supported')
  return supported.find(isMinor) ?? supported[0] ?? tags.find(isMinor) ?? null
}

const isMinor = ({ tag, role }: Tag): boolean => role === 'pinned' && /^1\.\d+(-alpine)?$/.test(tag)

/** What is written about in the image's tag matches every word of `text`. */
export function searchTags(tags: readonly Tag[], text: string): readonly Tag[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return tags.filter(({ tag, base, go }) => {
    const about = `golang:${tag} ${base} ${go}`.toLowerCase()
    return words.every((word) => about.includes(word))
  })
}
