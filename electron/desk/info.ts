import os from 'node:os'
import type { AppInfo } from '../contract/wizard.ts'
import type { Places } from '../core/places.ts'
import type { Language } from './words.ts'

export type InfoParts = {
  version: string
  language: Language | null
  places: Places
  uid: number
  catalogueDate: string
  licences: AppInfo['licences']
}

/** What the about page and the settings page show. */
export function appInfo({ version, language, places, uid, catalogueDate, licences }: InfoParts): AppInfo {
  return {
    version,
    electron: process.versions.electron ?? '',
    chrome: process.versions.chrome ?? '',
    node: process.versions.node,
    platform: `${os.type()} ${os.release()} ${os.arch()}`,
    state: places.state,
    catalogueDate,
    licences,
    root: uid === 0 ? { home: places.home, behindSudo: places.environment.SUDO_USER ?? null } : null,
    language,
  }
}
