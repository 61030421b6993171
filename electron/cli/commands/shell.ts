import { need } from '../args.ts'
import type { Command, Context } from '../command.ts'
import { canAsk } from '../question.ts'

/** `shell`: a shell in the chosen image, with the current folder and the Go settings. */
export const shell: Command = (context) => inImage(context, null)

/** `run -- CMD`: one command in the chosen image; its exit status is passed on. */
export const runCommand: Command = (context) => {
  const [program, ...rest] = context.args.rest ?? []
  return inImage(context, [need(program, '-- CMD'), ...rest])
}

/** A command whose input or output is no terminal gets plain streams, so that pipes work. */
function inImage(
  { args, io, output, engine, signal }: Context,
  argv: readonly [string, ...string[]] | null,
): Promise<number> {
  const request = {
    image: args.image,
    argv,
    cwd: process.cwd(),
    interactive: canAsk(io, args.json),
    streams: { stdin: io.stdin, stdout: io.stdout, stderr: io.stderr },
    warn: (finding: Parameters<typeof output.text.finding>[0]) =>
      void io.stderr.write(`${output.shown(output.text.finding(finding))}\n`),
  }
  return engine.runInImage(request, signal)
}
