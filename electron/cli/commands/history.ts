import { servedNote } from '../../contract/receipt-notes.ts'
import type { RunSummary, RunView, Why } from '../../contract/run.ts'
import { type Command, EXIT } from '../command.ts'
import type { Output } from '../output.ts'
import { DID, printChange } from './plan.ts'

/** `history [--run ID]`: the runs so far, newest first; or one of them in full. */
export const history: Command = async ({ args, output, engine }) => {
  if (args.run !== null) {
    const view = await engine.showRun(args.run)
    output.document(view)
    printRun(output, view)
    return EXIT.done
  }
  const runs = await engine.history()
  output.document(runs)
  if (runs.length === 0) output.line(output.text.say('cli:history.none'))
  for (const run of runs) {
    output.line([...headOf(output, run), run.image ?? ''].join('  '))
    for (const file of run.files) output.line(`    ${file.path}`)
    const served = run.receipt === null ? null : servedNote(run.receipt)
    if (served) output.line(`    ${output.text.note(served)}`)
  }
  return EXIT.done
}

function headOf({ text }: Output, run: RunSummary): readonly string[] {
  const files = text.say('cli:history.files', { count: run.files.length })
  return [run.id, text.say(`cli:status.${run.status}`), files, whyText(text, run.why)]
}

const whyText = (text: Output['text'], why: Why | null): string =>
  text.say(`history:why.${why?.by ?? 'unknown'}`, { name: why?.name ?? '' })

/** What a run changed as diffs, how each file stands now, and what stands in the way of its undo. */
function printRun(output: Output, view: RunView): void {
  const { text } = output
  const { run } = view
  const say = (key: string, values = {}) => text.say(`history:cli.${key}`, values)
  output.line(`${say('run')}: ${run.id}  ${run.startedAt}`)
  output.line(`${say('status')}: ${text.say(`cli:status.${run.status}`)}`)
  output.line(`${say('why')}: ${whyText(text, run.why)}`)
  if (run.squashed) output.line(text.say('history:squashed', { since: run.squashed.since }))
  for (const note of [...run.choices, ...view.brought]) output.line(`  ${text.note(note)}`)
  for (const change of view.changes) printChange(output, change, DID)
  output.line(`${say('stands')}:`)
  for (const { path, state } of view.stands) output.line(`  ${path}  ${text.say(`history:stand.${state}`)}`)
  for (const finding of view.findings) output.line(text.finding(finding))
  if (view.error) for (const line of text.error(view.error)) output.line(line)
  if (view.later) output.line(say('later', { later: view.later.id }))
}
