import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../lab/cache.ts'
import type { Result } from '../lab/process.ts'

const NODE = '/usr/local/bin/goready-node'
/** The helper as it is started in a checkout. */
export const HELPER = [NODE, '/checkout/out/node/elevated.js'] as const
const ANN = ['setpriv', '--reuid', '4242', '--regid', '4242', '--clear-groups', '--']

export type Started = {
  child: ChildProcess
  said(): string
  done: Promise<Result>
}

/** A machine of its own with Docker, sudo, polkit and an account `ann`; see machine.sh. */
export type Machine = {
  /** A command of the administrator's. */
  root(argv: readonly string[]): Promise<Result>
  /** A shell script of the administrator's; answers what it says. Throws where it fails. */
  script(text: string): Promise<string>
  /** Starts the command line as ann, away from every terminal. */
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Started
  goready(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Result>
  /** The same on a terminal, where a question for a password is answered. */
  onTerminal(args: readonly string[], password: string): Promise<Result>
  /** Starts any program there, with what it is to read. */
  feed(argv: readonly string[], input: string | Buffer): Promise<Result>
  stop(): Promise<void>
}

/** Starts it; about two seconds. */
export async function openMachine(): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'goready-elevation-'))
  // ann has to get through to her own files.
  chmodSync(folder, 0o755)
  const script = join(projectRoot(), 'e2e/elevation/machine.sh')
  const own = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--net', '--']
  const argv = ['sh', script, folder, projectRoot(), realpathSync(process.execPath)]
  const shell = spawn('unshare', [...own, ...argv], { stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = new Promise<void>((resolve) => shell.on('close', () => resolve()))
  await ready(shell)
  const [inside = ''] = readFileSync(`/proc/${shell.pid}/task/${shell.pid}/children`, 'utf8').trim().split(' ')
  const enter = ['nsenter', '--target', inside, '--mount', '--pid', '--net', '--root', '--wd', '--']
  const ann = (env: Readonly<Record<string, string>> = {}): readonly string[] => {
    const all = { HOME: '/home/ann', USER: 'ann', PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', ...env }
    return [...enter, ...ANN, 'env', '-i', ...Object.entries(all).map(([name, value]) => `${name}=${value}`)]
  }
  const cli = [NODE, '/checkout/out/node/cli.js']
  const machine: Machine = {
    root: (command) => begin([...enter, ...command], '').done,
    async script(text) {
      const { code, stdout, stderr } = await machine.root(['sh', '-ec', text])
      if (code !== 0) throw new Error(`${text}: ${code} ${stderr}${stdout}`)
      return stdout
    },
    start: (args, env) => begin([...ann(env), ...cli, ...args], ''),
    goready: (args, env) => machine.start(args, env).done,
    onTerminal(args, password) {
      const command = [...cli, ...args].join(' ')
      const started = begin([...ann({ TERM: 'dumb' }), 'script', '-qec', command, '/dev/null'], null)
      let answered = false
      started.child.stdout?.on('data', () => {
        if (answered || !/password for ann/.test(started.said())) return
        answered = true
        started.child.stdin?.write(`${password}\n`)
      })
      return started.done
    },
    feed: (command, input) => begin([...enter, ...command], input).done,
    async stop() {
      shell.stdin.end()
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return machine
}

async function ready(shell: ChildProcess): Promise<void> {
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString()
      if (/^ready$/m.test(said)) resolve()
    }
    shell.stdout?.on('data', hear)
    shell.stderr?.on('data', hear)
    shell.on('close', (code) => reject(new Error(`the machine ended with ${code}: ${said}`)))
  })
}

/** `input` null: it is written later. In a session of its own: no terminal of the test's is in reach. */
function begin(argv: readonly string[], input: string | Buffer | null): Started {
  const [program = '', ...args] = argv
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  child.stdin.on('error', () => {})
  if (input !== null) child.stdin.end(input)
  const done = new Promise<Result>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
  return { child, said: () => stdout + stderr, done }
}
