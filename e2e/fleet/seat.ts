import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { projectRoot } from '../lab/cache.ts'
import { LabError, must, type Result, run, type RunOptions } from '../lab/process.ts'
import { makeKey } from './layer.ts'

export type SeatParts = {
  name: string
  /** Holds what the seat writes; on a file system of its own that takes overlay's upper folders. */
  folder: string
  layer: string
  bridge: string
  /** The name of the host's end of its cable. */
  port: string
  address: string
  gateway: string
  /** Pairs of a host path and where the seat shows it. */
  shown: readonly string[]
}

/** A lab machine: its own root, network, processes and host name; an sshd. */
export type LabSeat = {
  name: string
  address: string
  /** Its host key, as a line of known_hosts. */
  known: string
  /** What the seat wrote over the host's and the layer's files, below this folder. */
  written: string
  /** Runs a program on the seat as root. Never throws for an exit status. */
  run(argv: readonly string[], options?: RunOptions): Promise<Result>
  /** As `run`, but throws; answers the standard output. */
  must(argv: readonly string[], options?: RunOptions): Promise<string>
  /** Writes a file on the seat, root's own. */
  write(path: string, text: string, mode?: number): Promise<void>
  /** Ends everything that runs on it; its namespaces and mounts go with the last process. */
  stop(): Promise<void>
}

const LOGIN = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8' }

/** Starts a seat and waits for its sshd. It dies with this process. */
export async function startSeat(parts: SeatParts): Promise<LabSeat> {
  const { name, folder, layer, bridge, port, address, gateway } = parts
  const written = join(folder, 'upper')
  await mkdir(join(written, 'etc/ssh'), { recursive: true })
  await Promise.all(['work', 'root'].map((part) => mkdir(join(folder, part))))
  const publicKey = await makeKey(join(written, 'etc/ssh/host_key'), name)
  await Promise.all([
    writeFile(join(written, 'etc/hostname'), `${name}\n`),
    writeFile(join(written, 'etc/hosts'), `127.0.0.1 localhost\n${address} ${name}\n`),
    writeFile(join(written, 'etc/machine-id'), `${createHash('md5').update(name).digest('hex')}\n`),
  ])
  const script = [join(projectRoot(), 'e2e/fleet/seat.sh'), name, layer, folder, address, gateway, ...parts.shown]
  const namespaces = [
    '--mount',
    '--net',
    '--pid',
    '--uts',
    '--ipc',
    '--fork',
    '--kill-child',
    '--propagation',
    'private',
  ]
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'unshare', ...namespaces, '--', 'sh', ...script], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: LOGIN,
  })
  child.stdin.on('error', () => {})
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  const ended = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const say = async (expected: string): Promise<void> => {
    const { value } = await lines.next()
    if (value !== expected) throw new LabError(name, complaint.trim() || `said ${String(value)} and not ${expected}`)
  }
  try {
    await say('here')
    // `unshare` waits outside; its only child is the seat's first process.
    const first = (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')).trim()
    await must(['ip', 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', first])
    await must(['ip', 'link', 'set', port, 'master', bridge, 'up'])
    child.stdin.write('\n')
    await say('up')
    const enter = ['nsenter', '--all', '--target', first, '--'] as const
    const options = (given: RunOptions = {}): RunOptions => ({ ...given, env: { ...LOGIN, ...given.env } })
    return {
      ...{ name, address, written, stop },
      known: `${address} ${publicKey.trim()}`,
      run: (argv, given) => run([...enter, ...argv], options(given)),
      must: (argv, given) => must([...enter, ...argv], options(given)),
      async write(path, text, mode = 0o644) {
        const script = 'mkdir -p "${2%/*}" && printf %s "$1" >"$2" && chmod "$3" "$2"'
        await must([...enter, 'sh', '-c', script, 'sh', text, path, mode.toString(8)], options())
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}
