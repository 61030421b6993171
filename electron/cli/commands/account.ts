import { lstatSync, statSync } from 'node:fs'
import type { PlanView } from '../../contract/plan.ts'
import type { Profile } from '../../contract/profile.ts'
import { type AccountJob, accountJobSchema } from '../../contract/account-job.ts'
import { applyResultSchema } from '../../contract/run.ts'
import { CodedError } from '../../core/errors.ts'
import { under } from '../../core/paths.ts'
import { createEngine, type Engine } from '../../engine.ts'
import { realSystem } from '../../system/real.ts'
import { type Command, type Context, EXIT, follow, settle } from '../command.ts'
import { undoNewest } from '../unattended/undo-newest.ts'

/** More than any profile with its files and the races of all targets. */
const MAX_JOB = 16 * 1024 * 1024

/**
 * `account`: what `--for all` starts as each account, with its job on standard input. Not for people: nothing is
 * asked, no administrator's helper is started. Prints `begun` first, the answer last.
 */
export const account: Command = async (context) => {
  process.umask(0o022)
  const job = await readJob(context)
  const own = hasOwnHome(context.io.environment['HOME'] ?? '')
  context.output.document({ type: 'begun', own })
  if (!own) return EXIT.done
  const { home, root, catalogue } = context.args
  const handed = job.does === 'undo' ? null : job.handed
  const engine = await createEngine({ home, root, catalogue, handed, helper: null, terminal: false })
  const mine = { ...context, engine }
  if (job.does === 'undo') {
    context.output.document({ type: 'done', result: await undoNewest(mine, 'all', job.policy) })
    return EXIT.done
  }
  // The plan may read what the profile names for as long as it is carried out.
  await realSystem().withScratch(bytesOf(job), (folder) => carryOut(mine, job, placed(job, folder)))
  return EXIT.done
}

type ProfileJob = Exclude<AccountJob, { does: 'undo' }>

async function carryOut(context: Context, job: ProfileJob, profile: Profile): Promise<void> {
  const { engine, output, signal } = context
  if (job.does === 'apply') await settle(context)
  const view = await engine.makePlan(profile, signal, null, { by: 'all', name: job.name })
  if (job.does === 'plan') return output.document({ type: 'done', result: view })
  if (job.does === 'prove' && view.changed) throw notProved(view)
  const result = applyResultSchema.parse(await follow(context, () => start(engine, view)))
  output.document({ type: 'done', result })
}

const start = (engine: Engine, view: PlanView): string => engine.startApply(view.id)

const notProved = (view: PlanView): CodedError => {
  const paths = view.changes.flatMap((change) => ('path' in change ? [change.path] : []))
  return new CodedError('setting-not-effective', { setting: 'shell' }, paths.join('\n'))
}

async function readJob({ io }: Context): Promise<AccountJob> {
  let text = ''
  io.stdin.setEncoding('utf8')
  for await (const part of io.stdin) {
    text += String(part)
    if (text.length > MAX_JOB) break
  }
  try {
    return accountJobSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new CodedError('bad-arguments', { reason: 'cli:reason.unknown-command', name: 'account' }, error)
  }
}

/** A folder of this account's own; where its server is away, this is what waits. */
function hasOwnHome(home: string): boolean {
  if (!home.startsWith('/')) return false
  try {
    return lstatSync(home) !== undefined && statSync(home).isDirectory() && statSync(home).uid === process.geteuid?.()
  } catch {
    return false
  }
}

const nameOf = (index: number): string => `${index}.pem`

const bytesOf = ({ files }: ProfileJob): Record<string, Uint8Array> =>
  Object.fromEntries(Object.values(files).map((text, index) => [nameOf(index), new TextEncoder().encode(text)]))

/** The profile with its files where this account finds them. */
function placed({ profile, files }: ProfileJob, folder: string): Profile {
  if (profile.authorities === undefined) return profile
  const names = Object.keys(files)
  const authorities = profile.authorities.map((authority) => ({
    ...authority,
    file: names.includes(authority.file) ? under(folder, nameOf(names.indexOf(authority.file))) : authority.file,
  }))
  return { ...profile, authorities }
}
