import { z } from 'zod'
import type { Profile } from '../contract/profile.ts'
import { type AppInfo, type Draft, draftSchema, type OpenedProfile, type Preferences } from '../contract/wizard.ts'
import { CodedError } from '../core/errors.ts'
import { folderOf, nameOf } from '../core/paths.ts'
import type { Places } from '../core/places.ts'
import { namedFrom } from '../core/profile-file.ts'
import type { System } from '../core/system.ts'
import type { Desktop } from './desktop.ts'
import { DRAFT_FILE, PLACE_FILE } from './early.ts'
import { latest } from './latest.ts'
import type { Place } from './place.ts'
import { DEFAULTS, preferencesFile } from './preferences.ts'
import { openProfile, profileText, readGiven, writeChosen } from './profiles.ts'
import { stateFile } from './state-file.ts'
import { refuseUnsigned } from './trusted-profile.ts'
import { fill, type Language, wordsOf } from './words.ts'

const placeSchema = z.object({
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
  maximized: z.boolean(),
})

/** The services of the window that are not the engine's: what is kept between starts, files by dialog, clipboard. */
export type Desk = {
  info(): Promise<AppInfo>
  preferences(): Promise<Preferences>
  /** Throws what is wrong with a catalogue that is newly named; nothing is saved then. */
  savePreferences(preferences: Preferences): Promise<Preferences>
  loadDraft(): Promise<Draft | null>
  saveDraft(draft: Draft): Promise<void>
  savePlace(place: Place): Promise<void>
  /** Forgets draft, preferences and the window's place. */
  forget(): Promise<void>
  openProfile(name: string, text: string | null): Promise<OpenedProfile | null>
  /** The profile that a start named, once. */
  givenProfile(): Promise<OpenedProfile | null>
  /** Whether the computer's policy lets these choices be planned. Throws `profile-unsigned`, `policy-damaged`. */
  mayPlan(profile: Profile): Promise<void>
  give(path: string): void
  /** A project's folder by dialog, and the id that stands for it from then on. */
  chooseProject(): Promise<{ id: string; folder: string } | null>
  /** A room's or a kit's folder by dialog, and the id that stands for it from then on. */
  chooseFolder(kind: 'classroom' | 'kit'): Promise<{ id: string; folder: string } | null>
  /** The folder that an id of `chooseFolder` stands for. Throws `bad-request`. */
  folder(id: string): string
  /** Writes a text where a dialog says, which offers `name`; null when that was closed. */
  save(name: string, text: string): Promise<string | null>
  /** A certificate or its key by dialog: the absolute path. */
  chooseFile(kind: 'certificate' | 'key'): Promise<string | null>
  /** The folder that an id of `chooseProject` stands for. Throws `bad-request`. */
  project(id: string): string
  exportProfile(profile: Profile): Promise<string | null>
  /** Where a report was written to, by dialog; null when that was closed. */
  saveReport(markdown: string): Promise<string | null>
  /** What was dropped, else by dialog; null when that was closed. */
  goMod(text: string | null): Promise<string | null>
  copy(text: string): Promise<void>
  /** Only an address that was allowed before is opened. */
  browse(url: string): Promise<boolean>
  /** Opens the window anew for the account behind sudo; false: there is none. */
  forUser(): Promise<boolean>
  allow(url: string): void
  words(): Promise<{ language: Language }>
  /** Waits until what is being saved is saved. */
  idle(): Promise<void>
}

export type DeskParts = {
  sys: System
  places: Pick<Places, 'platform' | 'policies' | 'state'>
  desktop: Desktop
  given: string | null
  info(): Promise<AppInfo>
  /** Throws what is wrong with a catalogue file. */
  checkCatalogue(path: string): Promise<void>
  /** The language that the native parts speak at present. */
  language(preferences: Preferences): Language
}

