import type { Edit, Target } from '../../contract/plan.ts'
import type { Places } from '../../core/places.ts'
import { agrees, levelOf, type NpmChoice } from './choose.ts'
import { keysOf, type NpmFile, type NpmState } from './detect.ts'
import { scopeKey } from './yarn-text.ts'

/** The key that yarn 2 and later give what npm calls `registry` or `@scope:registry`. */
export const yarnKey = (key: string): string =>
  key.startsWith('@') ? scopeKey(key.slice(0, key.indexOf(':'))) : 'npmRegistryServer'

/**
 * The edits for the chosen registries: npm's file of the user or of the chosen project. pnpm and yarn 1 read that
 * one, too (yarn 1 asks npm's `registry` before its own, yarnpkg/yarn src/registries/npm-registry.js); pnpm's own
 * files come before it where they name a registry, so there it is kept up to date. yarn 2 and later read nothing
 * but their own file.
 */
export function planNpm(state: NpmState, { registries }: NpmChoice, places: Places): readonly Edit[] {
  const level = levelOf(state)
  const edits: Edit[] = []
  const put = (file: NpmFile, mode: number, key: string, after: string | null): void => {
    const before = keysOf(file).get(key)
    if (agrees(before, after, places)) return
    const target: Target = { kind: 'file', path: file.path, format: file.format.id, mode, notify: [] }
    edits.push({ target, owner: 'npm', key, before: before ?? null, after })
  }
  for (const [key, after] of registries) {
    // npm itself makes the user's file 0600, for the tokens that it will hold.
    put(level.npmrc, level === state.user ? 0o600 : 0o644, key, after)
    if (level === state.user) for (const file of state.pnpm) if (keysOf(file).has(key)) put(file, 0o600, key, after)
    if (level.usesYarn) put(level.yarnrc, 0o644, yarnKey(key), after)
  }
  return edits
}
