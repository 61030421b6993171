import { create } from 'zustand'
import { checkUrl, type Reason } from '../../electron/contract/grammar.ts'
import { MAX_OWN, type OwnMirror } from '../../electron/contract/mirror.ts'
import type { AppError } from '../../electron/contract/note.ts'
import { request } from '../api.ts'
import { sameAddress } from './checks.ts'
import { errorOf } from './run-error.ts'
import { useSources } from './sources.ts'

type OwnStore = {
  /** null until they were read. */
  mirrors: readonly OwnMirror[] | null
  /** What stands in the form: a new one (`id` empty) or one that is changed; null: no form. */
  form: OwnMirror | null
  busy: boolean
  error: AppError | null
  load(): Promise<void>
  edit(form: OwnMirror | null): void
  save(): Promise<void>
  remove(id: string): Promise<void>
}

export const NEW_OWN: OwnMirror = { id: '', target: 'go', name: '', url: '' }

/** The sources that the person added; main remembers them. */
export const useOwnMirrors = create<OwnStore>((set, get) => {
  const answered = async (ask: () => Promise<OwnMirror[]>): Promise<boolean> => {
    if (get().busy) return false
    set({ busy: true, error: null })
    try {
      set({ mirrors: await ask() })
      await useSources.getState().reload()
      return true
    } catch (thrown) {
      set({ error: errorOf(thrown) })
      return false
    } finally {
      set({ busy: false })
    }
  }
  return {
    mirrors: null,
    form: null,
    busy: false,
    error: null,
    async load() {
      set({ mirrors: await request('mirror.own', undefined).catch(() => []) })
    },
    edit: (form) => set({ form, error: null }),
    async save() {
      const { form, mirrors } = get()
      if (form === null || ownReason(form, mirrors ?? []) !== null) return
      const mirror = { ...form, name: form.name.trim(), url: form.url.trim() }
      if (await answered(() => request('mirror.saveOwn', mirror))) set({ form: null })
    },
    async remove(id) {
      await answered(() => request('mirror.removeOwn', { id }))
      if (get().form?.id === id) set({ form: null })
    },
  }
})

/** Why an own one can't be kept yet, as main would say it too. */
export function ownReason(form: OwnMirror, mirrors: readonly OwnMirror[]): Reason | 'twice' | 'too-many' | null {
  const reason = checkUrl(form.url.trim())
  if (reason !== null) return reason
  const others = mirrors.filter(({ id }) => id !== form.id)
  if (others.some(({ target, url }) => target === form.target && sameAddress(url, form.url))) return 'twice'
  return others.length >= MAX_OWN ? 'too-many' : null
}
