import { createReadStream } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type { ChangeView, PlanView } from '../../contract/plan.ts'
import type { Profile } from '../../contract/profile.ts'
import { type Will, willDo } from '../../contract/profile-summary.ts'
import type { Why } from '../../contract/run.ts'
import { assertNever } from '../../core/errors.ts'
import type { Places } from '../../core/places.ts'
import { type TrustedProfile, trustProfile } from '../../desk/trusted-profile.ts'
import { systemOn } from '../../platform/open-system.ts'
import { realSystem } from '../../system/real.ts'
import { forWhom, need, unreadableFile } from '../args.ts'
import { type Command, type Context, EXIT } from '../command.ts'
import type { Output } from '../output.ts'

/** `plan --profile FILE`: the changes as a diff. Writes nothing; status 3 when there is something to change. */
export const plan: Command = async (context) => {
  const whom = forWhom(context.args)
  if (whom === 'all') return (await import('../unattended/plan-all.ts')).planForAll(context)
  if (whom === 'skel') return (await import('../unattended/for-skel.ts')).planForSkel(context)
  const view = await context.engine.makePlan(await readShown(context), context.signal, projectOf(context))
  context.output.document(view)
  printPlan(context.output, view)
  if (!view.changed) return EXIT.done
  context.output.line(context.output.text.say('cli:plan.summary', { files: fileCount(view) }))
  return EXIT.different
}

/** The folder that `--project` names, else the one that we run in, whose project may hide what is set for the user. */
export const projectOf = ({ args }: Context): NonNullable<Places['project']> => ({
  folder: resolve(args.project ?? process.cwd()),
  chosen: args.project !== null,
})

/** What the run is remembered by: the profile's own name. */
export const whyOf = ({ args }: Context): Why => ({ by: 'profile', name: basename(args.profile ?? '') })

/** The profile that `--profile` names. Throws `bad-arguments`, `bad-profile`. */
export const readProfile = async (context: Context): Promise<Profile> =>
  (await readTrusted(need(context.args.profile, '--profile'), context)).profile

/** The same, and says what of it deserves a look before anything else is said. */
export async function readShown(context: Context): Promise<Profile> {
  const { profile, signature } = await readTrusted(need(context.args.profile, '--profile'), context)
  const { output } = context
  if (signature.state !== 'none')
    output.line(output.text.say(`profile:signature.${signature.state}`, { by: signature.by ?? '' }))
  printWill(
    output,
    willDo(profile).filter(({ weight }) => weight !== 'plain'),
  )
  return profile
}

/** What a profile would do, the strongest first. */
export function printWill({ line, paint, text }: Output, will: readonly Will[]): void {
  for (const { weight, note } of will)
    line(weight === 'plain' ? text.note(note) : paint(weight === 'strong' ? 'red' : 'yellow', `! ${text.note(note)}`))
}

/** The same, and whose signature it has. Throws what `trustProfile` throws as well. */
export async function readTrusted(path: string, { engine }: Context): Promise<TrustedProfile> {
  const bytes = await readGivenFile(path)
  const sys = systemOn(engine.places, realSystem())
  const whole = resolve(path)
  // What comes through a pipe has a name that the next program has as well: nothing lies beside it.
  const plain = (await sys.lstat(await sys.resolve(whole).catch(() => whole)))?.kind === 'file'
  const given = { name: basename(path), bytes, path: plain ? whole : null, folder: dirname(whole) }
  return trustProfile(given, sys, engine.places)
}

/** The bytes of a profile's file, or of a pipe. Throws `bad-arguments`. */
export async function readGivenFile(path: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  try {
    // A pipe is fine; a device without an end is read as far as no profile goes.
    for await (const part of createReadStream(path, { end: MAX_FILE })) parts.push(part)
  } catch {
    throw unreadableFile(path)
  }
  return Buffer.concat(parts)
}

/** Bytes; more than any profile may have. */
const MAX_FILE = 1024 * 1024

export const fileCount = (view: PlanView): number =>
  view.changes.filter(({ kind }) => kind === 'file' || kind === 'env' || kind === 'tree' || kind === 'rights').length

/** A plan for people: what was chosen, each change with its diff, findings last. */
export function printPlan(output: Output, view: PlanView): void {
  const { text } = output
  for (const choice of view.choices) output.line(text.note(choice))
  for (const change of view.changes) printChange(output, change)
  for (const finding of view.findings) output.line(text.finding(finding))
  if (!view.changed) output.line(text.say('cli:plan.nothing'))
}

const WILL = {
  create: 'cli:plan.willCreate',
  modify: 'cli:plan.willModify',
  delete: 'cli:plan.willDelete',
  folder: 'cli:plan.folder',
  pull: 'cli:plan.pull',
  keep: 'cli:plan.keep',
  move: 'plan:will.move',
  drop: 'plan:will.drop',
  rights: 'plan:will.rights',
  notice: 'plan:will.notice',
}
/** The words for a change of a run that is over. */
export const DID: typeof WILL = {
  create: 'history:cli.did.create',
  modify: 'history:cli.did.modify',
  delete: 'history:cli.did.delete',
  folder: 'history:cli.did.folder',
  pull: 'history:cli.did.pull',
  keep: 'history:cli.did.keep',
  move: 'history:cli.did.move',
  drop: 'history:cli.did.drop',
  rights: 'history:cli.did.rights',
  notice: 'history:cli.did.notice',
}

/** One change with its diff. */
export function printChange(output: Output, change: ChangeView, words: typeof WILL = WILL): void {
  const { text, paint } = output
  const say = (key: string, values = {}) => text.say(`cli:plan.${key}`, values)
  switch (change.kind) {
    case 'dir':
      output.line(`${paint('bold', change.path)}  ${text.say(words.folder)}`)
      return
    case 'image': {
      const size = change.size === null ? '' : `  ${text.say('cli:tags.download', { size: text.size(change.size) })}`
      output.line(`${paint('bold', change.name)}  ${text.say(words[change.action])}${size}`)
      return
    }
    case 'env':
    case 'file': {
      const action = text.say(words[change.action])
      const marks = [...(change.admin ? [say('admin')] : []), ...change.notify.map((id) => say(`notify.${id}`))]
      const link = change.kind === 'env' || change.real === null ? '' : ` ${say('link', { real: change.real })}`
      output.line(`${paint('bold', change.path)}${link}  ${[action, ...marks].join(' · ')}`)
      const lines = change.diff.split('\n')
      const body = lines.slice(
        Math.max(
          0,
          lines.findIndex((line) => line.startsWith('@@')),
        ),
      )
      for (const line of body) if (line !== '') output.line(`  ${paintDiff(output, line)}`)
      return
    }
    case 'tree': {
      const size = { size: text.size(change.bytes) }
      output.line(headOf(output, change, text.say(change.final ? words.drop : words.move, size)))
      return
    }
    case 'rights':
      output.line(headOf(output, change, `${text.say(words.rights)} ${change.before} → ${change.after}`))
      return
    case 'notice':
      output.line(headOf(output, change, text.say(`${words.notice}.${change.handler}`)))
      return
    default:
      assertNever(change)
  }
}

const headOf = ({ text, paint }: Output, { path, admin }: { path: string; admin: boolean }, does: string): string =>
  `${paint('bold', path)}  ${[does, ...(admin ? [text.say('cli:plan.admin')] : [])].join(' · ')}`

function paintDiff({ paint }: Output, line: string): string {
  if (line.startsWith('+')) return paint('green', line)
  if (line.startsWith('-')) return paint('red', line)
  return paint('dim', line)
}