export function openDesk({ sys, places, desktop, given, info, checkCatalogue, language }: DeskParts): Desk {
  const { state } = places
  const preferences = preferencesFile(state, sys)
  const draft = stateFile(state, DRAFT_FILE, draftSchema, sys)
  const place = stateFile(state, PLACE_FILE, placeSchema, sys)
  const drafts = latest((value: Draft) => draft.write(value))
  const settings = latest((value: Preferences) => preferences.write(value))
  const offered = new Set<string>()
  const projects = new Map<string, string>()
  const folders = new Map<string, string>()
  /** Profiles with a known signature that were opened since the start. */
  const signed: Profile[] = []
  let waiting = given
  const opened = (one: OpenedProfile): OpenedProfile => {
    if (one.signature?.state === 'known') signed.push(one.profile)
    return one
  }
  const openAt = async (path: string): Promise<OpenedProfile> =>
    opened(await openProfile(nameOf(path), { bytes: await readGiven(path, sys), path }, sys, places))
  const readPreferences = async (): Promise<Preferences> => (await preferences.read()) ?? DEFAULTS
  const words = async () => ({ language: language(await readPreferences()) })

  return {
    info,
    preferences: readPreferences,
    async savePreferences(value) {
      // Only a new one: a file that has gone since must not keep the other settings closed.
      const { catalogue } = await readPreferences()
      if (value.catalogue !== null && value.catalogue !== catalogue) await checkCatalogue(value.catalogue)
      await settings.save(value)
      desktop.prefer(value)
      return value
    },
    loadDraft: () => draft.read(),
    saveDraft: (value) => drafts.save(value),
    savePlace: (value) => place.write(value),
    async forget() {
      await Promise.all([drafts.idle(), settings.idle()])
      await draft.remove()
      await preferences.remove()
      await place.remove()
      desktop.prefer(DEFAULTS)
    },
    async openProfile(name, text) {
      if (text !== null) return opened(await openProfile(name, text, sys, places))
      const path = await desktop.chooseFile('profile')
      return path === null ? null : openAt(path)
    },
    async givenProfile() {
      const path = waiting
      waiting = null
      return path === null ? null : openAt(path)
    },
    mayPlan: (profile) => refuseUnsigned(profile, signed, sys, places),
    give(path) {
      waiting = path
    },
    async chooseProject() {
      const folder = await desktop.chooseFolder('project')
      if (folder === null) return null
      const id = crypto.randomUUID()
      projects.set(id, folder)
      return { id, folder }
    },
    async chooseFolder(kind) {
      const folder = await desktop.chooseFolder(kind)
      if (folder === null) return null
      const id = crypto.randomUUID()
      folders.set(id, folder)
      return { id, folder }
    },
    folder(id) {
      const folder = folders.get(id)
      if (folder === undefined) throw new CodedError('bad-request', { request: 'folder.choose' })
      return folder
    },
    async save(name, text) {
      const path = await desktop.chooseTarget(name)
      if (path === null) return null
      await writeChosen(path, text, sys)
      return path
    },
    chooseFile: (kind) => desktop.chooseFile(kind),
    project(id) {
      const folder = projects.get(id)
      if (folder === undefined) throw new CodedError('bad-request', { request: 'plan.make' })
      return folder
    },
    async exportProfile(profile) {
      const path = await desktop.chooseTarget('goready.yaml')
      if (path === null) return null
      const { header } = wordsOf((await words()).language)
      const date = new Date().toISOString().slice(0, 10)
      const whole = namedFrom(folderOf(path), profile)
      await writeChosen(path, profileText(whole, fill(header, { date })), sys)
      return path
    },
    async saveReport(markdown) {
      const path = await desktop.chooseTarget('goready-report.md')
      if (path === null) return null
      await writeChosen(path, markdown, sys)
      return path
    },
    async goMod(text) {
      if (text !== null) return text
      const path = await desktop.chooseFile('go-mod')
      return path === null ? null : new TextDecoder().decode(await readGiven(path, sys))
    },
    copy: (text) => desktop.copy(text),
    async forUser() {
      const { root } = await info()
      if (root === null || root.offer === null) return false
      desktop.startFor(root.offer)
      return true
    },
    async browse(url) {
      if (!offered.has(url)) return false
      await desktop.browse(url)
      return true
    },
    allow(url) {
      if (!url.startsWith('https://')) throw new CodedError('internal', {}, `not offered: ${url}`)
      offered.add(url)
    },
    words,
    async idle() {
      await Promise.all([drafts.idle(), settings.idle()])
    },
  }
}
