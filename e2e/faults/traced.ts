import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Desk } from '../harness.ts'
import { projectRoot } from '../lab/cache.ts'
import { type Call, readCalls } from './strace.ts'

/** Which call meets what: `when` counts this call's own number, `3` once, `3+` from there on, `3..5` three times. */
export type Injection = { call: string; when: string; what: string }
export type Traced = { code: number | null; killed: boolean; stdout: string; stderr: string; calls: readonly Call[] }

/** What the program's own thread for files calls: everything that changes something, and what is read beside it. */
export const CALLS = [
  ...['openat', 'close', 'read', 'statx', 'fsync', 'ftruncate', 'write', 'pwrite64'],
  ...['rename', 'unlink', 'mkdir', 'rmdir', 'fchmod', 'fchown', 'utimensat', 'link', 'symlink'],
]

/** Longer than any test's own run; only a program that never ends meets it. */
const TIMEOUT = 300_000

let quiet: Promise<{ pid: number; end(): void }> | null = null

/** The process whose mount namespace holds none of the tools that GoReady asks. */
const quietPlace = async (): Promise<number> => (await (quiet ??= openQuietPlace())).pid

function openQuietPlace(): Promise<{ pid: number; end(): void }> {
  const script = join(projectRoot(), 'e2e/faults/quiet.sh')
  const child = spawn('/usr/bin/unshare', ['--mount', '--propagation', 'private', '--', '/bin/sh', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => reject(new Error(`quiet.sh ended with ${code}`)))
    child.stdout.once('data', () => resolve({ pid: child.pid ?? 0, end: () => child.stdin.end() }))
  })
}

/** Ends what `traced` has started for all runs. */
export async function endTracing(): Promise<void> {
  const open = await quiet
  quiet = null
  open?.end()
}

/** `cp` alone: what carries a file's attributes over. */
function toolsFolder(desk: Desk): string {
  const folder = join(desk.dir, 'bin')
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true })
    symlinkSync('/bin/cp', join(folder, 'cp'))
  }
  return folder
}

/**
 * Runs the command line on a desk with strace at the thread that works on files, so that `when=` counts that
 * thread's calls and the run is the same each time. `strings`: how much of each string the log keeps.
 */
export async function traced(
  desk: Desk,
  args: readonly string[],
  injection: Injection | null,
  strings = 300,
): Promise<Traced> {
  const here = join(projectRoot(), 'e2e/faults')
  const hold = ['--require', join(here, 'thread.cjs'), '--import', join(here, 'hold.mjs')]
  const node = [process.execPath, ...hold, join(projectRoot(), 'out/node/cli.js')]
  const own = ['--home', desk.home, '--root', desk.root, '--catalogue', desk.catalogue, '--lang', 'en']
  const child = spawn(
    '/usr/bin/nsenter',
    [`--mount=/proc/${await quietPlace()}/ns/mnt`, '--', ...node, ...args, ...own],
    {
      cwd: desk.dir,
      env: { PATH: toolsFolder(desk), LANG: 'C.UTF-8', UV_THREADPOOL_SIZE: '1' },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      timeout: TIMEOUT,
      killSignal: 'SIGKILL',
    },
  )
  let [stdout, stderr, tid] = ['', '', '']
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')))
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
  await new Promise<void>((resolve, reject) => {
    child.stdio[3]?.on('data', (chunk: Buffer) => {
      tid += chunk.toString('utf8')
      if (tid.endsWith('\n')) resolve()
    })
    child.stdio[3]?.on('close', () => reject(new Error(`it ended before it could be traced: ${stderr}`)))
  })
  const log = join(desk.dir, 'calls.log')
  const inject = injection === null ? [] : ['-e', `inject=${injection.call}:${injection.what}:when=${injection.when}`]
  const trace = ['-e', `trace=${CALLS.join(',')}`, '-e', 'signal=none']
  const strace = spawn(
    'strace',
    ['-q', '-y', '-s', String(strings), '-o', log, ...trace, ...inject, '-p', tid.trim()],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let complaint = ''
  strace.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString('utf8')))
  const finished = new Promise<void>((resolve, reject) => {
    strace.on('error', reject)
    strace.on('close', (code, signal) => {
      // It ends as its tracee does.
      if (code === 0 || signal === 'SIGKILL' || code === 137) resolve()
      else reject(new Error(`strace: ${code} ${complaint}`))
    })
  })
  const { code, signal } = await ended
  await finished
  return { code, killed: signal === 'SIGKILL', stdout, stderr, calls: readCalls(await readFile(log, 'utf8')) }
}
