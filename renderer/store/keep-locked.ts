import type { Profile } from '../../electron/contract/profile.ts'
import { profileSchema } from '../../electron/contract/profile.ts'

type Tree = { readonly [key: string]: unknown }
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Whatever changes the choices, by a key, a race or a file, what a teacher locked is as it was. `after` is taken as
 * it stands where nothing is locked.
 */
export function keepLocked(before: Profile, after: Profile, locked: readonly string[]): Profile {
  if (locked.length === 0) return after
  const kept = locked.reduce<Tree>((tree, field) => put(tree, before, field.split('.')), after)
  // What was refilled out of a profile is one again; an empty group that is left over is one as well.
  const parsed = profileSchema.safeParse(kept)
  return parsed.success ? parsed.data : before
}

const own = (value: unknown, name: string): unknown =>
  isTree(value) && Object.hasOwn(value, name) ? value[name] : undefined

/** `tree` with the value that `before` has at a path, or without any. */
function put(tree: Tree, before: unknown, [name = '', ...rest]: readonly string[]): Tree {
  const old = own(before, name)
  const now = own(tree, name)
  const { [name]: _gone, ...others } = tree
  // A lock on a part of what is no group (`sources.npm: auto`) holds all of it.
  if (rest.length === 0 || (old !== undefined && !isTree(old)))
    return old === undefined ? others : { ...others, [name]: old }
  const inner = put(isTree(now) ? now : {}, old, rest)
  return Object.keys(inner).length === 0 && old === undefined ? others : { ...others, [name]: inner }
}
