import { imageFactsSchema, verificationSchema, type Tag } from '../../contract/image.ts'
import { need, noMore, unknownCommand } from '../args.ts'
import { type Command, type Context, EXIT, follow } from '../command.ts'

/** `image tags`, `image pull REF`, `image verify REF`. */
export const image: Command = (context) => {
  const { words } = context.args
  const verb = need(words[1], 'tags | pull | verify')
  switch (verb) {
    case 'tags':
      noMore(words, 2)
      return tags(context)
    case 'pull':
      noMore(words, 3)
      return pull(context, need(words[2], 'REF'))
    case 'verify':
      noMore(words, 3)
      return verify(context, need(words[2], 'REF'))
    default:
      throw unknownCommand(`image ${verb}`)
  }
}

async function tags({ args, output, engine, signal }: Context): Promise<number> {
  const list = await engine.tags({ refresh: args.refresh }, signal)
  output.document(list)
  const { text } = output
  const heading = list.from === 'registry' ? 'cli:tags.fromRegistry' : 'cli:tags.fromCatalogue'
  output.line(text.say(heading, { source: list.source, date: list.catalogueDate }))
  for (const tag of list.tags) output.line(tagLine(tag, text))
  return EXIT.done
}

function tagLine(tag: Tag, text: Context['output']['text']): string {
  const parts = [
    `golang:${tag.tag}`.padEnd(32),
    tag.size === null ? '' : text.say('cli:tags.download', { size: text.size(tag.size) }),
    text.say(`cli:tags.support.${tag.support}`, { date: tag.supportEnds ?? '' }).trim(),
    tag.missing.length === 0
      ? ''
      : text.say('cli:tags.lacks', { what: tag.missing.map((id) => text.say(id)).join(', ') }),
    tag.role === null ? '' : text.say(`cli:tags.role.${tag.role}`),
  ]
  return parts.filter((part) => part !== '').join('  ')
}

async function pull(context: Context, name: string): Promise<number> {
  const { output, engine } = context
  const facts = imageFactsSchema.parse(await follow(context, () => engine.startPull(name)))
  const values = { reference: facts.reference, size: output.text.size(facts.size), digest: facts.digest ?? '' }
  output.line(output.text.say('cli:image.line', values))
  return EXIT.done
}

async function verify(context: Context, name: string): Promise<number> {
  const { output, engine } = context
  const answer = verificationSchema.parse(await follow(context, () => engine.startVerify(name)))
  if (answer.agrees === true) output.line(output.text.say('cli:verify.agrees'))
  output.line(output.paint('green', answer.output))
  return EXIT.done
}
