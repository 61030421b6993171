import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { build } from 'vite'
import { projectRoot } from '../lab/cache.ts'

/** An account that owns nothing else. */
export const USER = 54321

/** Bundles the driver to one file that any account can read. */
export async function buildDriver(dir: string): Promise<string> {
  await build({
    configFile: false,
    root: projectRoot(),
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: join(projectRoot(), 'e2e/changes/drive.ts'),
      target: 'node20.19',
      outDir: dir,
      emptyOutDir: false,
      rollupOptions: { output: { format: 'es', entryFileNames: 'drive.mjs' } },
    },
  })
  return join(dir, 'drive.mjs')
}

/** A home with a module cache as Go makes it, a file that is closed too much, and a service's file. */
export class Field {
  readonly home: string
  readonly state: string
  readonly uid: number
  private readonly dir: string
  private readonly driver: string

  constructor(dir: string, driver: string, uid: number, state = join(dir, 'home/.local/state/goready')) {
    this.dir = dir
    this.driver = driver
    this.uid = uid
    this.home = join(dir, 'home')
    this.state = state
  }

  /** Makes it anew. */
  prepare(): void {
    for (const path of [this.home, this.state]) rmSync(path, { recursive: true, force: true })
    const module = join(this.home, 'go/pkg/mod/example.com/x@v1.0.0')
    const cache = join(this.home, 'go/pkg/mod/cache')
    for (const path of [join(module, 'sub/deep'), cache, this.state]) mkdirSync(path, { recursive: true })
    for (const name of ['go.mod', 'sub/a.go', 'sub/deep/b.go', 'sub/$weird ü\n.go'])
      writeFileSync(join(module, name), name, { mode: 0o444 })
    symlinkSync('a.go', join(module, 'sub/link'))
    symlinkSync('/nowhere', join(module, 'sub/dead'))
    writeFileSync(join(cache, 'x.zip'), 'zip', { mode: 0o444 })
    writeFileSync(join(this.home, 'go/env'), 'GOPROXY=direct\n', { mode: 0o600 })
    writeFileSync(join(this.home, 'daemon'), '{}\n', { mode: 0o644 })
    writeFileSync(join(this.home, 'service'), 'm=old\n', { mode: 0o644 })
    execFileSync('chown', ['-hR', `${USER}:${USER}`, this.dir])
    if (!this.state.startsWith(this.home)) chownSync(this.state, USER, USER)
    chmodSync(this.state, 0o700)
    mkdirSync(join(module, 'sub/shut'))
    chownSync(join(module, 'sub/shut'), USER, USER)
    chmodSync(join(module, 'sub/shut'), 0)
    for (const path of ['sub/deep', 'sub', '.']) chmodSync(join(module, path), 0o555)
    // Left behind by a command that was once run as root.
    if (this.uid === 0) chownSync(join(this.home, 'go/env'), 0, 0)
  }

  /** Kind, rights, content and time of everything in the home but the records and the service's own mind. */
  look(): Readonly<Record<string, string>> {
    const found: Record<string, string> = {}
    const visit = (path: string): void => {
      if (path === join(this.home, '.local') || path === join(this.home, 'service')) return
      const { mode, uid, gid, mtimeMs, ...stat } = lstatSync(path)
      const rights = `${mode.toString(8)} ${uid}:${gid}`
      const name = relative(this.home, path)
      // A folder whose own entries came and went has another time; one that moved whole has not.
      const inside = name.includes('x@v1.0.0')
      const text =
        (mode & 0o170000) === 0o120000
          ? readlinkSync(path)
          : stat.size > 0 && (mode & 0o170000) === 0o100000
            ? readFileSync(path, 'utf8')
            : ''
      found[name] = `${rights} ${inside ? mtimeMs : ''} ${text}`
      if ((mode & 0o170000) === 0o040000) for (const child of readdirSync(path)) visit(join(path, child))
    }
    visit(this.home)
    return found
  }

  /** What should not be among the records any more; `folders`: nor empty folders, which are in nobody's way. */
  strays(folders = true): readonly string[] {
    const all = existsSync(this.state) ? readdirSync(this.state, { recursive: true, encoding: 'utf8' }) : []
    return all
      .filter((name) => name !== 'runs' && !/^runs\/[\w-]+\.jsonl$/.test(name))
      .filter((name) => folders || !/^kept(\/[\w-]+)?$/.test(name))
  }

  /** Runs the driver; `inject`: what strace does to it. `log`: where the calls go. */
  async run(
    op: 'apply' | 'back',
    { final = false, inject = null, log = null }: { final?: boolean; inject?: string | null; log?: string | null } = {},
  ): Promise<{ code: number | null; result: Record<string, unknown> }> {
    const user = this.uid === 0 ? [] : ['setpriv', `--reuid=${this.uid}`, `--regid=${this.uid}`, '--clear-groups', '--']
    const calls = [...CHANGING, ...WRITING].join(',')
    const strace =
      inject === null && log === null
        ? []
        : [
            'strace',
            '-f',

            '-qq',
            '-o',
            log ?? '/dev/null',
            '-e',
            `trace=${calls}`,
            '-e',
            'signal=none',
          ]
    const injection = inject === null ? [] : ['-e', `inject=${inject}`]
    const node = [this.node(), this.driver, op, this.home, this.state, ...(final ? ['final'] : [])]
    const [program = '', ...args] = [...user, ...strace, ...injection, ...node]
    // One thread works on files, so that calls come in the same order each time.
    const env = { PATH: process.env.PATH ?? '', UV_THREADPOOL_SIZE: '1' }
    const child = spawn(program, args, { cwd: '/', env, stdio: ['ignore', 'pipe', 'inherit'], timeout: 60_000 })
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    const value: unknown = text === '' ? {} : JSON.parse(text)
    return { code, result: typeof value === 'object' && value !== null ? { ...value } : {} }
  }

  /** Node where every account can reach it. */
  private node(): string {
    const copy = join(this.dir, '..', 'node')
    if (!existsSync(copy)) execFileSync('cp', [process.execPath, copy])
    return copy
  }
}

/** Calls that change a name or rights. */
export const CHANGING = ['rename', 'chmod', 'fchmod', 'mkdir', 'rmdir', 'unlink']
export const WRITING = ['pwrite64', 'fsync']

/** How often each call comes in a log, of the thread that works on files. */
export function countCalls(log: string): ReadonlyMap<string, number> {
  const threads = new Map<string, Map<string, number>>()
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const [, thread = '', call = ''] = /^(\d+) +(\w+)\(/.exec(line) ?? []
    const counts = threads.get(thread) ?? new Map<string, number>()
    threads.set(thread, counts)
    counts.set(call, (counts.get(call) ?? 0) + 1)
  }
  const most = [...threads.values()].toSorted((a, b) => (b.get('fsync') ?? 0) - (a.get('fsync') ?? 0))
  return most[0] ?? new Map<string, number>()
}
