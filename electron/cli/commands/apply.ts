import { applyResultSchema, type ApplyResult } from '../../contract/run.ts'
import { secondNote, servedNote } from '../../contract/receipt-notes.ts'
import { CodedError } from '../../core/errors.ts'
import { rootOf } from '../../desk/early.ts'
import { type Command, EXIT, follow, settle } from '../command.ts'
import type { Output } from '../output.ts'
import { forWhom } from '../args.ts'
import { awaitDocker } from '../unattended/await-docker.ts'
import { askLine, canAsk } from '../question.ts'
import { fileCount, printPlan, projectOf, readShown, whyOf } from './plan.ts'

/**
 * `apply --profile FILE [--yes] [--for user|all|skel]`: plan, show, ask, carry out, prove. Given again after it was cut
 * off, it finishes what was begun.
 */
export const apply: Command = async (context) => {
  const { args, io, output, engine, signal } = context
  const whom = forWhom(args)
  // Few need what it is made of.
  if (whom === 'all') return (await import('../unattended/for-all.ts')).applyForAll(context)
  if (whom === 'skel') return (await import('../unattended/for-skel.ts')).applyForSkel(context)
  const profile = await readShown(context)
  await awaitDocker(context, profile, await settle(context))
  const view = await engine.makePlan(profile, signal, projectOf(context), whyOf(context))
  printPlan(output, view)
  const root = rootOf(engine.places, process.geteuid?.() ?? -1)
  if (root?.offer != null) {
    const user = root.behindSudo ?? root.offer
    output.line(output.text.say('cli:apply.asRoot', { home: root.home, user, offer: root.offer }))
  }
  if (view.changed && view.rights === 'password') output.line(output.text.say('cli:apply.rights'))
  if (view.changed && !args.yes) {
    if (!canAsk(io, args.json)) throw new CodedError('no-terminal', { option: '--yes' })
    const answer = await askLine(io, output.text.say('cli:apply.confirm', { files: fileCount(view) }), signal)
    if (!/^[yY是]/.test(answer)) throw new CodedError('cancelled')
  }
  const result = applyResultSchema.parse(await follow(context, () => engine.startApply(view.id)))
  printResult(output, result)
  return EXIT.done
}

/** What was done: the files, the receipt, and the answer of `go version`. */
export function printResult(output: Output, result: ApplyResult): void {
  const { text, paint } = output
  const say = (key: string, values = {}) => text.say(`cli:apply.${key}`, values)
  output.line()
  output.line(paint('bold', result.changed ? say('done', { files: result.files.length }) : say('nothing')))
  for (const file of result.files) output.line(`  ${file.path}`)
  for (const finding of result.findings) if (finding.severity !== 'ok') output.line(text.finding(finding))
  const { image, receipt, verification } = result
  if (image && receipt) {
    output.line(paint('bold', say('receipt')))
    const took = { size: text.size(image.bytes), seconds: (image.ms / 1000).toFixed(1) }
    output.line(`  ${say('image')}: ${receipt.reference} (${receipt.pulled ? say('pulled', took) : say('present')})`)
    output.line(`  ${say('digest')}: ${receipt.digest ?? '-'}`)
    output.line(`  ${say('mirrors')}: ${[...receipt.mirrors, say('official')].join(', ')}`)
    const [served, second] = [servedNote(receipt), secondNote(receipt)]
    if (served) output.line(`  ${say('served')}: ${text.note(served)}`)
    if (second) output.line(`  ${say('second')}: ${text.note(second)}`)
  }
  const module = verification?.module
  if (module) {
    const values = { module: `${module.path}@${module.version}`, proxy: module.proxy || text.say('cli:detect.default') }
    output.line(`  ${say(module.ok ? 'module' : 'moduleFailed', values)}`)
    const { path, version, served } = module
    if (served !== null) output.line(`  ${text.say('image:receipt.module', { path, version, served })}`)
  }
  if (result.changed) {
    output.line(say('undo'))
    if (result.files.length > 0) output.line(say('newTerminal'))
  }
  if (verification) output.line(paint('green', verification.output))
}
