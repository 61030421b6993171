import { type ChildProcess, type SpawnOptions, execFile, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { projectRoot } from './lab/cache.ts'

/** Somebody without rights: as root the sandbox cannot be on. A developer's own run needs no other user. */
const NOBODY = 65534
const other = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}

export type Ended = { code: number | null; stdout: string; stderr: string }

/** The packaged program where every user can read it, and a user's empty home. */
export type Packaged = {
  folder: string
  home: string
  root: string
  /** What the program inherits: nothing but what is named. */
  environment: Record<string, string>
  /** Starts a file of `folder`, or an absolute one, as a user without rights. */
  start(program: string, args: readonly string[], options?: SpawnOptions): ChildProcess
  run(args: readonly string[], options?: { input?: string; program?: string }): Promise<Ended>
  remove(): void
}

/** Packages the program (only if something changed) by the script itself, under its own environment. */
export async function packaged(): Promise<Packaged> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV|TEST$)/.test(name)))
  const script = join(projectRoot(), 'scripts', 'package.mjs')
  const { stdout } = await promisify(execFile)(process.execPath, [script, 'dir'], { env })
  const base = mkdtempSync(join(tmpdir(), 'goready-packaged-'))
  chmodSync(base, 0o755)
  // The checkout may lie where only its owner can look.
  const folder = join(base, 'program')
  cpSync(stdout.trim(), folder, { recursive: true })
  openSandbox(folder)
  const home = ownFolder(base, 'home')
  const root = ownFolder(base, 'root')
  const environment = { PATH: process.env.PATH ?? '', HOME: home, LANG: 'C.UTF-8', ...display(home) }
  const start: Packaged['start'] = (program, args, options = {}) =>
    spawn(resolve(folder, program), args, { cwd: home, env: environment, ...other, ...options })
  return {
    folder,
    home,
    root,
    environment,
    start,
    run: (args, { input = '', program = 'goready' } = {}) => ended(start(program, args), input),
    remove: () => rmSync(base, { recursive: true, force: true }),
  }
}

function ownFolder(base: string, name: string): string {
  const path = join(base, name)
  mkdirSync(path)
  give(path)
  return path
}

function give(path: string): void {
  if (other.uid !== undefined) chownSync(path, NOBODY, NOBODY)
}

/** What an installer does where the system lets nobody open a namespace: the helper gets its rights. */
function openSandbox(folder: string): void {
  if (spawnSync('unshare', ['--user', 'true'], other).status === 0 || other.uid === undefined) return
  chmodSync(join(folder, 'chrome-sandbox'), 0o4755)
}

/** The screen of this run (if there is one), with a copy of its key that the user may read. */
function display(home: string): Record<string, string> {
  const { DISPLAY, XAUTHORITY } = process.env
  if (DISPLAY === undefined) return {}
  if (XAUTHORITY === undefined || !existsSync(XAUTHORITY)) return { DISPLAY }
  const key = join(home, '..', 'key')
  copyFileSync(XAUTHORITY, key)
  give(key)
  return { DISPLAY, XAUTHORITY: key }
}

/** Waits for the end of a program and what it said. */
export function ended(child: ChildProcess, input = ''): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin?.on('error', () => {})
  child.stdin?.end(input)
  return new Promise((done, reject) => {
    child.on('error', reject)
    child.on('close', (code) => done({ code, stdout, stderr }))
  })
}
