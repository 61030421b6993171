import { need } from '../args.ts'
import { type Command, type Context } from '../command.ts'
import { canAsk } from '../question.ts'

/** `shell`: a shell in the chosen image, with the current folder and the Go settings. */
export const shell: Command = (context) => inImage(context, null)

/** `run -- CMD`: one command in the chosen image; its exit status is passed on. */
export const runCommand: Command = (context) => {
  const [program, ...rest] = context.args.rest ?? []
  return inImage(context, [need(program, '-- CMD'), ...rest])
}

function inImage({ args, io, engine, signal }: Context, argv: readonly string[] | null): Promise<number> {
  return engine.runInImage({ image: args.image, argv, cwd: process.cwd(), terminal: canAsk(io, args.json), io }, signal)
}
