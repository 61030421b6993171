import { createReadStream } from 'node:fs'
import type { Explanation } from '../../contract/explain.ts'
import { decodeText } from '../../doctor/explain/decode.ts'
import { noMore, unreadableFile } from '../args.ts'
import { type Command, type Context, EXIT } from '../command.ts'
import type { Output } from '../output.ts'
import { look, printCheckUp } from './check.ts'

/** Bytes of a log that are read; of a longer one the beginning tells what was started, the end is not reached. */
const MAX_BYTES = 4 * 1024 * 1024

/**
 * `explain [FILE]`: what an error text, from a file or standard input, means and what to do; then the checks that can
 * find its cause here, with their repairs. Only reads. Status 3 when something is to be repaired.
 */
export const explain: Command = async (context) => {
  const { output, args, io, engine } = context
  noMore(args.words, 2)
  const [, file] = args.words
  if (file === undefined && io.stdin.isTTY === true && !args.json) output.line(output.text.say('explain:paste'))
  const found = await engine.explain(decodeText(await read(file, context)))
  for (const [index, one] of found.entries()) print(output, one, index)
  const only = [...new Set(found.flatMap(({ checks }) => checks))]
  if (only.length > 0) output.line()
  const checkUp = only.length === 0 ? null : await look(context, only)
  output.document({ explanations: found, checkUp })
  // After an error text “all is well” would sound like a denial.
  if (checkUp?.verdict === 'ready') output.line(output.text.say('doctor:page.explain.notHere'))
  else if (checkUp !== null) printCheckUp(output, checkUp)
  if (found.length === 0) {
    output.line(output.text.say('explain:none'))
    output.line(`  ${output.text.say('explain:noneTodo')}`)
  }
  return checkUp === null || checkUp.verdict === 'ready' ? EXIT.done : EXIT.different
}

function print(
  { line, text, paint }: Output,
  { cause, tool, values, line: at, quote }: Explanation,
  index: number,
): void {
  if (index === 1) line(text.say('explain:also'))
  line(paint('bold', text.say(`explain:${cause}.what`, values)))
  line(`  ${text.say(`explain:${cause}.todo`, values)}`)
  line(paint('dim', `  ${text.say(`explain:tool.${tool}`)} · ${text.say('explain:line', { line: at })}: ${quote}`))
}

async function read(file: string | undefined, { io, signal }: Context): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  try {
    const stream = file === undefined ? io.stdin : createReadStream(file, { end: MAX_BYTES })
    const stop = (): void => void stream.destroy()
    signal.addEventListener('abort', stop, { once: true })
    for await (const part of stream) {
      const bytes = typeof part === 'string' ? Buffer.from(part) : part
      parts.push(bytes)
      size += bytes.length
      if (size > MAX_BYTES) break
    }
    signal.removeEventListener('abort', stop)
  } catch {
    signal.throwIfAborted()
    throw unreadableFile(file ?? '-')
  }
  signal.throwIfAborted()
  return Buffer.concat(parts)
}
