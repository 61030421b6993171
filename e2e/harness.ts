import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from './lab/cache.ts'
import type { Lab } from './lab/lab.ts'

export type Outcome = {
  code: number | null
  stdout: string
  stderr: string
  events: readonly Record<string, unknown>[]
  last: Record<string, unknown>
}
export type RunOptions = {
  cwd?: string
  uid?: number
  env?: Record<string, string>
  input?: string
  home?: string
  /** A network namespace by its name. */
  netns?: string
}
/** What the command line needs of a lab; a test without Docker makes it itself. */
export type Desk = Pick<Lab, 'dir' | 'home' | 'root' | 'catalogue'>
export type Running = { pid: number; interrupt(signal?: NodeJS.Signals): void; done: Promise<Outcome>; said(): string }

const CLI = 'out/node/cli.js'

/** Node with its arguments, the first a path in the checkout; as a user that is not root where `uid` is given. */
function nodeArgv(lab: Desk, uid: number | undefined, [file, ...args]: readonly [string, ...string[]]) {
  const root = projectRoot()
  if (uid === undefined) return [process.execPath, join(root, file), ...args] as const
  const [checkout, node] = [join(lab.dir, 'checkout'), join(lab.dir, 'node')]
  mkdirSync(checkout, { recursive: true })
  writeFileSync(node, '')
  const script = ['sh', join(root, 'e2e/as-user.sh'), String(uid), root, checkout, process.execPath, node]
  const namespace = ['--mount', '--propagation', 'private', '--']
  return ['unshare', ...namespace, ...script, join(checkout, file), ...args] as const
}

/** Starts the command line as a program of its own, on a lab. Never blocks: the lab's servers run in this process. */
export function start(lab: Desk, args: readonly string[], options: RunOptions = {}): Running {
  const catalogue = args.includes('--catalogue') ? [] : ['--catalogue', lab.catalogue]
  const own = ['--home', options.home ?? lab.home, '--root', lab.root, ...catalogue]
  const dashes = args.indexOf('--')
  const split = dashes < 0 ? args.length : dashes
  const plain = nodeArgv(lab, options.uid, [CLI, ...args.slice(0, split), ...own, ...args.slice(split)])
  const inside = options.netns === undefined ? [] : ['nsenter', `--net=/run/netns/${options.netns}`, '--']
  const [program = '', ...argv] = [...inside, ...plain]
  const env = { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', ...options.env }
  const child = spawn(program, argv, {
    cwd: options.cwd ?? lab.dir,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  const done = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      const events = jsonLines(stdout)
      resolve({ code, stdout, stderr, events, last: events.at(-1) ?? {} })
    })
  })
  return { pid: child.pid ?? 0, interrupt: (signal = 'SIGINT') => void child.kill(signal), done, said: () => stdout }
}

/** Runs the command line to its end. */
export const goready = (lab: Desk, args: readonly string[], options: RunOptions = {}): Promise<Outcome> =>
  start(lab, args, options).done

function jsonLines(text: string): Record<string, unknown>[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return []
    try {
      const value: unknown = JSON.parse(line)
      return typeof value === 'object' && value !== null ? [{ ...value }] : []
    } catch {
      return []
    }
  })
}

/** Waits until something holds. Throws with `what` after `seconds`. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>, seconds = 30): Promise<void> {
  const end = Date.now() + seconds * 1000
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/**
 * Everything below a folder as comparable data: kind, mode, owner, link target, hash of the content.
 * The program's own records are left out. `times` adds the modification times.
 */
export function tree(folder: string, times = false): Record<string, string> {
  const entries: Record<string, string> = {}
  const visit = (path: string, name: string): void => {
    if (name === '.local/state/goready') return
    const stat = lstatSync(path)
    const rights = `${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid}${times ? ` ${stat.mtimeMs}` : ''}`
    if (stat.isSymbolicLink()) entries[name] = `-> ${readlinkSync(path)}`
    else if (stat.isDirectory()) {
      // Only the records lie in there; the history stays after an undo.
      if (name !== '.local' && name !== '.local/state') entries[name] = `dir ${rights}`
      for (const child of readdirSync(path).sort()) visit(join(path, child), name === '' ? child : `${name}/${child}`)
    } else if (stat.isFile())
      entries[name] = `${rights} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`
    else entries[name] = 'other'
  }
  visit(folder, '')
  // A folder that the records were put into changes its own time.
  if (times) delete entries['']
  return entries
}

/** The mirrors that the lab's engine shows. */
export async function mirrorsOf(lab: Lab): Promise<unknown> {
  return JSON.parse(await lab.docker('info', '--format', '{{json .RegistryConfig.Mirrors}}'))
}

/** Writes a profile (as JSON, which is YAML) and answers its path. */
export async function profile(lab: Desk, content: Record<string, unknown>, name = 'profile.yml'): Promise<string> {
  const path = join(lab.dir, name)
  await writeFile(path, JSON.stringify({ version: 1, ...content }, null, 2))
  return path
}

/** A profile with everything that the lab can serve. */
export const labProfile = (lab: Lab, extra: Record<string, unknown> = {}): Record<string, unknown> => ({
  image: 'golang:1.26-alpine',
  sources: { go: lab.goproxy.url, sumdb: lab.goproxy.sumdb, docker: [lab.registry.url] },
  ...extra,
})

/** The code of the error that a command ended with, from its JSON events or its one document. */
export function errorOf(outcome: Outcome): {
  code?: string
  remaining?: string[]
  values?: Record<string, unknown>
  cause?: string
} {
  const error = outcome.events.toReversed().find((event) => 'error' in event)?.error
  return typeof error === 'object' && error !== null ? error : {}
}
