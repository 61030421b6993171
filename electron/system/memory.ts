import type { EnvScope, EnvValue, Rights } from '../contract/plan.ts'
import type { EnvEntry, ExecOptions, ExecResult, Obstacle, Stat, System, WriteOptions } from '../core/system.ts'
import { CodedError } from '../core/errors.ts'
import { folderOf, nameOf, under } from '../core/paths.ts'

type Node =
  | { kind: 'file'; bytes: Uint8Array; mode: number; uid: number; gid: number; links: number; mtimeMs: number }
  | { kind: 'dir'; mode: number; uid: number; gid: number; mtimeMs: number }
  | { kind: 'link'; target: string; uid: number; mtimeMs: number }

export type Program = (argv: readonly string[], options: ExecOptions) => Partial<ExecResult>
export type Operation =
  | 'replaceFile'
  | 'removeFile'
  | 'makeDir'
  | 'removeDir'
  | 'rename'
  | 'setRights'
  | 'removeTree'
  | 'append'
  | 'createExclusive'
  | 'writeEnv'

const fail = (code: string, path: string): never => {
  throw Object.assign(new Error(`${code}: ${path}`), { code })
}

/** A System whose files are a tree in memory: the double for tests, with faults that can be planted. */
export class MemorySystem implements System {
  readonly identity: { uid: number; gid: number }
  readonly programs = new Map<string, Program>()
  readonly writes: { operation: Operation; path: string }[] = []
  readonly running = new Set<number>()
  /** Called before every write; throw to fail it. */
  fault: (operation: Operation, path: string) => void = () => {}
  private readonly nodes = new Map<string, Node>()
  /** What the system keeps itself; `null`: it is no text. */
  readonly variables: Record<EnvScope, Map<string, EnvValue | null>> = { user: new Map(), system: new Map() }
  private clock = 1

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}, uid = 1000) {
    this.identity = { uid, gid: uid }
    this.nodes.set('/', { kind: 'dir', mode: 0o755, uid: 0, gid: 0, mtimeMs: 0 })
    for (const [path, content] of Object.entries(files)) this.put(path, content)
  }

  /** Puts a file and its folders there without counting it as a write. */
  put(path: string, content: string | Uint8Array, extra: { mode?: number; links?: number; uid?: number } = {}): void {
    this.folder(folderOf(path))
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    const uid = extra.uid ?? this.identity.uid
    this.nodes.set(path, {
      kind: 'file',
      bytes,
      mode: extra.mode ?? 0o644,
      uid,
      gid: uid,
      links: extra.links ?? 1,
      mtimeMs: this.clock++,
    })
  }

  folder(path: string, uid = this.identity.uid): void {
    const there = this.nodes.get(path)
    if (there?.kind === 'dir' && uid !== this.identity.uid) there.uid = uid
    if (there) return
    this.folder(folderOf(path))
    this.nodes.set(path, {
      kind: 'dir',
      mode: 0o755,
      uid: this.identity.uid,
      gid: this.identity.gid,
      mtimeMs: this.clock++,
    })
  }

  link(path: string, target: string, uid = this.identity.uid): void {
    this.folder(folderOf(path))
    this.nodes.set(path, { kind: 'link', target, uid, mtimeMs: this.clock++ })
  }

  text(path: string): string | null {
    const node = this.nodes.get(path)
    return node?.kind === 'file' ? new TextDecoder().decode(node.bytes) : null
  }

  /** The whole tree as comparable data, without times. */
  tree(): Record<string, string> {
    const entries = [...this.nodes].map(([path, node]): [string, string] => {
      if (node.kind === 'link') return [path, `-> ${node.target}`]
      const rights = `${node.mode.toString(8)} ${node.uid}:${node.gid}`
      return [path, node.kind === 'dir' ? `dir ${rights}` : `${rights} ${[...node.bytes].join(',')}`]
    })
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  lstat(path: string): Promise<Stat | null> {
    const node = this.nodes.get(path)
    if (!node) return Promise.resolve(null)
    if (node.kind === 'link')
      return Promise.resolve({
        kind: 'link',
        mode: 0o777,
        uid: node.uid,
        gid: node.uid,
        size: node.target.length,
        links: 1,
        mtimeMs: node.mtimeMs,
      })
    const { kind, mode, uid, gid, mtimeMs } = node
    return Promise.resolve({
      kind,
      mode,
      uid,
      gid,
      mtimeMs,
      size: kind === 'file' ? node.bytes.length : 0,
      links: kind === 'file' ? node.links : 1,
    })
  }

  async readFile(path: string): Promise<Uint8Array> {
    const node = this.nodes.get(await this.resolve(path))
    if (node?.kind !== 'file') return fail(node ? 'EISDIR' : 'ENOENT', path)
    return node.bytes.slice()
  }

  resolve(path: string): Promise<string> {
    const follow = (at: string, hops: number): string => {
      if (hops > 40) return fail('ELOOP', path)
      if (at === '/') return at
      const here = under(follow(folderOf(at), hops + 1), nameOf(at))
      const node = this.nodes.get(here)
      if (node?.kind !== 'link') return here
      return follow(node.target.startsWith('/') ? node.target : under(folderOf(here), node.target), hops + 1)
    }
    return Promise.resolve().then(() => follow(path, 0))
  }

  list(path: string): Promise<readonly string[]> {
    if (this.nodes.get(path)?.kind !== 'dir') return Promise.reject(Object.assign(new Error(path), { code: 'ENOENT' }))
    return Promise.resolve([...this.nodes.keys()].filter((key) => key !== '/' && folderOf(key) === path).map(nameOf))
  }

  obstacle(path: string): Promise<Obstacle | null> {
    for (let at = path; ; at = folderOf(at)) {
      const node = this.nodes.get(at)
      if (node && node.kind !== 'link') {
        if (this.identity.uid === 0) return Promise.resolve(null)
        if (node.uid !== this.identity.uid) return Promise.resolve({ path: at, why: 'not-owned' })
        return Promise.resolve((node.mode & 0o200) === 0 ? { path: at, why: 'read-only' } : null)
      }
      if (at === '/') return Promise.resolve(this.identity.uid === 0 ? null : { path: at, why: 'not-owned' })
    }
  }

  query(argv: readonly [string, ...string[]], options: ExecOptions = {}): Promise<ExecResult> {
    const program = this.programs.get(argv[0])
    if (!program) return Promise.reject(Object.assign(new Error(`ENOENT: ${argv[0]}`), { code: 'ENOENT' }))
    return Promise.resolve({ code: 0, stdout: '', stderr: '', ...program(argv, options) })
  }

  async withScratch<T>(files: Readonly<Record<string, Uint8Array>>, work: (folder: string) => Promise<T>): Promise<T> {
    const folder = `/tmp/goready-${this.clock++}`
    this.folder(folder)
    for (const [name, bytes] of Object.entries(files)) this.put(under(folder, name), bytes)
    try {
      return await work(folder)
    } finally {
      for (const path of [...this.nodes.keys()])
        if (path === folder || path.startsWith(`${folder}/`)) this.nodes.delete(path)
    }
  }

  run(argv: readonly [string, ...string[]], options: ExecOptions = {}): Promise<ExecResult> {
    return this.query(argv, options)
  }

  replaceFile(path: string, bytes: Uint8Array, options: WriteOptions): Promise<void> {
    return this.write('replaceFile', path, () => {
      if (this.nodes.has(options.temporary)) fail('EEXIST', options.temporary)
      if (this.nodes.get(folderOf(path))?.kind !== 'dir') fail('ENOENT', path)
      const { mode, uid, gid } = options
      this.nodes.set(path, { kind: 'file', bytes: bytes.slice(), mode, uid, gid, links: 1, mtimeMs: this.clock++ })
    })
  }

  removeFile(path: string): Promise<void> {
    return this.write('removeFile', path, () => {
      if (!this.nodes.delete(path)) fail('ENOENT', path)
    })
  }

  makeDir(path: string, mode: number, uid: number, gid: number): Promise<void> {
    return this.write('makeDir', path, () => {
      if (this.nodes.has(path)) fail('EEXIST', path)
      if (this.nodes.get(folderOf(path))?.kind !== 'dir') fail('ENOENT', path)
      this.nodes.set(path, { kind: 'dir', mode, uid, gid, mtimeMs: this.clock++ })
    })
  }

  async removeDir(path: string): Promise<boolean> {
    if ((await this.list(path)).length > 0) return false
    await this.write('removeDir', path, () => this.nodes.delete(path))
    return true
  }

  rename(from: string, to: string): Promise<void> {
    return this.write('rename', from, () => {
      const node = this.nodes.get(from) ?? fail('ENOENT', from)
      if (this.nodes.has(to)) fail('EEXIST', to)
      if (this.nodes.get(folderOf(to))?.kind !== 'dir') fail('ENOENT', to)
      if (this.volumeOf(from) !== this.volumeOf(to)) fail('EXDEV', to)
      const elsewhere = folderOf(from) !== folderOf(to)
      // Its `..` is written then, which only its owner's write bit allows.
      const closed = [folderOf(from), folderOf(to), ...(elsewhere && node.kind === 'dir' ? [from] : [])]
      for (const path of closed) if (!this.mayWrite(path)) fail('EACCES', path)
      for (const [path, one] of [...this.nodes])
        if (path === from || path.startsWith(`${from}/`)) {
          this.nodes.delete(path)
          this.nodes.set(to + path.slice(from.length), one)
        }
    })
  }

  setRights(path: string, { mode, uid, gid }: Rights): Promise<void> {
    return this.write('setRights', path, () => {
      const node = this.nodes.get(path) ?? fail('ENOENT', path)
      if (node.kind === 'link') return fail('ELOOP', path)
      const root = this.identity.uid === 0
      if (!root && (node.uid !== this.identity.uid || node.uid !== uid)) fail('EPERM', path)
      // One that stood in two places would else change in both.
      this.nodes.set(path, { ...node, mode, uid, gid })
    })
  }

  /** One after the other, the innermost first; each may be the one that fails. */
  async removeTree(path: string): Promise<void> {
    const all = [...this.nodes.keys()].filter((one) => one === path || one.startsWith(`${path}/`))
    for (const one of all.toSorted((a, b) => b.length - a.length))
      await this.write('removeTree', one, () => this.nodes.delete(one))
  }

  /** Folders that are another file system each. */
  readonly volumes: string[] = []

  private volumeOf(path: string): string {
    const inside = this.volumes.filter((one) => path.startsWith(`${one}/`))
    return inside.toSorted((a, b) => b.length - a.length)[0] ?? '/'
  }

  private mayWrite(path: string): boolean {
    const node = this.nodes.get(path)
    if (this.identity.uid === 0 || node === undefined || node.kind === 'link') return true
    return node.uid === this.identity.uid && (node.mode & 0o200) !== 0
  }

  append(path: string, text: string): Promise<void> {
    return this.write('append', path, () =>
      this.put(path, (this.text(path) ?? '') + text, { mode: 0o600, uid: this.uidOf(path) }),
    )
  }

  async createExclusive(path: string, text: string, owner: { uid: number }): Promise<boolean> {
    let created = false
    await this.write('createExclusive', path, () => {
      if (this.nodes.has(path)) return
      this.put(path, text, { mode: 0o600, uid: this.identity.uid === 0 ? owner.uid : this.identity.uid })
      created = true
    })
    return created
  }

  listEnv(scope: EnvScope): Promise<readonly EnvEntry[]> {
    const entries = [...this.variables[scope]]
    return Promise.resolve(entries.map(([name, value]) => ({ name, type: value?.type ?? 'REG_BINARY', value })))
  }

  async readEnv(scope: EnvScope, name: string): Promise<EnvValue | null> {
    const found = this.variableNamed(scope, name)
    if (found === null) return null
    const value = this.variables[scope].get(found) ?? null
    if (value === null) throw new CodedError('env-not-text', { name, type: 'REG_BINARY' })
    return value
  }

  mayWriteEnv(scope: EnvScope): Promise<boolean> {
    return Promise.resolve(scope === 'user' || this.identity.uid === 0)
  }

  writeEnv(scope: EnvScope, name: string, value: EnvValue | null): Promise<void> {
    return this.write('writeEnv', `${scope} ${name}`, () => {
      const found = this.variableNamed(scope, name) ?? name
      if (value === null) this.variables[scope].delete(found)
      else this.variables[scope].set(found, value)
    })
  }

  private variableNamed(scope: EnvScope, name: string): string | null {
    return [...this.variables[scope].keys()].find((one) => one.toUpperCase() === name.toUpperCase()) ?? null
  }

  kill(pid: number): Promise<boolean> {
    return Promise.resolve(this.running.has(pid))
  }

  private uidOf(path: string): number {
    return this.nodes.get(path)?.uid ?? this.identity.uid
  }

  private write(operation: Operation, path: string, act: () => void): Promise<void> {
    return Promise.resolve().then(() => {
      this.fault(operation, path)
      this.writes.push({ operation, path })
      act()
    })
  }
}
