import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { accountBegunSchema, type AccountJob } from '../../contract/account-job.ts'
import { type AppError, appErrorSchema } from '../../contract/note.ts'
import type { AccountResult } from '../../contract/run.ts'
import { CodedError, toAppError } from '../../core/errors.ts'
import type { Account } from '../../platform/account.ts'
import { groupsOf } from '../../platform/ordinary-accounts.ts'
import { PLAIN_PATH } from '../../settings/find-program.ts'
import { runAs } from '../../system/account-process.ts'
import type { Context } from '../command.ts'
import { selfCommand } from './self.ts'

/** Milliseconds until an account has looked at its home, which may be a server's, and for all of its part. */
const FIRST = 30_000
const LIMIT = 300_000
/** Accounts at one time: each downloads and asks on the same line. */
const WIDTH = 4

export type Failure = NonNullable<AccountResult['error']>
/** `away`: it has no home of its own, so it is nobody's who works here. */
export type Answer = { how: 'done'; result: unknown } | { how: 'failed'; error: Failure } | { how: 'away' }

/** What an account's programs ask the network by; an address with a password in it is not everybody's. */
const PROXIES = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']

/** Lets an account do its part in a process of its own. Never throws, never waits longer than its limits. */
export async function askAccount(context: Context, account: Account, job: AccountJob): Promise<Answer> {
  const { signal } = context
  if (signal.aborted) return { how: 'failed', error: failureOf(context, signal.reason) }
  let begun: boolean | null = null
  let last: { type?: unknown; result?: unknown; error?: unknown } = {}
  const end = await runAs([...selfCommand(), ...argumentsFor(context)], {
    uid: account.uid,
    gid: account.gid,
    groups: await groupsFor(context, account),
    env: environmentFor(context, account),
    input: JSON.stringify(job),
    signal,
    first: FIRST,
    limit: LIMIT,
    onLine(line) {
      const document = parsed(line)
      if (document === null) return
      const first = accountBegunSchema.safeParse(document)
      if (first.success) begun = first.data.own
      last = document
    },
  })
  if (begun === false) return { how: 'away' }
  if (last.type === 'done' && end.how === 'ended' && end.code === 0) return { how: 'done', result: last.result }
  const told = appErrorSchema.safeParse(last.type === 'error' ? last.error : null)
  if (end.how === 'cancelled') return { how: 'failed', error: calledOff(context, told.data) }
  if (told.success) return { how: 'failed', error: withMessage(context, told.data) }
  if (end.how === 'late') return { how: 'failed', error: failureOf(context, new CodedError('timeout', {}, end.stderr)) }
  const silent = new CodedError('account-silent', { user: account.name, home: account.home }, end.stderr.trim())
  return { how: 'failed', error: failureOf(context, silent) }
}

/** Some at a time, answers in the order of the accounts. */
export async function eachAccount<T>(
  accounts: readonly Account[],
  work: (account: Account) => Promise<T>,
): Promise<T[]> {
  const answers: T[] = []
  const waiting = [...accounts.entries()]
  const one = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) answers[next[0]] = await work(next[1])
  }
  await Promise.all(Array.from({ length: WIDTH }, one))
  return answers
}

/** An error of an account as it is listed, with its sentence. */
export const failureOf = (context: Context, error: unknown): Failure => withMessage(context, toAppError(error))

/** The command's own end, with what the account could not give back. */
function calledOff(context: Context, told: AppError | undefined): Failure {
  const error = toAppError(context.signal.reason)
  return withMessage(context, told?.remaining === undefined ? error : { ...error, remaining: told.remaining })
}

const withMessage = ({ output }: Context, error: AppError): Failure => ({
  ...error,
  message: output.text.error(error).slice(0, 2).join(' '),
})

function argumentsFor({ args }: Context): string[] {
  const { root, catalogue, lang } = args
  return [
    ...['account', '--json', '--lang', lang],
    ...(root === null ? [] : ['--root', root]),
    ...(catalogue === null ? [] : ['--catalogue', catalogue]),
  ]
}

function environmentFor({ engine, io }: Context, account: Account): Record<string, string> {
  const { environment } = engine.places
  const kept = Object.entries(environment).filter(
    ([name, value]) => PROXIES.includes(name.toLowerCase()) && !value.includes('@'),
  )
  return {
    ...Object.fromEntries(kept),
    PATH: PLAIN_PATH,
    LANG: io.environment['LANG'] ?? 'C.UTF-8',
    HOME: account.home,
    USER: account.name,
    LOGNAME: account.name,
  }
}

async function groupsFor({ engine }: Context, account: Account): Promise<'own' | readonly number[]> {
  const { otherRoot, root } = engine.places
  if (!otherRoot) return 'own'
  return groupsOf(account, await readFile(join(root, 'etc/group'), 'utf8').catch(() => ''))
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}
