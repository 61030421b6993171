import type { Finding, Note } from '../../contract/note.ts'
import type { Value } from '../../contract/plan.ts'
import type { Profile } from '../../contract/profile.ts'
import type { Places } from '../../core/places.ts'
import { redact } from '../../core/redact.ts'
import type { Prober } from '../../core/setting.ts'
import { sameAddress } from '../ask-tool.ts'
import { keysOf, type Level, type NpmState } from './detect.ts'
import { expandNpm } from './text.ts'

export const REGISTRY = 'registry'

/** Registries by npm's own key (`registry`, `@scope:registry`); null = npm's own default, so the key goes. */
export type NpmChoice = { registries: ReadonlyMap<string, string | null> }

/** The place whose files change. */
export const levelOf = ({ user, project }: NpmState): Level => (project?.chosen ? project : user)

/** What a profile says about npm; `auto` is settled by the probe. null: it says nothing. */
export async function chooseNpm(
  profile: Profile,
  state: NpmState,
  probe: Prober,
  signal: AbortSignal,
): Promise<{ choice: NpmChoice; notes: readonly Note[] } | null> {
  const wanted = profile.sources?.npm
  if (wanted === undefined) return null
  const { default: source, scopes = {} } = typeof wanted === 'string' ? { default: wanted } : wanted
  const registries = new Map<string, string | null>()
  const notes: Note[] = []
  if (source === 'auto') {
    const current = keysOf(levelOf(state).npmrc).get(REGISTRY)
    const settled = await probe('npm', typeof current === 'string' ? [current] : [], signal)
    registries.set(REGISTRY, settled.chosen[0] ?? null)
    notes.push(settled.note)
  } else if (source !== undefined) registries.set(REGISTRY, source === 'official' ? null : source)
  for (const [scope, url] of Object.entries(scopes)) registries.set(`${scope}:registry`, url)
  if (registries.size === 0) return null
  const choice = { registries }
  return { choice, notes: [...notes, ...hiders(state, choice).map(({ note }) => note)] }
}

/** Whether npm would come to the same source; `before` as it stands in the file. */
export function agrees(before: Value | undefined, after: string | null, places: Places): boolean {
  if (typeof before !== 'string') return before === undefined && after === null
  return after !== null && sameAddress(expandNpm(before, places.environment), after)
}

/** What beats the files that are written: variables, and the project around the folder that we run in. */
export function hiders(state: NpmState, { registries }: NpmChoice): readonly Finding[] {
  const found: Finding[] = []
  const add = (id: string, key: string, values: Record<string, string>): void => {
    found.push({ id, severity: 'warning', note: { key, values } })
  }
  for (const { name, value, from } of state.layers) {
    const wanted = registries.get(REGISTRY)
    if (wanted === undefined || value === '' || (value !== null && wanted !== null && sameAddress(value, wanted)))
      continue
    add('npm.hidden.variable', 'setting:npm.hiddenByVariable', { name, from, value: redact(value ?? '$') })
  }
  const { project } = state
  for (const [key, value] of project && !project.chosen ? keysOf(project.npmrc) : []) {
    const wanted = registries.get(key)
    if (project === null || wanted === undefined || typeof value !== 'string') continue
    if (wanted !== null && sameAddress(value, wanted)) continue
    add('npm.hidden.project', 'setting:npm.hiddenByProject', {
      file: project.npmrc.path,
      name: key,
      value: redact(value),
    })
  }
  return found
}
