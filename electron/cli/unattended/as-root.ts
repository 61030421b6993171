import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Profile } from '../../contract/profile.ts'
import { CodedError } from '../../core/errors.ts'
import type { Places } from '../../core/places.ts'
import { createEngine } from '../../engine.ts'
import { unreadableFile } from '../args.ts'
import type { Context } from '../command.ts'
import { askLine, canAsk } from '../question.ts'

/**
 * The same command with root's own records: in root's home, below `--root` where that is given.
 * Throws `needs-admin` {path} for everybody else, `not-yet` on systems that keep accounts elsewhere.
 */
export async function asRoot(context: Context, path: string): Promise<Context> {
  const { args, engine } = context
  if (engine.places.platform !== 'linux') throw new CodedError('not-yet', { key: `--for ${args.for}` })
  if (process.geteuid?.() !== 0) throw new CodedError('needs-admin', { path })
  if (args.root === null || args.home !== null) return context
  const { root, catalogue } = args
  const home = join(resolve(root), 'root')
  return { ...context, engine: await createEngine({ home, root, catalogue, helper: null, terminal: false }) }
}

export const inRoot = (places: Places, path: string): string => join(places.root, path)

/** Asks before something is changed for many. Throws `no-terminal` where nobody can be asked, `cancelled`. */
export async function askFirst({ args, io, signal }: Context, question: string): Promise<void> {
  if (args.yes) return
  if (!canAsk(io, args.json)) throw new CodedError('no-terminal', { option: '--yes' })
  if (!/^[yY是]/.test(await askLine(io, question, signal))) throw new CodedError('cancelled')
}

/** What stands in the files that a profile names, by their paths: an account may not read root's. */
export async function filesOf(profile: Profile): Promise<Record<string, string>> {
  const texts: Record<string, string> = {}
  for (const { file } of profile.authorities ?? [])
    texts[file] = await readFile(file, 'utf8').catch(() => {
      throw unreadableFile(file)
    })
  return texts
}

/** The same command, whose tasks leave the last word to it. */
export const withoutEnd = (context: Context): Context => {
  const { output } = context
  const document = (value: unknown): void => {
    if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'done') return
    output.document(value)
  }
  return { ...context, output: { ...output, document } }
}
