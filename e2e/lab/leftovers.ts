import { readdir, readFile, rm, rmdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bridgeExists, removeBridge } from './bridge.ts'
import { run } from './process.ts'

/** What identifies a lab on this machine: its folder and its bridge (whose name its control groups bear too). */
export type Traces = { dir: string; bridge: string | null }

const OWN_PROGRAMS = new Set(['dockerd', 'containerd', 'containerd-shim', 'containerd-shim-runc-v2', 'runc'])
for (const name of ['docker-registry', 'docker-proxy', 'goproxy']) OWN_PROGRAMS.add(name)

/** Everything of a lab that still is: processes, mounts, bridge, control groups, folder. Empty when it is gone. */
export async function leftovers({ dir, bridge }: Traces): Promise<readonly string[]> {
  const found: string[] = []
  for (const { pid, argv } of await processes(dir)) found.push(`process ${pid} ${argv.join(' ')}`)
  for (const path of await mounts(dir)) found.push(`mount ${path}`)
  if (bridge !== null) {
    if (await bridgeExists(bridge)) found.push(`bridge ${bridge}`)
    for (const path of await controlGroups(bridge)) {
      const pids = (await readFile(join(path, 'cgroup.procs'), 'utf8').catch(() => '')).trim()
      found.push(`control group ${path} ${pids.replaceAll('\n', ' ')}`.trim())
    }
  }
  if ((await stat(dir).catch(() => null)) !== null) found.push(`folder ${dir}`)
  return found
}

/** Ends and removes whatever a lab left: for the ordinary stop, and for one whose process was killed. */
export async function sweep({ dir, bridge }: Traces): Promise<void> {
  for (let round = 0; round < 50; round++) {
    const own = (await processes(dir)).filter(({ argv }) => OWN_PROGRAMS.has(basename(argv[0] ?? '')))
    const inside = bridge === null ? [] : await groupMembers(bridge)
    const pids = [...own.map(({ pid }) => pid), ...inside]
    if (pids.length === 0) break
    for (const pid of pids) signal(pid, round < 20 ? 'SIGTERM' : 'SIGKILL')
    for (const pid of inside) signal(pid, 'SIGKILL')
    await sleep(100)
  }
  for (const path of (await mounts(dir)).toReversed()) {
    if ((await run(['umount', path])).code !== 0) await run(['umount', '--lazy', path])
  }
  if (bridge !== null) {
    for (const path of await controlGroups(bridge)) await removeGroup(path)
    await removeBridge(bridge)
  }
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}

type Process = { pid: number; argv: readonly string[] }

async function processes(dir: string): Promise<readonly Process[]> {
  const found: Process[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue
    const line = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')
    // A path, not a beginning of one: /tmp/grl-a must not match /tmp/grl-ab.
    if (line.includes(`${dir}/`))
      found.push({ pid: Number(name), argv: line.split('\0').filter((part) => part !== '') })
  }
  return found
}

async function mounts(dir: string): Promise<readonly string[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8')
  return table
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((path) => path.startsWith(`${dir}/`))
}

/** The lab's control groups: one in each hierarchy (v1), or one (v2). */
async function controlGroups(name: string): Promise<readonly string[]> {
  const top = '/sys/fs/cgroup'
  const candidates = [top, ...(await readdir(top).catch(() => [])).map((folder) => join(top, folder))]
  const found: string[] = []
  for (const folder of candidates) {
    const path = join(folder, name)
    if ((await stat(path).catch(() => null))?.isDirectory()) found.push(path)
  }
  return found
}

async function groupMembers(name: string): Promise<readonly number[]> {
  const pids = new Set<number>()
  const visit = async (folder: string): Promise<void> => {
    const text = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '')
    for (const pid of text.split('\n')) if (pid !== '' && pid !== '0') pids.add(Number(pid))
    for (const child of await folders(folder)) await visit(child)
  }
  for (const path of await controlGroups(name)) await visit(path)
  return [...pids]
}

async function removeGroup(path: string): Promise<void> {
  for (const child of await folders(path)) await removeGroup(child)
  await rmdir(path).catch(() => {})
}

async function folders(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name))
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended by itself meanwhile.
  }
}
