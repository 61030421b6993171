import { servedNote } from '../../contract/receipt-notes.ts'
import { type Command, EXIT } from '../command.ts'

/** `history`: the runs so far, newest first. */
export const history: Command = async ({ output, engine }) => {
  const runs = await engine.history()
  output.document(runs)
  if (runs.length === 0) output.line(output.text.say('cli:history.none'))
  for (const run of runs) {
    const files = output.text.say('cli:history.files', { count: run.files.length })
    output.line([run.id, output.text.say(`cli:status.${run.status}`), files, run.image ?? ''].join('  '))
    for (const file of run.files) output.line(`    ${file.path}`)
    const served = run.receipt === null ? null : servedNote(run.receipt)
    if (served) output.line(`    ${output.text.note(served)}`)
  }
  return EXIT.done
}
