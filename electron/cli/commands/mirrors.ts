import { TARGET_IDS, type TargetId } from '../../contract/mirror.ts'
import { redact } from '../../core/redact.ts'
import type { MirrorList } from '../../engine/mirror-book.ts'
import type { Mirror } from '../../mirrors/catalogue.ts'
import { badValue, need, noMore, unknownCommand } from '../args.ts'
import { type Command, type Context, EXIT } from '../command.ts'
import type { Output } from '../output.ts'
import { columns } from '../table.ts'
import { race } from './race.ts'

/** `mirrors list|race|add|remove`: the catalogue, the dead included, and the person's own. */
export const mirrors: Command = (context) => {
  const { args } = context
  const verb = need(args.words[1], 'list')
  noMore(args.words, verb === 'remove' ? 3 : 2)
  if (verb === 'list') return list(context)
  if (verb === 'race') return race(context, targetOf(need(args.target, '--target')))
  if (verb === 'add') return add(context)
  if (verb === 'remove') return remove(context)
  throw unknownCommand(`mirrors ${verb}`)
}

/** With `--refresh` after a renewal; a renewal that was refused is status 1, and the list is still shown. */
async function list({ args, output, engine, signal }: Context): Promise<number> {
  const target = args.target === null ? null : targetOf(args.target)
  const renewal = args.refresh ? await engine.refreshMirrors(args.url, signal) : null
  const known = await engine.mirrors()
  const all = [...known.mirrors, ...(await engine.officialMirrors(signal))]
  const shown = all
    .filter((mirror) => target === null || mirror.target === target)
    .toSorted((a, b) => place(a) - place(b))
  const findings = renewal === null ? known.findings : [renewal, ...known.findings]
  output.document({ ...known, mirrors: shown, findings })
  for (const finding of findings) {
    output.line(output.text.finding(finding))
    for (const detail of finding.details ?? []) output.line(output.paint('dim', `  ${redact(detail)}`))
  }
  table({ ...known, mirrors: shown }, output)
  return renewal?.severity === 'warning' ? EXIT.failed : EXIT.done
}

async function add({ args, output, engine }: Context): Promise<number> {
  const target = targetOf(need(args.target, '--target'))
  const url = need(args.url, '--url')
  const name = args.name ?? ''
  if (name.length > MAX_NAME) throw badValue('--name', name)
  const all = await engine.saveOwnMirror({ id: '', target, name, url })
  const id = all.at(-1)?.id ?? ''
  output.document({ added: id, own: all })
  output.line(output.text.say('catalogue:added', { url, id }))
  return EXIT.done
}

async function remove({ args, output, engine }: Context): Promise<number> {
  const id = need(args.words[2], 'ID')
  const all = await engine.removeOwnMirror(id)
  output.document({ removed: id, own: all })
  output.line(output.text.say('catalogue:removed', { id }))
  return EXIT.done
}

/** By target, the tool's own default first. */
const place = ({ target, status }: Mirror): number => TARGET_IDS.indexOf(target) * 2 + (status === 'upstream' ? 0 : 1)

const MAX_NAME = 100

function targetOf(text: string): TargetId {
  const target = TARGET_IDS.find((one) => one === text)
  if (target === undefined) throw badValue('--target', text)
  return target
}

/** Two lines each: what it is, and indented what is known of it. */
function table({ date, origin, mirrors: shown }: MirrorList, output: Output): void {
  const { text, paint } = output
  output.line(text.say(`catalogue:origin.${origin}`, { date }))
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
