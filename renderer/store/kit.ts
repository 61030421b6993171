import { create } from 'zustand'
import {
  type KitInterface,
  type KitResult,
  type KitServer,
  type KitView,
  kitResultSchema,
  kitServerSchema,
} from '../../electron/contract/kit.ts'
import type { AppError } from '../../electron/contract/note.ts'
import { request } from '../api.ts'
import type { ChosenFolder } from './classroom.ts'
import { cancelErrand, type Errand, runErrand, runToEnd } from './done-errand.ts'
import { parseImage } from '../../electron/contract/grammar.ts'
import { errorOf } from './run-error.ts'
import { useWizard } from './wizard.ts'

/** A file that was dropped or chosen, and what is in it. */
export type GivenText = { name: string; text: string }

/** Images in one kit. */
export const MAX_IMAGES = 8
/** UTF-16 units that main takes. */
const MAX_TEXT = { goMod: 200_000, npmLock: 2_000_000 }

type KitStore = {
  folder: ChosenFolder | null
  view: KitView | null
  problem: AppError | null
  /** Images for the kit; null: the one that the wizard holds. */
  images: readonly string[] | null
  goMod: GivenText | null
  npmLock: GivenText | null
  /** Why a file that was given is not taken. */
  refused: { name: string; why: 'kind' | 'large' | 'unreadable' } | null
  making: Errand
  made: KitResult | null
  interfaces: readonly KitInterface[]
  /** The name of the interface to serve on. */
  chosen: string | null
  server: KitServer | null
  starting: Errand
  choose(): Promise<void>
  setImages(images: readonly string[]): void
  /** Takes go.mod and package-lock.json files; answers whether all were of those. */
  take(files: readonly File[]): Promise<boolean>
  drop(what: 'goMod' | 'npmLock'): void
  make(): Promise<void>
  stopMaking(): Promise<void>
  /** What is served at present, and where it could be. */
  look(): Promise<void>
  pick(name: string): void
  serve(): Promise<void>
  stop(): Promise<void>
}

const IDLE: Errand = { step: 'idle' }

/** A classroom kit: making it, and serving it to the room. */
export const useKit = create<KitStore>((set, get) => ({
  folder: null,
  view: null,
  problem: null,
  images: null,
  goMod: null,
  npmLock: null,
  refused: null,
  making: IDLE,
  made: null,
  interfaces: [],
  chosen: null,
  server: null,
  starting: IDLE,
  async choose() {
    try {
      const folder = await request('folder.choose', { kind: 'kit' })
      if (folder === null) return
      set({ folder, view: null, problem: null, making: IDLE, made: null })
      set({ view: await request('kit.show', { id: folder.id }) })
    } catch (thrown) {
      set({ problem: errorOf(thrown) })
    }
  },
  setImages: (images) => set({ images }),
  async take(files) {
    let all = true
    for (const file of files) {
      const what = kindOf(file.name)
      const { name } = file
      if (what === null) set({ refused: { name, why: 'kind' } })
      else if (file.size > MAX_TEXT[what] * 3) set({ refused: { name, why: 'large' } })
      else {
        const text = await file.text().catch(() => null)
        if (text === null) set({ refused: { name, why: 'unreadable' } })
        else if (text.length > MAX_TEXT[what]) set({ refused: { name, why: 'large' } })
        else {
          set({ [what]: { name, text }, refused: null })
          continue
        }
      }
      all = false
    }
    return all
  },
  drop: (what) => set({ [what]: null }),
  async make() {
    const { folder, goMod, npmLock, making } = get()
    if (folder === null || making.step === 'running') return
    set({ made: null, problem: null })
    const { profile } = useWizard.getState()
    const begin = async () => {
      const wish = {
        images: [...imagesOf(get(), profile.image)],
        goMod: goMod?.text ?? null,
        npmLock: npmLock?.text ?? null,
      }
      return (await request('kit.make', { id: folder.id, profile, ...wish })).taskId
    }
    await runErrand(begin, (errand) => {
      const parsed = errand.step === 'done' ? kitResultSchema.safeParse(errand.result) : null
      set({ making: errand, made: parsed?.success ? parsed.data : null })
      if (errand.step !== 'done' && errand.step !== 'failed') return
      request('kit.show', { id: folder.id }).then(
        (view) => get().folder?.id === folder.id && set({ view }),
        () => {},
      )
    })
  },
  stopMaking: () => cancelErrand(get().making),
  async look() {
    const [server, interfaces] = await Promise.all([
      request('kit.serving', undefined).catch(() => null),
      request('kit.interfaces', undefined).catch(() => []),
    ])
    const { chosen } = get()
    const known = interfaces.some(({ name }) => name === chosen)
    set({ server, interfaces, chosen: known ? chosen : (interfaces[0]?.name ?? null) })
  },
  pick: (chosen) => set({ chosen }),
  async serve() {
    const { folder, chosen, starting } = get()
    if (folder === null || chosen === null || starting.step === 'running') return
    const begin = async () => (await request('kit.serve', { id: folder.id, interface: chosen })).taskId
    const end = await runToEnd(begin, (errand) => set({ starting: errand }))
    const parsed = end.step === 'done' ? kitServerSchema.safeParse(end.result) : null
    if (parsed?.success) set({ server: parsed.data })
    else await get().look()
  },
  async stop() {
    try {
      await request('kit.stop', undefined)
      set({ starting: IDLE, problem: null })
    } catch (thrown) {
      set({ problem: errorOf(thrown) })
    }
    await get().look()
  },
}))

/** What a file is for, by its name. */
export function kindOf(name: string): 'goMod' | 'npmLock' | null {
  if (/(^|[._-])go\.mod$/i.test(name)) return 'goMod'
  return /(^|[._-])(package-lock|npm-shrinkwrap)\.json$/i.test(name) ? 'npmLock' : null
}

/** The images that the kit is to hold. */
export const imagesOf = ({ images }: Pick<KitStore, 'images'>, image: string | undefined): readonly string[] =>
  images ?? (image === undefined ? [] : [image])

/** Why an image that is being typed cannot be added; null: it can, or nothing is typed. */
export function imageReason(typed: string, images: readonly string[]): 'bad' | 'full' | null {
  if (typed === '') return null
  if (images.length >= MAX_IMAGES) return 'full'
  return parseImage(typed) === null || images.includes(typed) ? 'bad' : null
}
