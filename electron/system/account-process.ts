import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** util-linux; it also gives an account its groups, which Node alone does not. */
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv']
/** Milliseconds for giving back what a child has begun, and then for the kernel to take it away. */
const GRACE = 20_000
const LAST = 2000
/** What a child may say in all, in bytes: the account's owner could make it say anything. */
const MAX_OUTPUT = 64 * 1024 * 1024
const MAX_ERRORS = 16 * 1024

export type AccountChild = {
  uid: number
  gid: number
  /** `own`: those that the system knows for the account. */
  groups: 'own' | readonly number[]
  /** The child's whole environment. */
  env: Readonly<Record<string, string>>
  input: string
  signal: AbortSignal
  /** Milliseconds until the first line, and for all of it. */
  first: number
  limit: number
  /** For giving back what the child has begun, once it is told to end; default 20,000. */
  grace?: number
  onLine(line: string): void
}

/** `silent`: no line came in time; `late`: it did not end in time. */
export type ChildEnd = { how: 'ended' | 'silent' | 'late' | 'cancelled'; code: number | null; stderr: string }

/**
 * Runs a program as another account, for root: in a session of its own, in `/`, without any of our rights. Never
 * waits longer than its limits, also for a child that the kernel does not let go (a dead network file system): that
 * one is left behind. Never throws.
 */
export function runAs(argv: readonly [string, ...string[]], how: AccountChild): Promise<ChildEnd> {
  const [program, args, identity] = asAccount(argv, how)
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: '/',
      env: { ...how.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      ...identity,
    })
    let stderr = ''
    let end: ChildEnd['how'] = 'ended'
    let begun = false
    const timers = new Set<NodeJS.Timeout>()
    const after = (ms: number, work: () => void): NodeJS.Timeout => {
      const timer = setTimeout(work, ms)
      timers.add(timer)
      return timer
    }
    const send = (name: 'SIGTERM' | 'SIGKILL'): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, name)
      } catch {
        // Nobody of it is left.
      }
    }
    const settle = (code: number | null): void => {
      for (const timer of timers) clearTimeout(timer)
      how.signal.removeEventListener('abort', onAbort)
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
      child.unref()
      resolve({ how: end, code, stderr })
    }
    const stop = (why: ChildEnd['how']): void => {
      if (end !== 'ended') return
      end = why
      send('SIGTERM')
      // One that has not yet begun has nothing to give back.
      after(begun ? (how.grace ?? GRACE) : LAST, () => {
        send('SIGKILL')
        after(LAST, () => settle(null))
      })
    }
    const onAbort = (): void => stop('cancelled')
    const first = after(how.first, () => stop('silent'))
    after(how.limit, () => stop('late'))
    how.signal.addEventListener('abort', onAbort, { once: true })
    if (how.signal.aborted) onAbort()
    const lines = createInterface({ input: child.stdout, crlfDelay: Infinity })
    lines.on('line', (line) => {
      begun = true
      clearTimeout(first)
      how.onLine(line)
    })
    let said = 0
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.length
      if (said <= MAX_OUTPUT) return
      stop('late')
      child.stdout.destroy()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < MAX_ERRORS) stderr += chunk.toString('utf8')
    })
    child.on('error', (error) => {
      stderr += error.message
      settle(null)
    })
    // What it may have started ends with it. What has left its session could still hold a pipe open: nobody waits for it.
    child.on('exit', (code) => {
      send('SIGKILL')
      after(LAST, () => settle(code))
    })
    child.on('close', (code) => settle(code))
    child.stdin.on('error', () => {})
    child.stdin.end(how.input)
  })
}

type Start = readonly [program: string, args: readonly string[], identity: { uid?: number; gid?: number }]

function asAccount([program, ...args]: readonly [string, ...string[]], { uid, gid, groups }: AccountChild): Start {
  const setpriv = SETPRIV.find((path) => existsSync(path))
  // Without it the account's other groups are missing, and nothing of root's is kept either.
  if (setpriv === undefined) return [program, args, { uid, gid }]
  const more =
    groups === 'own' ? ['--init-groups'] : groups.length > 0 ? ['--groups', groups.join(',')] : ['--clear-groups']
  return [setpriv, ['--reuid', `${uid}`, '--regid', `${gid}`, ...more, '--', program, ...args], {}]
}
