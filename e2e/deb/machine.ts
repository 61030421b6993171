import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../lab/cache.ts'
import type { Lab } from '../lab/lab.ts'
import { type Ended, ended } from '../packaged.ts'

const ANN = ['setpriv', '--reuid', '4242', '--regid', '4242', '--clear-groups', '--']
const SYSTEM = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8' }

/** A machine like this one to install a package on, with a screen, polkit and an account `ann`; see machine.sh. */
export type DebMachine = {
  /** A shell script of the administrator's, away from every terminal. */
  root(script: string, env?: Readonly<Record<string, string>>): Promise<Ended>
  /** The same on a terminal, where a question is answered once. */
  atTerminal(command: string, question: RegExp, answer: string): Promise<Ended>
  /** Starts a program as ann, on her screen. */
  start(argv: readonly string[], stdio?: StdioOptions): ChildProcess
  ann(argv: readonly string[]): Promise<Ended>
  /** Every file of the system's but the packages' own records. */
  files(): Promise<readonly string[]>
  stop(): Promise<void>
}

/** What is passed over: the records of dpkg, apt and other programs about it, caches, logs. */
const OTHERS = ['/var/lib/dpkg', '/var/lib/apt', '/var/lib/PackageKit', '/var/cache', '/var/log', '/var/tmp']
const passed = [...OTHERS, projectRoot()].map((path) => `-path '${path}' -prune -o`).join(' ')
const LIST = `find /etc /usr /opt /srv /var ${passed} -print | sort`

/** `lab`: its folder lies in the same place there. */
export async function openMachine(deb: string, lab: Pick<Lab, 'dir' | 'dockerHost'>): Promise<DebMachine> {
  const folder = mkdtempSync(join(tmpdir(), 'goready-deb-'))
  // ann has to get through to her own files.
  chmodSync(folder, 0o755)
  const own = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--']
  const argv = ['sh', join(projectRoot(), 'e2e/deb/machine.sh'), folder, deb, lab.dir]
  const shell = spawn('unshare', [...own, ...argv], { stdio: ['pipe', 'pipe', 'pipe'] })
  const over = new Promise<void>((resolve) => shell.on('close', () => resolve()))
  await ready(shell)
  const [inside = ''] = readFileSync(`/proc/${shell.pid}/task/${shell.pid}/children`, 'utf8').trim().split(' ')
  const enter = ['--target', inside, '--mount', '--pid', '--root', '--wd', '--']
  const begin = (command: readonly string[], env: Readonly<Record<string, string>>, stdio: StdioOptions) => {
    const clean = ['env', '-i', ...Object.entries(env).map(([name, value]) => `${name}=${value}`)]
    // In a session of its own: no terminal of the test's is in reach.
    return spawn('nsenter', [...enter, ...clean, ...command], { stdio, detached: true })
  }
  const start: DebMachine['start'] = (command, stdio = 'pipe') => {
    const session = { DISPLAY: ':77', XDG_CURRENT_DESKTOP: 'X-Generic', DOCKER_HOST: lab.dockerHost }
    const account = { HOME: '/home/ann', USER: 'ann', PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' }
    return begin([...ANN, ...command], { ...account, ...session }, stdio)
  }
  const root: DebMachine['root'] = (script, env = {}) =>
    ended(begin(['sh', '-ec', script], { ...SYSTEM, ...env }, 'pipe'))
  return {
    root,
    async atTerminal(command, question, answer) {
      const child = begin(['script', '-qec', command, '/dev/null'], { ...SYSTEM, TERM: 'dumb' }, 'pipe')
      let stdout = ''
      let answered = false
      child.stdout?.on('data', (chunk: Buffer) => {
        stdout += chunk.toString()
        if (answered || !question.test(stdout)) return
        answered = true
        child.stdin?.write(`${answer}\n`)
      })
      const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
      return { code, stdout, stderr: '' }
    },
    start,
    ann: (command) => ended(start(command)),
    async files() {
      const { code, stdout, stderr } = await root(LIST)
      if (code !== 0) throw new Error(stderr)
      return stdout.split('\n').filter((path) => path !== '')
    },
    async stop() {
      shell.stdin.end()
      await over
      rmSync(folder, { recursive: true, force: true })
    },
  }
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
