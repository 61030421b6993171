import { under } from '../../../core/paths.ts'
import type { Places } from '../../../core/places.ts'
import type { Reader } from '../../../core/system.ts'
import { toBinary } from '../../../settings/binary.ts'
import { readOrNull } from '../../../settings/read-keys.ts'

/** A daemon's command line, as it was found. `from`: the file or process that it stands in. */
export type CommandLine = { from: string; args: readonly string[] }

/** Options whose key in daemon.json is not their own name (moby/moby cmd/dockerd/config.go). */
const KEYS: Readonly<Record<string, string>> = {
  'registry-mirror': 'registry-mirrors',
  'insecure-registry': 'insecure-registries',
  host: 'hosts',
  label: 'labels',
  'exec-opt': 'exec-opts',
  'storage-opt': 'storage-opts',
  'log-opt': 'log-opts',
  'dns-opt': 'dns-opts',
  'default-ulimit': 'default-ulimits',
  'authorization-plugin': 'authorization-plugins',
  'default-address-pool': 'default-address-pools',
}
const SHORT: Readonly<Record<string, string>> = {
  ...{ H: 'host', D: 'debug', l: 'log-level', s: 'storage-driver', G: 'group', p: 'pidfile', b: 'bridge', g: 'graph' },
}

/** The keys of daemon.json that a command line gives, each with the option that does; dockerd refuses them in its file. */
export function keysOf(args: readonly string[]): ReadonlyMap<string, string> {
  const keys = new Map<string, string>()
  for (const arg of args) {
    const long = /^--([a-z][a-z0-9-]*)(?:=|$)/.exec(arg)?.[1]
    const short = /^-([A-Za-z])(?!-)/.exec(arg)?.[1]
    const name = long ?? (short === undefined ? undefined : SHORT[short])
    // Runtimes of both are taken together, and a file does not name itself.
    if (name === undefined || name === 'config-file' || name === 'add-runtime') continue
    keys.set(KEYS[name] ?? name, long === undefined ? arg.slice(0, 2) : `--${name}`)
  }
  return keys
}

/** The value of an option; null where it is not given. */
export function optionOf(args: readonly string[], name: string): string | null {
  for (const [index, arg] of args.entries()) {
    if (arg.startsWith(`--${name}=`)) return arg.slice(name.length + 3)
    if (arg === `--${name}`) return args[index + 1] ?? null
  }
  return null
}

/** The command line of the dockerd that a pid file names; null where there is none, or one that is hidden from us. */
export async function runningDaemon(sys: Reader, pidFiles: readonly string[]): Promise<CommandLine | null> {
  for (const file of pidFiles) {
    const pid = toBinary((await readOrNull(sys, file)) ?? new Uint8Array()).trim()
    if (!/^[1-9]\d{0,9}$/.test(pid)) continue
    const from = `/proc/${pid}/cmdline`
    const args = toBinary((await readOrNull(sys, from)) ?? new Uint8Array()).split('\0')
    // A process id outlives its process, and may be anybody's.
    if (/(^|\/)dockerd$/.test(args[0] ?? '')) return { from, args: args.slice(1) }
  }
  return null
}

/** What systemd would start as docker.service: the unit and the files that are dropped in beside it; null: no such unit. */
export async function serviceDaemon(sys: Reader, { root }: Places): Promise<CommandLine | null> {
  const folders = ['etc/systemd/system', 'run/systemd/system', 'usr/lib/systemd/system', 'lib/systemd/system'].map(
    (folder) => under(root, folder),
  )
  const unit = await firstText(
    sys,
    folders.map((folder) => under(folder, 'docker.service')),
  )
  if (unit === null) return null
  const drops = new Map<string, string>()
  for (const folder of folders.toReversed())
    for (const name of await sys.list(under(folder, 'docker.service.d')).catch(() => []))
      if (name.endsWith('.conf')) drops.set(name, under(folder, 'docker.service.d', name))
  let found: CommandLine | null = null
  const files: string[] = []
  const sorted = [...drops].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path)
  for (const path of [unit.path, ...sorted]) {
    const text = toBinary((await readOrNull(sys, path)) ?? new Uint8Array()).replace(/\\\r?\n/g, ' ')
    for (const [, name, value = ''] of text.matchAll(
      /^[ \t]*(ExecStart|EnvironmentFile)[ \t]*=[ \t]*(.*?)[ \t\r]*$/gm,
    )) {
      if (name === 'EnvironmentFile') files.push(value.replace(/^-/, ''))
      // An empty one takes back what stood before it.
      else if (value === '') found = null
      else if (/dockerd/.test(wordsOf(value)[0] ?? '')) found = { from: path, args: wordsOf(value).slice(1) }
    }
  }
  return found === null ? null : { ...found, args: await expanded(found.args, files, sys, root) }
}

const wordsOf = (line: string): readonly string[] =>
  (line.match(/"(?:[^"\\]|\\.)*"|'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^(["'])(.*)\1$/, '$2'))

/** `$DOCKER_OPTS` of an environment file, as Debian's unit has it. */
async function expanded(
  args: readonly string[],
  files: readonly string[],
  sys: Reader,
  root: string,
): Promise<readonly string[]> {
  if (!args.some((arg) => /^\$\{?\w+\}?$/.test(arg))) return args
  const values = new Map<string, string>()
  for (const file of files) {
    const text = toBinary((await readOrNull(sys, under(root, file.replace(/^\/+/, '')))) ?? new Uint8Array())
    for (const [, name = '', value = ''] of text.matchAll(/^[ \t]*(\w+)=(.*?)[ \t\r]*$/gm))
      values.set(name, value.replace(/^(["'])(.*)\1$/, '$2'))
  }
  return args.flatMap((arg) => {
    const name = /^\$\{?(\w+)\}?$/.exec(arg)?.[1]
    return name === undefined ? [arg] : wordsOf(values.get(name) ?? '')
  })
}

async function firstText(sys: Reader, paths: readonly string[]): Promise<{ path: string } | null> {
  for (const path of paths) if ((await readOrNull(sys, path)) !== null) return { path }
  return null
}
