import { undoResultSchema } from '../../contract/run.ts'
import { badValue, forWhom } from '../args.ts'
import { CodedError } from '../../core/errors.ts'
import { type Command, EXIT, follow, settle } from '../command.ts'
import { canAsk } from '../question.ts'

/** `undo [--run ID] [--for user|all|skel] [--on-conflict …]`: gives back what stood there before the newest run, or the named one. */
export const undo: Command = async (context) => {
  const { args, io, output, engine, signal } = context
  const whom = forWhom(args)
  // A run has one place; for all there are many.
  if (whom !== 'user' && args.run !== null) throw badValue('--run', args.run)
  if (whom === 'all') return (await import('../unattended/undo-for.ts')).undoForAll(context)
  if (whom === 'skel') return (await import('../unattended/undo-for.ts')).undoForSkel(context)
  const say = (key: string, values = {}) => output.text.say(`cli:undo.${key}`, values)
  await settle(context)
  const interactive = canAsk(io, args.json)
  // Nobody to ask: find a conflict before anything is touched.
  if (args.onConflict === 'ask' && !interactive) {
    const [conflict] = await engine.undoConflicts(args.run, signal)
    if (conflict !== undefined) throw new CodedError('undo-conflict', { path: conflict })
  }
  const result = undoResultSchema.parse(await follow(context, () => engine.startUndo(args.run, args.onConflict)))
  if (result.run === null) {
    output.line(say('none'))
    return EXIT.done
  }
  output.line(say('done', { count: result.restored.length }))
  for (const path of result.restored) output.line(`  ${path}  ${say('restored')}`)
  for (const path of result.kept) output.line(`  ${path}  ${say('kept')}`)
  for (const path of result.handed) output.line(`  ${path}  ${output.text.say('history:cli.handed')}`)
  for (const path of result.gone) output.line(`  ${path}  ${output.text.say('history:cli.gone')}`)
  for (const path of result.removedFolders) output.line(`  ${path}  ${say('folder')}`)
  const run = (await engine.history()).find((entry) => entry.id === result.run)
  if (run?.image) output.line(say('images', { image: run.image }))
  return EXIT.done
}
