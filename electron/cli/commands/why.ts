import type { WhyAnswer, WhyContext, WhyLayer } from '../../contract/why.ts'
import { spellHidden } from '../../contract/hidden.ts'
import { applyResultSchema } from '../../contract/run.ts'
import { CodedError } from '../../core/errors.ts'
import { need, noMore } from '../args.ts'
import { type Command, type Context, EXIT, follow, settle } from '../command.ts'
import type { Output, Style } from '../output.ts'
import { askLine, canAsk } from '../question.ts'
import { columns } from '../table.ts'
import { printResult } from './apply.ts'
import { fileCount, printPlan, projectOf } from './plan.ts'

/** `why NAME [--image REF] [--remove ID [--yes]]`: every layer that sets a variable, and the winner. */
export const why: Command = async (context) => {
  const { args, output, engine, signal } = context
  noMore(args.words, 2)
  const name = need(args.words[1], 'NAME')
  const found = await engine.why(name, { image: args.image, ask: true }, signal, projectOf(context))
  if (args.remove !== null) return remove(context, args.remove)
  output.document(found)
  printWhy(output, found)
  return EXIT.done
}

async function remove(context: Context, id: string): Promise<number> {
  const { args, io, output, engine, signal } = context
  await settle(context)
  const view = await engine.planRemoval(id)
  printPlan(output, view)
  if (view.changed && !args.yes) {
    if (!canAsk(io, args.json)) throw new CodedError('no-terminal', { option: '--yes' })
    const answer = await askLine(io, output.text.say('cli:apply.confirm', { files: fileCount(view) }), signal)
    if (!/^[yY是]/.test(answer)) throw new CodedError('cancelled')
  }
  printResult(output, applyResultSchema.parse(await follow(context, () => engine.startApply(view.id))))
  return EXIT.done
}

const STYLES: Partial<Record<WhyContext['rows'][number]['state'], Style>> = {
  wins: 'green',
  unsure: 'yellow',
  broken: 'red',
}

function printWhy(output: Output, { name, layers, contexts, programs, findings }: WhyAnswer): void {
  const { text, paint } = output
  const say = (key: string, values = {}) => text.say(`why:${key}`, values)
  const byId = new Map(layers.map((layer) => [layer.id, layer]))
  for (const group of grouped(contexts)) {
    const [first] = group
    if (first === undefined) continue
    const names = group.map((one) => contextName(one, say)).join(' · ')
    output.line(
      `${paint('bold', `${name}: ${valueText(first, say)}`)}  ${names} ${say('inBrackets', { text: say(`how.${first.how}`) })}`,
    )
    const rows = first.rows.flatMap(({ layer, state, reason }) => {
      const one = byId.get(layer)
      return one === undefined || isElsewhere(reason.key)
        ? []
        : [
            {
              state,
              words: say(`state.${state}`),
              value: layerValue(one, say),
              where: whereText(one, say),
              reason: text.note(reason),
            },
          ]
    })
    if (rows.length === 0) output.line(`  ${say('nobody')}`)
    const width = Math.max(...rows.map(({ words }) => columns(words)))
    for (const { state, words, value, where, reason } of rows) {
      const style = STYLES[state]
      const label = words + ' '.repeat(width - columns(words))
      output.line(`  ${style === undefined ? label : paint(style, label)}  ${value}  ${where}`)
      output.line(`  ${' '.repeat(width)}  ${paint('dim', reason)}`)
    }
  }
  if (programs.length > 0) output.line(paint('bold', say('program')))
  for (const { path, version, root } of programs) output.line(`  ${path}  ${version}  GOROOT=${root}`)
  for (const layer of layers) printHelp(output, name, layer, contexts)
  for (const finding of findings) {
    output.line(text.finding(finding))
    for (const detail of finding.details ?? []) output.line(`  ${spellHidden(detail)}`)
  }
}

/** What is wrong with a layer, and how it goes away. */
function printHelp(output: Output, name: string, layer: WhyLayer, contexts: readonly WhyContext[]): void {
  const { text } = output
  for (const problem of layer.problems) output.line(text.note(problem))
  for (const { kind, id } of layer.removals) {
    const from = layer.line === null ? layer.from : `${layer.from}:${layer.line}`
    const words = text.say(`why:${kind === 'remove' ? 'removeOf' : `${kind}Of`}`, { name, from })
    output.line(`${words}:  goready why ${name} --remove ${id}`)
  }
  const wins = contexts.some(({ winner }) => winner === layer.id)
  if (layer.hint !== null && wins) output.line(text.note(layer.hint))
}

type Say = (key: string, values?: Readonly<Record<string, string | number>>) => string

/** A file that is a matter of other programs; where it is theirs, it is shown. */
const isElsewhere = (key: string): boolean => /reason\.(notRead\.|laterPrograms|notGraphical|notInImage)/.test(key)

/** Contexts in which everything is the same stand together. */
function grouped(contexts: readonly WhyContext[]): readonly (readonly WhyContext[])[] {
  const groups = new Map<string, WhyContext[]>()
  for (const context of contexts) {
    const key = JSON.stringify([
      context.value,
      context.how,
      context.rows.flatMap(({ layer, state, reason }) => (isElsewhere(reason.key) ? [] : [[layer, state, reason.key]])),
    ])
    groups.set(key, [...(groups.get(key) ?? []), context])
  }
  return [...groups.values()]
}

const contextName = ({ kind, shell, start }: WhyContext, say: Say): string =>
  say(`context.${kind === 'shell' ? (start ?? 'login') : kind}`, { shell: shell ?? '' })

function valueText({ value, how }: WhyContext, say: Say): string {
  if (value === null) return say(how === 'open' ? 'unknown' : 'notSet')
  return value === '' ? say('empty') : spellHidden(value)
}

function layerValue({ value }: WhyLayer, say: Say): string {
  if (value === null) return say('unknown')
  return value === '' ? say('empty') : spellHidden(value)
}

function whereText({ kind, from, line }: WhyLayer, say: Say): string {
  const place =
    kind === 'environment' || kind === 'shell' ? '' : `${spellHidden(from)}${line === null ? '' : `:${line}`}  `
  return `${place}${say('inBrackets', { text: say(`kind.${kind}`) })}`
}
