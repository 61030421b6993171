import { CodedError } from '../../core/errors.ts'
import { need, noMore, unknownCommand } from '../args.ts'
import { type Command, EXIT } from '../command.ts'

/** `mirrors list`: the catalogue, the dead included. */
export const mirrors: Command = ({ args, output, engine }) => {
  const verb = need(args.words[1], 'list')
  if (verb === 'race') throw new CodedError('not-yet', { key: 'mirrors race' })
  if (verb !== 'list') throw unknownCommand(`mirrors ${verb}`)
  noMore(args.words, 2)
  const catalogue = engine.mirrors()
  const shown = catalogue.mirrors.filter((mirror) => args.target === null || mirror.target === args.target)
  output.document({ ...catalogue, mirrors: shown })
  const say = (key: string, values = {}) => output.text.say(`cli:mirrors.${key}`, values)
  output.line(say('date', { date: catalogue.date }))
  for (const mirror of shown) {
    const name = args.lang === 'en' ? mirror.name.en : mirror.name.zh
    const since = mirror.since === null ? '' : ` ${say('since', { since: mirror.since })}`
    output.line(`${mirror.target.padEnd(7)} ${mirror.url}  ${name}  ${say(`status.${mirror.status}`)}${since}`)
  }
  return Promise.resolve(EXIT.done)
}
