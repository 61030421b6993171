import { type Command, EXIT } from '../command.ts'

/** `report`: the redacted report of this machine, Markdown, or JSON with `--json`. Only reads. */
export const report: Command = async ({ engine, io, output, signal }) => {
  const { markdown, json } = await engine.report(output.text.lang, signal)
  // Both are finished texts; what would steer a terminal is spelled out all the same.
  if (output.json) io.stdout.write(json)
  else for (const line of markdown.trimEnd().split('\n')) output.line(line)
  return EXIT.done
}
