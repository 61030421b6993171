import { uninstallResultSchema } from '../../contract/run.ts'
import { CodedError } from '../../core/errors.ts'
import { type Command, EXIT, follow, settle } from '../command.ts'
import { askLine, canAsk } from '../question.ts'

/**
 * `uninstall [--yes]`: gives everything back and removes what the program keeps. With `--yes` and nobody to ask,
 * edited files lose only what we wrote: a package's own removal must neither stop nor take a person's lines.
 */
export const uninstall: Command = async (context) => {
  const { args, io, output, engine, signal } = context
  const { text } = output
  const say = (key: string, values = {}) => text.say(`history:cli.uninstall.${key}`, values)
  await settle(context)
  const interactive = canAsk(io, args.json)
  if (!args.yes) {
    if (!interactive) throw new CodedError('no-terminal', { option: '--yes' })
    const standing = (await engine.history()).filter(({ status }) => status === 'applied' || status === 'interrupted')
    const answer = await askLine(io, say('confirm', { count: standing.length }), signal)
    if (!/^[yY是]/.test(answer)) throw new CodedError('cancelled')
  }
  const policy = args.onConflict === 'ask' && !interactive ? 'ours' : args.onConflict
  const outcome = await follow(context, () => engine.startUninstall(policy, () => Promise.resolve()))
  const { undone, kept, removed, images } = uninstallResultSchema.parse(outcome)
  const restored = undone.reduce((count, one) => count + one.restored.length, 0)
  if (undone.length === 0 && removed.length === 0) output.line(say('nothing'))
  else output.line(say('done', { runs: undone.length, count: restored }))
  for (const path of kept) output.line(`  ${path}  ${say('kept')}`)
  for (const path of removed) output.line(`  ${path}  ${say('removed')}`)
  if (images.length > 0) output.line(say('images', { images: images.join(' ') }))
  return EXIT.done
}
