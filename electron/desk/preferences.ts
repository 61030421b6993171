import { type Preferences, preferencesSchema } from '../contract/wizard.ts'
import type { System } from '../core/system.ts'
import { type StateFile, stateFile } from './state-file.ts'

export const DEFAULTS: Preferences = { language: 'auto', theme: 'auto', catalogue: null, catalogueUrl: null }

export const preferencesFile = (state: string, sys: System): StateFile<Preferences> =>
  stateFile(state, 'preferences.json', preferencesSchema, sys)
