import { basename } from 'node:path'
import type { Finding } from '../../contract/note.ts'
import type { Profile } from '../../contract/profile.ts'
import {
  type AccountResult,
  type ApplyResult,
  applyResultSchema,
  type UnattendedResult,
  unattendedResultSchema,
} from '../../contract/run.ts'
import { CodedError } from '../../core/errors.ts'
import type { Account } from '../../platform/account.ts'
import { ordinaryAccounts } from '../../platform/ordinary-accounts.ts'
import { realSystem } from '../../system/real.ts'
import { printResult } from '../commands/apply.ts'
import { printPlan, readProfile, whyOf } from '../commands/plan.ts'
import { type Context, EXIT, follow, settle } from '../command.ts'
import type { Output } from '../output.ts'
import { asRoot, askFirst, filesOf, inRoot, withoutEnd } from './as-root.ts'
import { type Answer, askAccount, eachAccount, failureOf } from './ask-account.ts'
import { awaitDocker } from './await-docker.ts'
import { accountPart, machinePart } from './parts.ts'
import { needsRace, sharedRaces, type SharedRaces } from './shared-races.ts'

/**
 * `apply --for all`: the machine's part once, then each account's as that account. Where the machine's fails, no account
 * is touched; an account that fails stops no other, and makes the status 1.
 */
export async function applyForAll(given: Context): Promise<number> {
  const context = withoutEnd(await asRoot(given, '/home'))
  const profile = await readProfile(context)
  const { accounts, machine, own } = await partsOf(context, profile)
  const { output, signal } = context
  await askFirst(context, output.text.say('cli:all.confirm', { count: own === null ? 0 : accounts.length }))
  const system = machine === null ? null : await applyMachine(context, machine, own)
  const results: AccountResult[] = []
  const away: string[] = []
  if (own !== null) {
    const files = await filesOf(own)
    const races = sharedRaces(context, own)
    const ask = async (account: Account): Promise<void> => {
      const answer = await withRaces(context, account, own, files, races)
      if (answer.how === 'away') return void away.push(account.name)
      const result = resultOf(context, account, answer)
      results.push(result)
      output.document({ type: 'account', ...result })
      printAccount(output, result)
    }
    await eachAccount(accounts, ask)
  }
  results.sort((a, b) => a.uid - b.uid)
  const whole = wholeOf(system, results, away)
  // Called off before anything stands: as if it had never begun.
  if (signal.aborted && !whole.changed && results.every(({ error }) => error?.remaining === undefined))
    throw signal.reason
  given.output.document({ type: 'done', result: whole })
  const failed = results.filter(({ error }) => error !== null).length
  const count = results.length
  output.line(output.text.say(failed === 0 ? 'cli:all.well' : 'cli:all.failed', { count, failed }))
  for (const finding of whole.findings) if (finding.id === AWAY) output.line(output.text.finding(finding))
  return failed === 0 ? EXIT.done : EXIT.failed
}

export type Parts = { accounts: readonly Account[]; machine: Profile | null; own: Profile | null }

/** Who and what it is about. Throws `no-account` where that is nobody and nothing. */
export async function partsOf({ engine }: Context, profile: Profile): Promise<Parts> {
  const accounts = await ordinaryAccounts(realSystem(), engine.places.root)
  const [machine, own] = [machinePart(profile), accountPart(profile)]
  if (machine === null && (own === null || accounts.length === 0))
    throw new CodedError('no-account', {
      for: 'all',
      reason: own === null ? 'cli:reason.nothing-named' : 'cli:reason.no-people',
      path: inRoot(engine.places, '/etc/passwd'),
    })
  return { accounts, machine, own }
}

async function applyMachine(context: Context, profile: Profile, own: Profile | null): Promise<ApplyResult> {
  const { engine, output, signal } = context
  const cutOff = await settle(context)
  await awaitDocker(context, profile, cutOff)
  const why = { ...whyOf(context), by: 'all' as const }
  const view = await engine.makePlan(profile, signal, null, why, own ?? undefined)
  printPlan(output, view)
  const result = applyResultSchema.parse(await follow(context, () => engine.startApply(view.id)))
  printResult(output, result)
  return result
}

/** An account's part; root runs the races once, where one of the accounts needs them. */
async function withRaces(
  context: Context,
  account: Account,
  profile: Profile,
  files: Record<string, string>,
  races: SharedRaces,
): Promise<Answer> {
  const name = basename(context.args.profile ?? '')
  const ask = (): Promise<Answer> =>
    askAccount(context, account, { does: 'apply', profile, files, name, handed: [...races.results()] })
  const first = await ask()
  if (!needsRace(first)) return first
  try {
    await races.run()
  } catch (error) {
    return { how: 'failed', error: failureOf(context, error) }
  }
  return ask()
}

function resultOf(context: Context, { name, uid, home }: Account, answer: Answer): AccountResult {
  const nothing = { user: name, uid, home, changed: false, run: null, files: [], findings: [] }
  if (answer.how === 'failed') return { ...nothing, error: answer.error }
  const told = applyResultSchema.safeParse(answer.how === 'done' ? answer.result : null)
  // Whatever an account's own process prints is only looked at.
  if (!told.success) return { ...nothing, error: failureOf(context, told.error) }
  const { changed, run, files, findings } = told.data
  return { ...nothing, changed, run, files: changed ? files : [], findings, error: null }
}

const AWAY = 'all.away'

function wholeOf(
  system: ApplyResult | null,
  accounts: readonly AccountResult[],
  away: readonly string[],
): UnattendedResult {
  const note = { key: 'plan:all.away', values: { users: away.join(', ') } }
  const left: Finding[] = away.length === 0 ? [] : [{ id: AWAY, severity: 'info', note }]
  return unattendedResultSchema.parse({
    for: 'all',
    run: system?.run ?? null,
    changed: system?.changed === true || accounts.some(({ changed }) => changed),
    files: [...(system?.files ?? []), ...accounts.flatMap(({ files }) => files)],
    choices: system?.choices ?? [],
    image: system?.image ?? null,
    receipt: system?.receipt ?? null,
    verification: system?.verification ?? null,
    findings: [...(system?.findings ?? []), ...accounts.flatMap(({ findings }) => findings), ...left],
    accounts,
    system,
  })
}

function printAccount({ line, paint, text }: Output, { user, home, changed, error }: AccountResult): void {
  const state = error !== null ? 'failure' : changed ? 'changed' : 'same'
  const colour = error !== null ? 'red' : 'green'
  line(paint(colour, text.say(`cli:all.${state}`, { user, home, message: error?.message ?? '' })))
}
