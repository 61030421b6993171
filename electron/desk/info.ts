import { readFile } from 'node:fs/promises'
import os from 'node:os'
import { type AppInfo, appInfoSchema } from '../contract/wizard.ts'
import type { Places } from '../core/places.ts'
import { rootOf } from './early.ts'
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
    root: rootOf(places, uid),
    language,
  }
}

/** The packages of this build (see electron.vite.config.ts) behind what Electron itself is made of. */
export async function readLicences(path: string): Promise<AppInfo['licences']> {
  const { electron, chrome, node } = process.versions
  const frame = [
    { name: 'Electron', version: electron, licence: 'MIT' },
    { name: 'Chromium', version: chrome, licence: 'BSD-3-Clause' },
    { name: 'Node.js', version: node, licence: 'MIT' },
  ]
  const packages = await readFile(path, 'utf8').then(
    (text) => appInfoSchema.shape.licences.parse(JSON.parse(text)),
    // A build without the list still says what it is.
    () => [],
  )
  return [...frame, ...packages]
}
