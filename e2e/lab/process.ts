import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** Something that the lab needs or does went wrong. The message names the part and what to do. */
export class LabError extends Error {
  constructor(part: string, text: string, cause?: unknown) {
    super(`lab: ${part}: ${text}`, cause === undefined ? {} : { cause })
    this.name = 'LabError'
  }
}

export type Result = { code: number | null; stdout: string; stderr: string }
export type RunOptions = {
  env?: NodeJS.ProcessEnv
  cwd?: string
  /** Milliseconds; default 120,000. */
  timeout?: number
}

/** Runs a program with an argument list and collects what it says. Never throws for an exit status. */
export function run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeout ?? 120_000,
      killSignal: 'SIGKILL',
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', (code) =>
      resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    )
  })
}

/** As `run`, but an exit status other than 0 throws with what the program said. Answers its standard output. */
export async function must(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<string> {
  const result = await run(argv, options)
  if (result.code !== 0) {
    throw new LabError(
      argv[0],
      `'${argv.join(' ')}' ended with ${result.code}: ${(result.stderr || result.stdout).trim()}`,
    )
  }
  return result.stdout
}

/** A server that the lab started. */
export type Server = {
  name: string
  pid: number
  /** False as soon as the process has ended. */
  running(): boolean
  /** SIGTERM, then SIGKILL after `grace` milliseconds; resolves when the process has ended. */
  stop(grace?: number): Promise<void>
}

/**
 * Starts a server in a session of its own (so a Ctrl-C in the terminal reaches only the lab, which then stops its
 * servers in order), with its output in `log`. The kernel sends it SIGTERM when the lab itself dies (setpriv --pdeathsig).
 */
export async function serve(name: string, argv: readonly string[], log: string, env = process.env): Promise<Server> {
  const out = openSync(log, 'a')
  const child: ChildProcess = spawn('setpriv', ['--pdeathsig', 'TERM', '--', ...argv], {
    detached: true,
    stdio: ['ignore', out, out],
    env,
  })
  closeSync(out)
  let alive = true
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      alive = false
      resolve()
    }
    child.on('exit', end)
    child.on('error', end)
  })
  const pid = child.pid
  if (pid === undefined) throw new LabError(name, `cannot start ${argv[0] ?? ''}`)
  return {
    name,
    pid,
    running: () => alive,
    async stop(grace = 10_000) {
      if (!alive) return
      child.kill('SIGTERM')
      await Promise.race([ended, sleep(grace, undefined, { ref: false })])
      if (alive) child.kill('SIGKILL')
      await ended
    },
  }
}

/** Waits until `ready` answers true; throws with the end of the log when the server ends or `timeout` ms pass. */
export async function until(
  server: Server,
  log: string,
  ready: () => Promise<boolean>,
  timeout = 25_000,
): Promise<void> {
  const end = Date.now() + timeout
  while (!(await ready())) {
    if (!server.running() || Date.now() > end) {
      const text = await readFile(log, 'utf8').catch(() => '')
      const what = server.running() ? `not ready after ${timeout} ms` : 'ended'
      throw new LabError(server.name, `${what}:\n${text.split('\n').slice(-15).join('\n')}`)
    }
    await sleep(40)
  }
}
