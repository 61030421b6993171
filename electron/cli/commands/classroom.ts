import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import {
  CLASSROOM_DEFAULTS,
  type ClassroomAction,
  type ClassroomOptions,
  classroomOptionsSchema,
  type ClassroomResult,
  classroomResultSchema,
  type SeatView,
} from '../../contract/classroom.ts'
import { MAX_LIST, seatText } from '../../classroom/seat-text.ts'
import { CodedError } from '../../core/errors.ts'
import { badValue, need, noMore, unknownCommand, unreadableFile } from '../args.ts'
import { type Command, type Context, EXIT, follow } from '../command.ts'
import type { Output, Style } from '../output.ts'
import { columns } from '../table.ts'
import { readProfile } from './plan.ts'

/** `classroom init|run|status|report|undo DIR`: a room of seats, gone through by Ansible. */
export const classroom: Command = (context) => {
  const [, verb = '', folder] = context.args.words
  noMore(context.args.words, 3)
  const place = () => resolve(need(folder, 'DIR'))
  switch (verb) {
    case 'init':
      return init(context, place())
    case 'run':
      return go(context, place(), context.args.check ? 'check' : 'apply')
    case 'undo':
      return go(context, place(), 'undo')
    case 'status':
      return status(context, place())
    case 'report':
      return report(context, place())
    case '':
      throw badValue('classroom', verb)
    default:
      throw unknownCommand(`classroom ${verb}`)
  }
}

/** Writes the room. Without `--seats` its own list stays, and what is not named stays as it is. */
async function init(context: Context, folder: string): Promise<number> {
  const { args, output, engine, signal } = context
  const before = await engine.classroom.show(folder, signal)
  const { seats, problems } =
    args.seats === null
      ? { seats: before.seats.map(({ seat }) => seat), problems: [] }
      : engine.classroom.read(await listOf(args.seats))
  const told = problems.map(({ line, note }) => ({ line, note, text: output.text.note(note) }))
  for (const { line, text } of told)
    output.line(output.paint('red', output.text.say('room:cli.problem', { line, text })))
  // A list with a slip in it would leave a seat out, and nobody would see it on the map.
  const [first] = told
  if (first !== undefined && args.seats !== null) {
    output.document({ type: 'problems', problems: told })
    throw new CodedError('bad-arguments', { reason: 'room:cli.problem', line: first.line, text: first.text })
  }
  if (seats.length === 0) throw new CodedError('classroom-no-seats')
  const profile = args.profile === null ? null : await readProfile(context)
  const kit = args.kit === null || /^https?:/.test(args.kit) ? args.kit : resolve(args.kit)
  const view = await engine.classroom.write(
    folder,
    {
      seats,
      options: optionsOf(context, before.options),
      profile,
      kit,
      ...(args.profile === null ? {} : { profileFile: resolve(args.profile) }),
    },
    signal,
  )
  output.document(view)
  output.line(output.text.say('room:cli.written', { folder, count: view.seats.length }))
  for (const path of view.kept ?? []) output.line(output.text.say('room:cli.kept', { path }))
  if (view.install !== null) output.line(output.text.note(view.install))
  return EXIT.done
}

async function listOf(path: string): Promise<string> {
  const bytes = await readFile(path).catch(() => {
    throw unreadableFile(path)
  })
  if (bytes.length > MAX_LIST) throw unreadableFile(path)
  return seatText(bytes)
}

function optionsOf({ args }: Context, before: ClassroomOptions): ClassroomOptions {
  const options = { ...CLASSROOM_DEFAULTS, ...before }
  const given = {
    waves: args.waves?.split(',').map((wave) => (wave.trim().endsWith('%') ? wave.trim() : Number(wave))),
    tolerance: args.tolerance === null ? undefined : Number(args.tolerance),
    for: args.for ?? undefined,
    forks: args.forks === null ? undefined : Number(args.forks),
  }
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    const parsed = classroomOptionsSchema.safeParse({ ...options, [name]: value })
    if (!parsed.success) throw badValue(`--${name}`, String(Array.isArray(value) ? args.waves : value))
    Object.assign(options, parsed.data)
  }
  return options
}

