import { z } from 'zod'
import { folderOf, nameOf, under } from './paths.ts'

/**
 * Where something stands that a run moved away. `state`: below the program's records; `beside`: a hidden neighbour
 * of its own place, where that is another file system. Never a path: who writes a journal must not choose where it
 * leads. `run`: whose it was before its record was put together with another; `mode`: what a folder that its owner
 * may not write goes back to, once it is moved.
 */
export const keptSchema = z.object({
  place: z.enum(['state', 'beside']),
  run: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/),
  as: z.string().regex(/^\d{1,6}(-later\d{0,3})?$/),
  mode: z.number().int().nullable(),
})
export type Kept = z.infer<typeof keptSchema>

/** The folder of the records that a journal lies in. */
export const stateOf = (journal: string): string => folderOf(folderOf(journal))
export const keptFolder = (state: string): string => under(state, 'kept')

/** `path`: the tree's own place. */
export const keptPath = (state: string, path: string, { place, run, as }: Kept): string =>
  place === 'state' ? under(keptFolder(state), run, as) : under(folderOf(path), `.${nameOf(path)}.goready-${run}-${as}`)
