import type { CheckUp, FoundView } from '../../contract/doctor.ts'
import { applyResultSchema } from '../../contract/run.ts'
import { CodedError } from '../../core/errors.ts'
import { notOffered } from '../args.ts'
import { type Command, type Context, EXIT, follow, settle } from '../command.ts'
import { askLine, canAsk } from '../question.ts'
import { printResult } from './apply.ts'
import { look, printBriefly } from './check.ts'
import { fileCount, printPlan } from './plan.ts'

/**
 * `repair [ID…] [--yes]`: checks, shows the plan that repairs what is named (without a name: all that is safe), asks,
 * carries it out, and checks again. Status 0 when it is repaired or nothing is to be.
 */
export const repair: Command = async (context) => {
  const { args, output, engine, signal } = context
  await settle(context)
  const before = await look(context, null)
  const ids = wanted(context, before)
  if (ids.length === 0) {
    const open = openOf(before)
    left(context, before, open.length === 0 ? 'nothing' : open.some(canBeNamed) ? 'noneSafe' : 'byHand')
    return EXIT.done
  }
  const { plan, repairs, later } = await engine.planRepair(ids, signal)
  output.document({ type: 'plan', plan, repairs, later })
  printPlan(output, plan)
  for (const id of later) output.line(output.text.say('doctor:cli.later', { id }))
  if (plan.changed && !args.yes) {
    const { io } = context
    if (!canAsk(io, args.json)) throw new CodedError('no-terminal', { option: '--yes' })
    const answer = await askLine(io, output.text.say('cli:apply.confirm', { files: fileCount(plan) }), signal)
    if (!/^[yY是]/.test(answer)) throw new CodedError('cancelled')
  }
  const result = applyResultSchema.parse(await follow(context, () => engine.startApply(plan.id)))
  printResult(output, result)
  const after = await look(context, null)
  output.line(output.text.say('doctor:cli.better', { count: repairs.length }))
  if (openOf(after).length > 0) left(context, after, 'left')
  output.document({ type: 'repaired', run: result.run, changed: result.changed, repairs, later, checkUp: after })
  return EXIT.done
}

/** The named repairs; without a name those that are safe. Throws `bad-arguments` for one that is not offered. */
function wanted({ args }: Context, { checks, findings }: CheckUp): readonly string[] {
  const named = args.words.slice(1)
  const offered = [...findings.flatMap((one) => one.repairs), ...checks.flatMap((one) => one.offers)]
  for (const id of named) if (!offered.some((one) => one.id === id && !one.dockerHelp)) throw notOffered('repair', id)
  if (named.length > 0) return named
  return findings.flatMap((one) =>
    one.muted ? [] : one.repairs.flatMap(({ id, safe, dockerHelp }) => (safe && !dockerHelp ? [id] : [])).slice(0, 1),
  )
}

/** What still counts. */
const openOf = ({ findings }: CheckUp): readonly FoundView[] =>
  findings.filter(({ muted, severity }) => !muted && severity !== 'info')

const canBeNamed = ({ repairs }: FoundView): boolean => repairs.some(({ dockerHelp }) => !dockerHelp)

function left({ output }: Context, checkUp: CheckUp, heading: string): void {
  output.line(output.text.say(`doctor:cli.${heading}`))
  for (const found of openOf(checkUp)) printBriefly(output, found)
}
