import { basename } from 'node:path'
import type { Finding } from '../../contract/note.ts'
import type { PlanView } from '../../contract/plan.ts'
import type { Profile } from '../../contract/profile.ts'
import { applyResultSchema, unattendedPlanSchema, unattendedResultSchema } from '../../contract/run.ts'
import { CodedError } from '../../core/errors.ts'
import { under } from '../../core/paths.ts'
import { createEngine, type Engine } from '../../engine.ts'
import { copyHome } from '../../system/copy-home.ts'
import { realSystem } from '../../system/real.ts'
import { printResult } from '../commands/apply.ts'
import { printPlan, readProfile } from '../commands/plan.ts'
import { type Context, EXIT, follow, settle } from '../command.ts'
import { asRoot, askFirst, filesOf, inRoot, withoutEnd } from './as-root.ts'
import { askAccount } from './ask-account.ts'
import { accountPart, machineKeys } from './parts.ts'
import { told } from './plan-all.ts'

/** Whom a copy is given for being asked: passwd(5) keeps this number for nobody. */
const NOBODY = 65_534

/** `apply --for skel`: the account's part of a profile into the skeleton of homes to come; proved in a copy of it. */
export async function applyForSkel(given: Context): Promise<number> {
  const context = withoutEnd(await asRoot(given, '/etc/skel'))
  const { output } = context
  const profile = await readProfile(context)
  await settle(context)
  const { engine, view } = await planSkel(context, profile)
  printPlan(output, view)
  if (view.changed) await askFirst(context, output.text.say('cli:skel.confirm', { path: engine.places.home }))
  const answer = await follow({ ...context, engine }, () => engine.startApply(view.id))
  const result = applyResultSchema.parse(answer)
  const left = leftOut(profile)
  const whole = { ...result, findings: [...result.findings, ...left], for: 'skel' as const }
  given.output.document({ type: 'done', result: unattendedResultSchema.parse(whole) })
  printResult(output, whole)
  return EXIT.done
}

/** `plan --for skel`: the same as a diff. Writes nothing. */
export async function planForSkel(given: Context): Promise<number> {
  const context = withoutEnd(await asRoot(given, '/etc/skel'))
  const profile = await readProfile(context)
  const { view } = await planSkel(context, profile)
  const whole = { ...view, findings: [...view.findings, ...leftOut(profile)], for: 'skel', accounts: [] }
  return told(given, unattendedPlanSchema.parse(whole))
}

async function planSkel(context: Context, profile: Profile): Promise<{ engine: Engine; view: PlanView }> {
  const { args, engine: roots, signal } = context
  const part = accountPart(profile)
  if (part === null) throw new CodedError('no-account', { for: 'skel', reason: 'cli:reason.nothing-named' })
  const home = inRoot(roots.places, '/etc/skel')
  const engine: Engine = await createEngine({
    home,
    ...{ root: args.root, catalogue: args.catalogue, helper: null, terminal: false },
    skeleton: { state: roots.places.state, prove: (at) => prove({ ...context, signal: at }, engine, part) },
  })
  const view = await engine.makePlan(part, signal, null, { by: 'skel', name: basename(args.profile ?? '') })
  return { engine, view }
}

/** Asks real shells and tools, as nobody, in a home that was made from the skeleton as useradd does. */
async function prove(context: Context, engine: Engine, profile: Profile): Promise<readonly Finding[]> {
  const owner = { uid: NOBODY, gid: NOBODY }
  // What was chosen for the skeleton counts in the copy, however old it is.
  const startedAt = new Date().toISOString()
  const handed = (await engine.lastRaces()).map((race) => ({ ...race, startedAt }))
  const files = await filesOf(profile)
  return realSystem().withScratch({}, async (folder) => {
    const home = under(folder, 'home')
    await copyHome(engine.places.home, home, owner)
    const account = { name: 'nobody', ...owner, home }
    const answer = await askAccount(context, account, { does: 'prove', profile, files, name: '', handed })
    if (answer.how === 'done') return applyResultSchema.parse(answer.result).findings
    const why = answer.how === 'failed' ? answer.error : null
    // The program itself may lie where nobody else can read it.
    const severity = why === null || why.code === 'account-silent' ? 'warning' : 'error'
    const details = why === null ? [] : [why.message, ...(why.cause === undefined ? [] : [why.cause])]
    return [{ id: 'skel.proof', severity, note: { key: 'plan:skel.unproved' }, details }]
  })
}

/** What a home cannot hold. */
function leftOut(profile: Profile): Finding[] {
  const keys = machineKeys(profile)
  const note = { key: 'plan:skel.leftOut', values: { keys: keys.join(', ') } }
  return keys.length === 0 ? [] : [{ id: 'skel.left-out', severity: 'info', note }]
}
