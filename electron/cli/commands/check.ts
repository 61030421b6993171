import {
  CATEGORIES,
  type CheckUp,
  checkUpSchema,
  type FoundView,
  MAX_FINDING_ID,
  type RepairView,
} from '../../contract/doctor.ts'
import { badValue, noMore, notOffered } from '../args.ts'
import { type Command, type Context, EXIT, follow } from '../command.ts'
import type { Output, Style } from '../output.ts'
import { projectOf } from './plan.ts'

/**
 * `check [--only ID,…]`: what is broken, and how it is repaired. Only reads; status 3 when something is to be repaired.
 * `check --mute ID`, `check --unmute ID`: a finding does not count any more, or again.
 */
export const check: Command = async (context) => {
  const { args, output, engine } = context
  noMore(args.words, 1)
  const id = args.mute ?? args.unmute
  if (id !== null) {
    if (id.length > MAX_FINDING_ID) throw badValue(args.mute === null ? '--unmute' : '--mute', id)
    if (args.mute !== null) await mustBeFound(context, id)
    await engine.mute(id, args.mute !== null)
    output.document({ muted: args.mute !== null, id })
    output.line(output.text.say(`doctor:cli.${args.mute === null ? 'heard' : 'mute'}`, { id }))
    return EXIT.done
  }
  const checkUp = await look(context)
  printCheckUp(output, checkUp)
  return checkUp.verdict === 'ready' ? EXIT.done : EXIT.different
}

/** A slip in a name would be muted in silence, and what it was meant for would go on counting. */
async function mustBeFound(context: Context, id: string): Promise<void> {
  const category = CATEGORIES.find((one) => id.startsWith(`${one}.`))
  const found = category === undefined ? [] : (await look(context, [category])).findings
  if (!found.some((one) => one.id === id)) throw notOffered('finding', id)
}

/** Runs the checks that `--only` names, else all. Throws `bad-arguments` for a name that no check has. */
export async function look(context: Context, only = onlyOf(context)): Promise<CheckUp> {
  const { engine } = context
  const { folder } = projectOf(context)
  const project = { folder, chosen: context.args.project !== null }
  const checkUp = checkUpSchema.parse(await follow(context, () => engine.startCheck({ only }, project)))
  if (only !== null && checkUp.checks.length === 0) throw badValue('--only', only.join(','))
  return checkUp
}

const onlyOf = ({ args }: Context): readonly string[] | null =>
  args.only === null ? null : args.only.split(',').map((one) => one.trim())

const STYLES: Readonly<Record<FoundView['severity'], Style>> = { error: 'red', warning: 'yellow', info: 'dim' }

/** So many findings are told in full: a wall of warnings frightens. */
const FULL = 3

/** The verdict first, then each finding with its repair, the rest in one line. */
export function printCheckUp(output: Output, { verdict, checks, findings, ms }: CheckUp): void {
  const { text, paint } = output
  const style = verdict === 'ready' ? 'green' : verdict === 'remark' ? 'yellow' : 'red'
  output.line(paint('bold', paint(style, text.say(`doctor:verdict.${verdict}`))))
  const heard = findings.filter((one) => !one.muted)
  for (const [index, found] of heard.entries()) (index < FULL ? printFound : printBriefly)(output, found)
  if (heard.length > 0) output.line()
  const muted = findings.length - heard.length
  if (muted > 0) output.line(text.say('doctor:cli.muted', { count: muted }))
  const of = (state: string): string => checks.flatMap((one) => (one.state === state ? [one.id] : [])).join(', ')
  for (const [state, key] of [
    ['late', 'late'],
    ['failed', 'broke'],
  ] as const)
    if (of(state) !== '') output.line(text.say(`doctor:cli.${key}`, { checks: of(state) }))
  const offers = checks.flatMap((one) => one.offers)
  if (offers.length > 0) output.line(text.say('doctor:cli.offer'))
  for (const offer of offers) printRepair(output, offer)
  if (heard.some(({ repairs }) => repairs.some(({ safe }) => safe))) output.line(text.say('doctor:cli.all'))
  const ran = checks.filter(({ state }) => state !== 'absent').length
  output.line(paint('dim', text.say('doctor:cli.ms', { count: ran, seconds: (ms / 1000).toFixed(1) })))
}

/** The key of a finding's sentences. */
export const sentencesOf = ({ category, code }: Pick<FoundView, 'category' | 'code'>): string =>
  `doctor-${category}:${code.slice(category.length + 1)}`

export function printFound(output: Output, found: FoundView): void {
  const { text, paint } = output
  printWhat(output, found)
  output.line(`  ${sayOf(output, found, 'why')}`)
  output.line(`  ${sayOf(output, found, 'todo')}`)
  const broken = found.ladder?.map(({ rung, state }) => `${text.say(`doctor:rung.${rung}`)} ${SIGNS[state]}`)
  if (broken) output.line(paint('dim', `  ${broken.join('  ')}`))
  for (const line of found.evidence) output.line(paint('dim', `  ${line}`))
  for (const one of found.chain ?? [])
    output.line(
      paint(
        'dim',
        `  ${text.say('doctor:cli.chain')}: ${one.subject} ← ${one.issuer}  ${one.from.slice(0, 10)} – ${one.until.slice(0, 10)}  ${one.names.join(' ')}  ${one.fingerprint}`,
      ),
    )
  printEnd(output, found)
}

/** What it is and how it is repaired, else what is to be done. */
export function printBriefly(output: Output, found: FoundView): void {
  printWhat(output, found)
  if (found.repairs.every(({ dockerHelp }) => dockerHelp)) output.line(`  ${sayOf(output, found, 'todo')}`)
  printEnd(output, found)
}

const sayOf = ({ text }: Output, found: FoundView, part: string): string =>
  text.say(`${sentencesOf(found)}.${part}`, found.values)

function printWhat(output: Output, found: FoundView): void {
  const { text, paint } = output
  const severity = paint(STYLES[found.severity], `[${text.say(`doctor:severity.${found.severity}`)}]`)
  output.line()
  output.line(`${severity} ${paint('bold', sayOf(output, found, 'what'))}`)
}

/** Its repairs, and the name by which it can be muted. */
function printEnd(output: Output, found: FoundView): void {
  for (const repair of found.repairs) printRepair(output, repair)
  output.line(output.paint('dim', `  ${found.id}`))
}

const SIGNS = { ok: '✓', broken: '✕', 'not-reached': '·', skipped: '–' } as const

function printRepair({ line, text }: Output, { id, note, dockerHelp }: RepairView): void {
  line(
    `  ${dockerHelp ? text.say('doctor:cli.dockerHelp') : text.say('doctor:cli.repair', { note: text.note(note), id })}`,
  )
}
