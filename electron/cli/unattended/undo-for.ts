import { type UndoAllResult, undoAllResultSchema, undoResultSchema } from '../../contract/run.ts'
import type { Account } from '../../platform/account.ts'
import { ordinaryAccounts } from '../../platform/ordinary-accounts.ts'
import { realSystem } from '../../system/real.ts'
import { type Context, EXIT } from '../command.ts'
import { asRoot, withoutEnd } from './as-root.ts'
import { askAccount, eachAccount, failureOf } from './ask-account.ts'
import { undoNewest } from './undo-newest.ts'

/** `undo --for skel`: the skeleton as it was before the newest run for it. */
export async function undoForSkel(given: Context): Promise<number> {
  const context = withoutEnd(await asRoot(given, '/etc/skel'))
  const system = await undoNewest(context, 'skel', context.args.onConflict)
  return end(given, { for: 'skel', changed: system !== null, run: system?.run ?? null, accounts: [], system })
}

/**
 * `undo --for all`: the newest run for all, of each account by that account, of the machine last. What the accounts have
 * done themselves stays.
 */
export async function undoForAll(given: Context): Promise<number> {
  const context = withoutEnd(await asRoot(given, '/home'))
  const { engine, args, signal } = context
  const accounts = await ordinaryAccounts(realSystem(), engine.places.root)
  const answers: UndoAllResult['accounts'] = []
  await eachAccount(accounts, async (account) => {
    const answer = await askAccount(context, account, { does: 'undo', policy: args.onConflict })
    if (answer.how === 'away') return
    const told = undoResultSchema.nullable().safeParse(answer.how === 'done' ? answer.result : undefined)
    const error = answer.how === 'failed' ? answer.error : told.success ? null : failureOf(context, told.error)
    answers.push(answerOf(account, told.data?.run ?? null, error))
  })
  answers.sort((a, b) => a.uid - b.uid)
  signal.throwIfAborted()
  const system = await undoNewest(context, 'all', args.onConflict)
  const changed = system !== null || answers.some((one) => one.changed)
  return end(given, { for: 'all', changed, run: system?.run ?? null, accounts: answers, system })
}

type Given = UndoAllResult['accounts'][number]
const answerOf = ({ name, uid, home }: Account, run: string | null, error: Given['error']): Given => ({
  ...{ user: name, uid, home, changed: run !== null, run, error },
})

function end({ output }: Context, result: UndoAllResult): number {
  output.document({ type: 'done', result: undoAllResultSchema.parse(result) })
  const { accounts, system } = result
  if (!result.changed && accounts.every(({ error }) => error === null)) output.line(output.text.say('cli:undo.none'))
  for (const path of system?.restored ?? []) output.line(`  ${path}  ${output.text.say('cli:undo.restored')}`)
  for (const { user, home, changed, error } of accounts) {
    const values = { user, home, message: error?.message ?? '' }
    if (error !== null || changed)
      output.line(output.text.say(error === null ? 'cli:all.back' : 'cli:all.failure', values))
  }
  return accounts.some(({ error }) => error !== null) ? EXIT.failed : EXIT.done
}
