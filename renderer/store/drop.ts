import { create } from 'zustand'
import type { AppError, Note } from '../../electron/contract/note.ts'
import type { OpenedProfile } from '../../electron/contract/wizard.ts'
import { request } from '../api.ts'
import { errorOf } from './run-error.ts'
import { isChanging } from './busy.ts'
import { useDoctor } from './doctor.ts'
import { useExplain } from './explain.ts'
import { chooseImage, imageOf, useTags } from './tags.ts'
import { isLocked, useWizard } from './wizard.ts'

/** Longest text that is taken, in UTF-16 units; main refuses more. */
const MAX_TEXT = 200_000

/** `offer`: a profile that waits for the person's word. */
export type DropOutcome =
  | { tone: 'done' | 'problem'; note: Note }
  | { tone: 'offer'; note: Note; opened: OpenedProfile }
  | { tone: 'error'; error: AppError }
  | null

/** A page that takes what is dropped while it is open. */
export type Taker = (files: readonly File[]) => Promise<void>

type DropStore = {
  outcome: DropOutcome
  /** The page that is open over the wizard and takes everything. */
  taker: Taker | null
  /** Reads what was dropped and does what it is for. */
  take(files: readonly File[]): Promise<void>
  show(outcome: DropOutcome): void
  /** Opens what was offered. */
  accept(): void
  forget(): void
}

/** A file that came from outside the pages (dropped, or named by another start), and what came of it. */
export const useDrop = create<DropStore>((set, get) => ({
  outcome: null,
  taker: null,
  async take(files) {
    set({ outcome: null })
    try {
      const { taker } = get()
      if (taker !== null) return await taker(files)
      set({ outcome: await taken(files) })
    } catch (thrown) {
      set({ outcome: { tone: 'error', error: errorOf(thrown) } })
    }
  },
  show: (outcome) => set({ outcome }),
  accept() {
    const { outcome } = get()
    set({ outcome: null })
    if (outcome?.tone === 'offer') useWizard.getState().open(outcome.opened)
  },
  forget: () => set({ outcome: null }),
}))

const refused = (reason: string, name = ''): DropOutcome => ({
  tone: 'problem',
  note: { key: `review:drop.${reason}`, values: { name } },
})

async function taken(files: readonly File[]): Promise<DropOutcome> {
  const [file, second] = files
  if (file === undefined) return null
  if (second !== undefined) return refused('several')
  if (await isChanging()) return refused('running')
  const kind = kindOf(file.name)
  if (kind === null) return refused('kind', file.name)
  // A character has at most three bytes a unit; nothing larger is even read. Of a log the end tells.
  const part = kind === 'log' ? file.slice(-MAX_TEXT) : file
  if (part.size > MAX_TEXT * 3) return refused('large', file.name)
  let text: string
  try {
    text = await part.text()
  } catch {
    return refused('unreadable', file.name)
  }
  if (text.length > MAX_TEXT) return refused('large', file.name)
  switch (kind) {
    case 'profile':
      return openProfile(file.name, text)
    case 'go-mod':
      return takeGoMod(file.name, text)
    case 'log':
      return explainLog(file.name, text)
  }
}

/** What a file is for, by its name. */
export function kindOf(name: string): 'profile' | 'go-mod' | 'log' | null {
  if (/\.ya?ml$/i.test(name)) return 'profile'
  if (/\.(?:log|txt)$/i.test(name)) return 'log'
  return /(^|[._-])go\.mod$/i.test(name) ? 'go-mod' : null
}

async function openProfile(name: string, text: string): Promise<DropOutcome> {
  const opened = await request('profile.open', { name: name.slice(0, 255), text })
  if (opened === null) return null
  useWizard.getState().open(opened)
  // It is asked about over the page.
  if (useWizard.getState().asked !== null) return null
  return { tone: 'done', note: { key: 'review:drop.profile', values: { name } } }
}

async function takeGoMod(name: string, text: string): Promise<DropOutcome> {
  const advice = await request('goMod.advise', { text })
  if (advice === null) return null
  const { go, tag, findings } = advice
  const wizard = useWizard.getState()
  if (isLocked(wizard.opened?.locked ?? [], 'image'))
    return { tone: 'problem', note: { key: 'review:drop.goModLocked', values: { name, go: go ?? '?' } } }
  const [finding] = findings
  if (tag === null)
    return { tone: 'problem', note: finding?.note ?? { key: 'review:drop.goModNone', values: { name } } }
  // Named as the Go version's own page names it, so that it moves along with new releases there too.
  if (useTags.getState().list === null) await useTags.getState().load(false)
  chooseImage(imageOf(tag, useTags.getState().list))
  useTags.setState({ advice })
  wizard.go('go-version')
  const key = go === null ? 'review:drop.goModAny' : 'review:drop.goMod'
  return { tone: 'done', note: { key, values: { name, go: go ?? '', tag } } }
}

/** The check-up explains it, and checks what fits. */
function explainLog(name: string, text: string): DropOutcome {
  const explain = useExplain.getState()
  explain.write(text)
  explain.fold(true)
  void explain.explain()
  void useDoctor.getState().open()
  useWizard.getState().go('check-up')
  return { tone: 'done', note: { key: 'review:drop.log', values: { name } } }
}
