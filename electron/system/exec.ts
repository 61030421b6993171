import { spawn } from 'node:child_process'
import type { HelperEnd, LineChannel } from '../core/elevation.ts'
import type { ExecOptions, ExecResult } from '../core/system.ts'
import { lineChannel } from './lines.ts'

const DEFAULT_TIMEOUT = 15_000
/** Output beyond this many bytes a stream is dropped: nothing that we ask prints as much. */
const MAX_OUTPUT = 4 * 1024 * 1024
/** Milliseconds for what an ended program has printed to arrive; something it started may hold the pipes open. */
const DRAIN = 500

/**
 * Starts a program by an argument list, never through a shell, and collects what it prints.
 * Never throws for an exit status; throws Node's spawn errors (`ENOENT`, `EACCES`), an `AbortError` on the
 * signal and an error with code `ETIMEDOUT` after the time-out. The child gets SIGTERM, a second later SIGKILL.
 */
export function exec(argv: readonly [string, ...string[]], options: ExecOptions = {}): Promise<ExecResult> {
  const [program, ...args] = argv
  const { signal, timeout = DEFAULT_TIMEOUT } = options
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(abortError())
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...(options.env ?? defaultEnvironment()) },
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
      detached: options.session === true,
      ...(options.as === undefined ? {} : { uid: options.as.uid, gid: options.as.gid }),
    })
    const stdout = options.heard === undefined ? collect(child.stdout) : () => ''
    if (options.heard !== undefined) child.stdout?.on('data', options.heard)
    const stderr = collect(child.stderr)
    let failure: Error | null = null
    let killer: NodeJS.Timeout | undefined
    let drain: NodeJS.Timeout | undefined
    const send = (name: 'SIGTERM' | 'SIGKILL') => {
      if (options.session === true && child.pid !== undefined) killGroup(child.pid, name)
      else child.kill(name)
    }
    const deafen = () => {
      child.stdout?.destroy()
      child.stderr?.destroy()
    }
    const stop = (error: Error) => {
      failure ??= error
      send('SIGTERM')
      killer ??= setTimeout(() => {
        send('SIGKILL')
        // A grandchild may hold the pipes open; what it would print no longer matters.
        deafen()
      }, 1000)
    }
    const timer = setTimeout(
      () => stop(Object.assign(new Error(`${program}: no answer in ${timeout} ms`), { code: 'ETIMEDOUT' })),
      timeout,
    )
    const onAbort = () => stop(abortError())
    signal?.addEventListener('abort', onAbort, { once: true })
    const settle = () => {
      clearTimeout(timer)
      clearTimeout(killer)
      clearTimeout(drain)
      signal?.removeEventListener('abort', onAbort)
    }
    child.on('error', (error) => {
      settle()
      reject(error)
    })
    child.on('exit', () => {
      if (options.session === true) send('SIGKILL')
      drain = setTimeout(deafen, DRAIN)
    })
    child.on('close', (code) => {
      settle()
      if (failure) reject(failure)
      else resolve({ code, stdout: stdout(), stderr: stderr() })
    })
    // A child that does not read its input closes the pipe; its exit status tells the story.
    child.stdin?.on('error', () => {})
    child.stdin?.end(options.input)
  })
}

/** Milliseconds in which a program that cannot work says so. */
const FIRST_BREATH = 700

/**
 * Starts a program that outlives this process and speaks to nobody of us. Answers false when it cannot be
 * started or ends with an error at once.
 */
export function startDetached(
  argv: readonly [string, ...string[]],
  options: { cwd: string; env: Readonly<Record<string, string>> },
): Promise<boolean> {
  const [program, ...args] = argv
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: options.cwd, env: { ...options.env }, detached: true, stdio: 'ignore' })
    const timer = setTimeout(() => resolve(true), FIRST_BREATH)
    const end = (well: boolean): void => {
      clearTimeout(timer)
      resolve(well)
    }
    child.on('error', () => end(false))
    child.on('exit', (code) => end(code === 0))
    child.unref()
  })
}

/**
 * Starts a program that we speak with line by line. It stays in our session, so that what asks for a password finds
 * the terminal, and it is never killed: closing its input is what ends it. `ended` never throws.
 */
export function startTalking(
  argv: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
): { channel: LineChannel; ended: Promise<HelperEnd> } {
  const [program, ...args] = argv
  const child = spawn(program, args, { cwd: '/', env: { ...env }, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true })
  const stderr = collect(child.stderr)
  const ended = new Promise<HelperEnd>((resolve) => {
    child.on('error', (error) => resolve({ code: null, stderr: error.message }))
    child.on('exit', (code) => setTimeout(() => resolve({ code, stderr: stderr() }), EXIT_DRAIN))
  })
  const channel = lineChannel(child.stdout, child.stdin, () => child.stdin.end())
  return { channel, ended }
}

/** Milliseconds for the last words of a program that has ended. */
const EXIT_DRAIN = 50

/** The session's processes; none may be left. */
function killGroup(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-pid, name)
  } catch {
    // Nobody of it is left.
  }
}

function defaultEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C.UTF-8' }
}

function abortError(): Error {
  const error = new Error('aborted')
  error.name = 'AbortError'
  return error
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Buffer[] = []
  let size = 0
  stream?.on('data', (chunk: Buffer) => {
    if (size < MAX_OUTPUT) chunks.push(chunk)
    size += chunk.length
  })
  return () => Buffer.concat(chunks).subarray(0, MAX_OUTPUT).toString('utf8')
}