/** Status 1 when a seat failed; with `--check` 3 when something would change. */
async function go(context: Context, folder: string, action: ClassroomAction): Promise<number> {
  const { args, engine, output } = context
  const only = args.only === null ? null : args.only.split(',').map((name) => name.trim())
  const start = () =>
    engine.tasks.run('room', ({ report: tell, signal }) => engine.classroom.run(folder, { action, only }, tell, signal))
  const result = classroomResultSchema.parse(await follow(context, start))
  printSeats(output, result.seats, action === 'check' ? 'would' : 'changed')
  printEnd(output, result, folder)
  if (failedOf(result.seats).length > 0) return EXIT.failed
  return action === 'check' && result.seats.some(({ report: told }) => told?.changed === true)
    ? EXIT.different
    : EXIT.done
}

const BAD: readonly SeatView['state'][] = ['failed', 'unreachable', 'held']
const failedOf = (seats: readonly SeatView[]): readonly SeatView[] => seats.filter(({ state }) => BAD.includes(state))

function printEnd({ text, line }: Output, { action, stopped, seats, counts }: ClassroomResult, folder: string): void {
  line(countsText(text, counts))
  if (stopped) line(text.say('room:cli.stopped'))
  if (action !== 'apply') return
  const touched = seats.filter(({ state, report: told }) => state === 'failed' && told?.changed === true)
  if (touched.length > 0)
    line(text.say('room:cli.back', { folder, seats: touched.map(({ seat }) => seat.name).join(',') }))
  if (failedOf(seats).length > 0) line(text.say('room:cli.again'))
}

/** The room as its reports tell of it; status 1 when a seat is not well. */
async function status({ output, engine, signal }: Context, folder: string): Promise<number> {
  const view = await engine.classroom.show(folder, signal)
  output.document(view)
  printSeats(output, view.seats)
  output.line(countsText(output.text, view.counts))
  return failedOf(view.seats).length > 0 ? EXIT.failed : EXIT.done
}

async function report({ args, io, output, engine, signal }: Context, folder: string): Promise<number> {
  const format = (['csv', 'json', 'html'] as const).find((one) => one === (args.format ?? 'csv'))
  if (format === undefined) throw badValue('--format', args.format ?? '')
  const text = await engine.classroom.export(folder, format, args.lang, signal)
  if (args.out === null) {
    if (output.json) output.document({ format, text })
    else io.stdout.write(text)
    return EXIT.done
  }
  const path = resolve(args.out)
  await writeFile(path, text)
  output.document({ format, path })
  output.line(output.text.say('room:cli.saved', { path }))
  return EXIT.done
}

const STYLES: Readonly<Record<SeatView['state'], Style>> = {
  waiting: 'dim',
  running: 'cyan',
  well: 'green',
  remark: 'yellow',
  failed: 'red',
  unreachable: 'red',
  held: 'dim',
  'given-back': 'green',
}

function printSeats(output: Output, seats: readonly SeatView[], change: 'would' | 'changed' | null = null): void {
  const width = Math.max(4, ...seats.map(({ seat }) => seat.name.length))
  const states = seats.map(({ state }) => output.text.say(`room:state.${state}`))
  const wide = Math.max(0, ...states.map(columns))
  for (const [index, { seat, state, reason, report: told }] of seats.entries()) {
    const word = states[index] ?? ''
    const padded = word + ' '.repeat(wide - columns(word))
    const changed = told?.changed === true && change !== null ? output.text.say(`room:cli.${change}`) : ''
    const why = [changed, reason === null ? '' : output.text.note(reason)].filter((words) => words !== '').join('  ')
    output.line(`${seat.name.padEnd(width)}  ${output.paint(STYLES[state], padded)}  ${why}`.trimEnd())
  }
}

const countsText = (text: Output['text'], counts: ClassroomResult['counts']): string =>
  Object.entries(counts)
    .map(([state, count]) => `${text.say(`room:state.${state}`)} ${count}`)
    .join(', ')
