import { setMaxListeners } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { version } from '../../package.json'
import { CodedError } from '../core/errors.ts'
import { ownHelper } from '../desk/own-helper.ts'
import { createEngine } from '../engine.ts'
import { readArgs, type Args, langOf, noMore, unknownCommand } from './args.ts'
import { type Command, EXIT, statusOf } from './command.ts'
import { account } from './commands/account.ts'
import { apply } from './commands/apply.ts'
import { check } from './commands/check.ts'
import { classroom } from './commands/classroom.ts'
import { detect } from './commands/detect.ts'
import { explain } from './commands/explain.ts'
import { history } from './commands/history.ts'
import { image } from './commands/image.ts'
import { kit } from './commands/kit.ts'
import { mirrors } from './commands/mirrors.ts'
import { plan } from './commands/plan.ts'
import { profile } from './commands/profile.ts'
import { repair } from './commands/repair.ts'
import { report } from './commands/report.ts'
import { runCommand, shell } from './commands/shell.ts'
import { undo } from './commands/undo.ts'
import { uninstall } from './commands/uninstall.ts'
import { why } from './commands/why.ts'
import type { Io } from './io.ts'
import { openOutput } from './output.ts'
import { openText } from './text.ts'

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['detect', detect],
  ['why', why],
  ['image', image],
  ['mirrors', mirrors],
  ['plan', plan],
  ['apply', apply],
  ['undo', undo],
  ['history', history],
  ['check', check],
  ['repair', repair],
  ['report', report],
  ['explain', explain],
  ['uninstall', uninstall],
  ['shell', shell],
  ['run', runCommand],
  ['kit', kit],
  ['classroom', classroom],
  ['profile', profile],
  ['account', account],
])
const PASSED_ON = ['shell', 'run']
/** Commands that take words of their own and check them. */
const OWN_WORDS = ['image', 'mirrors', 'explain', 'why', 'repair', 'kit', 'classroom', 'profile']

/** Every word that makes a command line of what would else open the window. */
export const commandNames: readonly string[] = [...COMMANDS.keys()]

/** Beside the built command line, or beside the installed program. */
function commandsHelper(): ReturnType<typeof ownHelper> {
  const { electron } = process.versions
  return ownHelper({
    packaged: electron !== undefined,
    program: process.execPath,
    built: dirname(process.argv[1] ?? ''),
    node: electron === undefined,
    windows: process.getuid === undefined,
    path: '',
    exists: existsSync,
  })
}

/** Whether this process has a terminal, whatever its own input and output are: sudo asks there. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r+'))
    return true
  } catch {
    return false
  }
}

/** Runs one command line to its exit status. Never throws. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  // A reader that has gone (`| head`, a closed terminal) must not end a run in its middle.
  for (const stream of [io.stdout, io.stderr]) stream.on('error', () => {})
  let args: Args
  try {
    args = readArgs(argv, io.environment)
  } catch (error) {
    const text = await openText(langOf(io.environment))
    openOutput(io, { json: argv.includes('--json') }, text).error(error)
    return statusOf(error)
  }
  const output = openOutput(io, args, await openText(args.lang))
  const stop = new AbortController()
  // Everything that waits listens to it; Node would take so many for a leak, and say so.
  setMaxListeners(0, stop.signal)
  const cancel = () => stop.abort(new CodedError('cancelled'))
  const timer =
    args.timeout === null ? undefined : setTimeout(() => stop.abort(new CodedError('timeout')), args.timeout)
  // In `shell` and `run` the signals belong to the program in the container.
  const signals = PASSED_ON.includes(args.words[0] ?? '') ? [] : (['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  for (const name of signals) process.on(name, cancel)
  try {
    if (args.version) {
      output.document({ version })
      output.line(version)
      return EXIT.done
    }
    const [name] = args.words
    if (args.help || name === undefined) {
      output.line(output.text.say('cli:usage'))
      return args.help ? EXIT.done : EXIT.unusable
    }
    const command = COMMANDS.get(name)
    if (!command) throw unknownCommand(name)
    if (!OWN_WORDS.includes(name)) noMore(args.words, 1)
    const engine = await createEngine({
      home: args.home,
      root: args.root,
      catalogue: args.catalogue,
      helper: commandsHelper(),
      terminal: hasTerminal(),
    })
    return await command({ args, io, output, engine, signal: stop.signal })
  } catch (error) {
    output.error(error)
    return statusOf(error)
  } finally {
    clearTimeout(timer)
    for (const name of signals) process.off(name, cancel)
  }
}
