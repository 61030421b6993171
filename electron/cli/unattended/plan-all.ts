import { basename } from 'node:path'
import { type PlanView, planViewSchema } from '../../contract/plan.ts'
import { type ForWhom, type UnattendedPlan, unattendedPlanSchema } from '../../contract/run.ts'
import type { Account } from '../../platform/account.ts'
import { fileCount, printPlan, readProfile } from '../commands/plan.ts'
import { type Context, EXIT } from '../command.ts'
import { asRoot, filesOf, withoutEnd } from './as-root.ts'
import { type Answer, askAccount, eachAccount, failureOf } from './ask-account.ts'
import { partsOf } from './for-all.ts'
import { needsRace, sharedRaces } from './shared-races.ts'

type Seen = { account: Account; answer: Answer }

/** `plan --for all`: what would change, for the machine and each account. Writes nothing. */
export async function planForAll(given: Context): Promise<number> {
  const context = withoutEnd(await asRoot(given, '/home'))
  const { engine, signal } = context
  const profile = await readProfile(context)
  const { accounts, machine, own } = await partsOf(context, profile)
  const system = machine === null ? null : await engine.makePlan(machine, signal, null, undefined, own ?? undefined)
  const seen: Seen[] = []
  if (own !== null) {
    const files = await filesOf(own)
    const races = sharedRaces(context, own)
    const name = basename(context.args.profile ?? '')
    const ask = (account: Account): Promise<Answer> =>
      askAccount(context, account, { does: 'plan', profile: own, files, name, handed: [...races.results()] })
    await eachAccount(accounts, async (account) => {
      const first = await ask(account)
      const answer = needsRace(first) ? await races.run().then(() => ask(account)) : first
      if (answer.how !== 'away') seen.push({ account, answer })
    })
  }
  seen.sort((a, b) => a.account.uid - b.account.uid)
  signal.throwIfAborted()
  return told(given, planOf(context, 'all', system, seen))
}

/** One plan out of the machine's and the accounts'. */
function planOf(context: Context, whom: ForWhom, system: PlanView | null, seen: readonly Seen[]): UnattendedPlan {
  const views: PlanView[] = system === null ? [] : [system]
  const accounts = seen.map(({ account: { name, uid, home }, answer }) => {
    const told = planViewSchema.safeParse(answer.how === 'done' ? answer.result : null)
    const failed = answer.how === 'failed' ? answer.error : null
    if (told.success) views.push(told.data)
    const error = failed ?? (told.success ? null : failureOf(context, told.error))
    return { user: name, uid, home, changed: told.data?.changed ?? false, error }
  })
  return unattendedPlanSchema.parse({
    for: whom,
    changed: views.some(({ changed }) => changed),
    image: system?.image ?? null,
    changes: views.flatMap(({ changes }) => changes),
    choices: views.flatMap(({ choices }) => choices),
    findings: views.flatMap(({ findings }) => findings),
    rights: 'not-needed',
    accounts,
  })
}

/** Prints a plan; status 1 where an account could not be asked, 3 where something would change. */
export function told({ output }: Context, plan: UnattendedPlan): number {
  output.document(plan)
  printPlan(output, { id: '', ...plan })
  for (const { error, user, home } of plan.accounts)
    if (error !== null) output.line(output.text.say('cli:all.failure', { user, home, message: error.message }))
  if (plan.changed) output.line(output.text.say('cli:plan.summary', { files: fileCount({ id: '', ...plan }) }))
  if (plan.accounts.some(({ error }) => error !== null)) return EXIT.failed
  return plan.changed ? EXIT.different : EXIT.done
}
