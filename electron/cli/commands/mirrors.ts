import { targetSchema } from '../../contract/mirror.ts'
import { CodedError } from '../../core/errors.ts'
import type { Mirror, MirrorCatalogue } from '../../mirrors/catalogue.ts'
import { badValue, need, noMore, unknownCommand } from '../args.ts'
import { type Command, type Context, EXIT } from '../command.ts'
import type { Output } from '../output.ts'

/** `mirrors list`: the catalogue, the dead included. */
export const mirrors: Command = (context) => {
  const { args } = context
  const verb = need(args.words[1], 'list')
  if (verb === 'race') throw new CodedError('not-yet', { key: 'mirrors race' })
  if (verb !== 'list') throw unknownCommand(`mirrors ${verb}`)
  noMore(args.words, 2)
  list(context)
  return Promise.resolve(EXIT.done)
}

function list({ args, output, engine }: Context): void {
  if (args.target !== null && !targetSchema.safeParse(args.target).success) throw badValue('--target', args.target)
  const catalogue = engine.mirrors()
  const shown = catalogue.mirrors.filter((mirror) => args.target === null || mirror.target === args.target)
  output.document({ ...catalogue, mirrors: shown })
  table({ ...catalogue, mirrors: shown }, output)
}

/** Two lines each: what it is, and indented what is known of it. */
function table({ date, mirrors: shown }: MirrorCatalogue, output: Output): void {
  const { text, paint } = output
  output.line(text.say('catalogue:origin.built-in', { date }))
  const names = shown.map((mirror) => nameOf(mirror, text.lang))
  const width = Math.max(0, ...names.map(columns))
  for (const [at, mirror] of shown.entries()) {
    const name = names[at] ?? ''
    const title = `${mirror.target.padEnd(7)}${name}${' '.repeat(width - columns(name))}  ${mirror.url}`
    output.line(`${mirror.status === 'dead' ? paint('dim', title) : title}  ${paint('bold', statusOf(mirror, output))}`)
    output.line(paint('dim', `       ${knownOf(mirror, output).join(' · ')}`))
  }
}

const nameOf = ({ name }: Mirror, lang: string): string => (lang === 'en' ? name.en : name.zh)

function statusOf({ status, since, own }: Mirror, { text }: Output): string {
  const word = text.say(own === true ? 'catalogue:own' : `catalogue:status.${status}`)
  return since === null ? word : `${word} ${text.say('catalogue:since', { since })}`
}

function knownOf({ operator, sync, limits, source, date }: Mirror, { text }: Output): string[] {
  const runBy = operator === null ? [] : [text.lang === 'en' ? operator.en : operator.zh]
  const fresh =
    sync === null ? [] : [text.say(`catalogue:sync.${sync.kind}`, 'minutes' in sync ? { minutes: sync.minutes } : {})]
  const held = (limits ?? []).map(({ key, value = 0 }) => text.say(`catalogue:limit.${key}`, { value }))
  return [...runBy, ...fresh, ...held, `${source} (${date})`]
}

/** How many columns of a terminal a text takes: Chinese characters take two. */
const columns = (text: string): number => text.length + (text.match(/[\u2e80-\uffe6]/g) ?? []).length
