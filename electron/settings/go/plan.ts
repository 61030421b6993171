import type { Edit } from '../../contract/plan.ts'
import type { ShellId } from '../../contract/profile.ts'
import { CodedError } from '../../core/errors.ts'
import type { Places } from '../../core/places.ts'
import { graphicalEdits, refreshEdits, shellEdits, type ShellWish, systemRemovals } from '../shell/edits.ts'
import type { GoChoice } from './choose.ts'
import { goenvEdits } from './goenv-edits.ts'
import { planOnWindows } from './windows.ts'
import { type GoState, hiders } from './detect.ts'

/**
 * The edits for Go's variables: the GOENV file, and a shell export only where something in front of the
 * file sets the variable to something else (the environment beats the file, golang/go#68270).
 * For the tool's default that export is empty, which Go reads as "not set".
 */
export function planGo(state: GoState, choice: GoChoice, places: Places): readonly Edit[] {
  if (state.shells.windows !== null) return planOnWindows(state.shells.windows, state, choice, places)
  return choice.scope === 'system' ? planForAll(state, choice, places) : planForUser(state, choice, places)
}

function planForUser(state: GoState, choice: GoChoice, places: Places): readonly Edit[] {
  const edits: Edit[] = [...goenvEdits(state, choice, places)]
  const wishes = new Map<ShellId, Map<string, string>>()
  for (const [name, value] of choice.values) {
    const found = hiders(state, name, value)
    for (const id of choice.shells) {
      if (!found.some(({ shell }) => shell === null || shell === id)) continue
      const wish = wishes.get(id) ?? new Map<string, string>()
      wishes.set(id, wish.set(name, value ?? ''))
    }
  }
  for (const [id, variables] of wishes)
    edits.push(...shellEdits('go', places, state.shells, { scope: 'user', shells: [id], variables, paths: [] }))
  // A variable that already stands in one of our env files is kept up to date, or it would hide the choice itself.
  edits.push(...refreshEdits('go', places, state.shells, choice.values))
  return withoutTwins(edits)
}

/**
 * For all users: exports in our own files, also for graphical programs, because the GOENV file is one user's. The
 * tool's default takes our export away; where another file for all users sets the variable, ours is empty instead.
 */
function planForAll(state: GoState, choice: GoChoice, places: Places): readonly Edit[] {
  const { system } = places
  if (system === null) throw new CodedError('not-yet', { key: 'env.scope: system' })
  const own: ReadonlySet<string | null> = new Set([
    system.sh,
    system.csh,
    system.fish,
    system.environmentD,
    system.launchAgent,
  ])
  const fileOf = (from: string): string => from.replace(/:\d+$/, '')
  const foreign = (name: string): boolean =>
    hiders(state, name, null).some(({ from }) => state.shells.system.includes(fileOf(from)) && !own.has(fileOf(from)))
  const removed = [...choice.values].flatMap(([name, value]) => (value === null && !foreign(name) ? [name] : []))
  const kept = [...choice.values].filter(([name]) => !removed.includes(name))
  const variables = new Map(kept.map(([name, value]) => [name, value ?? '']))
  const wish: ShellWish = { scope: 'system', shells: choice.shells, variables, paths: [] }
  return withoutTwins([
    ...shellEdits('go', places, state.shells, wish),
    ...graphicalEdits('go', places, state.shells, wish),
    ...systemRemovals('go', places, state.shells, removed),
    // Our own export for this user alone would hide the one for all.
    ...refreshEdits('go', places, state.shells, choice.values),
  ])
}

/** bash and zsh share one env file, so the same edit can come twice. */
function withoutTwins(edits: readonly Edit[]): readonly Edit[] {
  return edits.filter(
    (edit, index) =>
      edits.findIndex(({ target, key }) => target.path === edit.target.path && key === edit.key) === index,
  )
}
