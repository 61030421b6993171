import type { Finding } from '../../contract/note.ts'
import type { Edit, EnvScope } from '../../contract/plan.ts'
import type { Places } from '../../core/places.ts'
import { redact } from '../../core/redact.ts'
import { freshEnvironment } from '../shell/windows-ask.ts'
import { windowsEdits, windowsVariable, type WindowsVariables } from '../shell/windows.ts'
import type { GoChoice } from './choose.ts'
import type { GoState } from './detect.ts'
import { goenvEdits } from './goenv-edits.ts'

/**
 * Go's variables on Windows: the GOENV file, and the registry only where a value in it would hide that file. The
 * user's own value wins over the system's; for the tool's default both have to go.
 */
export function planOnWindows(state: WindowsVariables, go: GoState, choice: GoChoice, places: Places): readonly Edit[] {
  const variables: Record<EnvScope, Map<string, string | null>> = { user: new Map(), system: new Map() }
  const valueIn = (scope: EnvScope, name: string): string | null =>
    windowsVariable(state, scope, name)?.value?.value ?? null
  for (const [name, value] of choice.values) {
    const [user, system] = [valueIn('user', name), valueIn('system', name)]
    if (choice.scope === 'system') variables.system.set(name, value)
    // One that is only here for this user would hide what is set for everybody.
    if (user !== null && user !== value) variables.user.set(name, value)
    if (choice.scope === 'system' || system === null || system === '' || system === value) continue
    if (value === null) variables.system.set(name, null)
    else variables.user.set(name, value)
  }
  const edits = (['user', 'system'] as const).flatMap((scope) =>
    windowsEdits('go', places, state, { scope, variables: variables[scope], paths: [] }),
  )
  return choice.scope === 'system' ? edits : [...goenvEdits(go, choice, places), ...edits]
}

/** Whether a program that is started from now on would still be given another value, which beats the file. */
export function hiddenOnWindows(state: WindowsVariables, { values }: GoChoice, places: Places): readonly Finding[] {
  const environment = freshEnvironment(state, places)
  const details = [...values].flatMap(([name, value]) => {
    const found = environment[name] ?? ''
    return found === '' || found === (value ?? '') ? [] : [redact(`${name}=${found}`)]
  })
  const note = { key: 'setting:go.hidden', values: { shell: 'Windows' } }
  return details.length === 0 ? [] : [{ id: 'go.hidden.windows', severity: 'error', note, details }]
}
