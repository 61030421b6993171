import { createReadStream } from 'node:fs'
import type { Explanation } from '../../contract/explain.ts'
import { explain as explainText } from '../../doctor/explain/recognise.ts'
import { decodeText } from '../../doctor/explain/decode.ts'
import { noMore, unreadableFile } from '../args.ts'
import { type Command, type Context, EXIT } from '../command.ts'
import type { Output } from '../output.ts'

/** Bytes of a log that are read; of a longer one the beginning tells what was started, the end is not reached. */
const MAX_BYTES = 4 * 1024 * 1024

/** `explain [FILE]`: what an error text, from a file or standard input, means and what to do. Only reads. */
export const explain: Command = async (context) => {
  const { output, args, io } = context
  noMore(args.words, 2)
  const [, file] = args.words
  if (file === undefined && io.stdin.isTTY === true && !args.json) output.line(output.text.say('explain:paste'))
  const found = explainText(decodeText(await read(file, context)))
  output.document(found)
  if (found.length === 0) {
    output.line(output.text.say('explain:none'))
    output.line(`  ${output.text.say('explain:noneTodo')}`)
    return EXIT.done
  }
  for (const [index, one] of found.entries()) print(output, one, index)
  return EXIT.done
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
