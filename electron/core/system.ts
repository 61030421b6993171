import type { EnvScope, EnvValue, Rights } from '../contract/plan.ts'

/** All contact with the operating system's files and processes goes through these two interfaces. */

export type Stat = {
  kind: 'file' | 'dir' | 'link' | 'other'
  /** Permission bits only (0o7777). */
  mode: number
  uid: number
  gid: number
  size: number
  /** Hard links. */
  links: number
  mtimeMs: number
}

export type ExecOptions = {
  /** The whole environment of the child; nothing is inherited. */
  env?: Readonly<Record<string, string>>
  cwd?: string
  input?: string
  signal?: AbortSignal
  /** The user that the child runs as; only root can choose another one. */
  as?: { readonly uid: number; readonly gid: number }
  /** In a session of its own, away from our terminal; whatever it has started there ends with it. */
  session?: true
  /** Hears what it prints on its output as it comes; that is not collected then. */
  heard?: (chunk: Uint8Array) => void
  /** Milliseconds; default 15,000. SIGKILL follows a second after SIGTERM. */
  timeout?: number
}
export type ExecResult = { code: number | null; stdout: string; stderr: string }

/**
 * `path`: the file or the folder that is closed. `read-only`: its own owner, or root, could not write it either
 * (a missing permission, a read-only file system); `immutable`: nor could they before a flag is taken off (chattr);
 * `not-owned`: it is another account's.
 */
export type Obstacle = { path: string; why: 'read-only' | 'immutable' | 'not-owned' }

/** Reads only. Checks and `detect` get nothing else. Errors: Node's system errors (`code: 'ENOENT'`). */
export interface Reader {
  /** Who this process is. -1 where the system has no such numbers. */
  readonly identity: { readonly uid: number; readonly gid: number }
  /** What stands at `path` itself (links are not followed); null when there is nothing. */
  lstat(path: string): Promise<Stat | null>
  /** A file's bytes, links followed. Throws EINVAL for what is no file (a pipe, a device), EFBIG for what is too large. */
  readFile(path: string): Promise<Uint8Array>
  /** The file behind all symbolic links, also when the last one leads nowhere. Throws ELOOP on a circle. */
  resolve(path: string): Promise<string>
  list(path: string): Promise<readonly string[]>
  /** What keeps this process from writing the file, or creating it where it (or its folder) does not exist; null: nothing. */
  obstacle(path: string): Promise<Obstacle | null>
  /** Starts a program that only reads, with an argument list, never through a shell. Never throws for an exit status. */
  query(argv: readonly [string, ...string[]], options?: ExecOptions): Promise<ExecResult>
  /**
   * Gives `work` a new folder with `files` (by name, without folders) in it, for a tool that must write
   * somewhere although nothing may change; afterwards it is gone with all that the tool left there.
   * Other users may pass through it to what they are given, but list nothing. `owner`: for whom root makes it.
   */
  withScratch<T>(
    files: Readonly<Record<string, Uint8Array>>,
    work: (folder: string) => Promise<T>,
    owner?: { readonly uid: number; readonly gid: number },
  ): Promise<T>
  /** Every variable that the system itself keeps for its programs; none on a system that keeps them in files. */
  listEnv(scope: EnvScope): Promise<readonly EnvEntry[]>
  /** One of them, by name in any case; null where there is none. Throws `env-not-text` {name, type}. */
  readEnv(scope: EnvScope, name: string): Promise<EnvValue | null>
  /** Whether this process may write there. */
  mayWriteEnv(scope: EnvScope): Promise<boolean>
}

/** A variable as it is stored. `value` null: it is no text (`type` says what it is). */
export type EnvEntry = { name: string; type: string; value: EnvValue | null }

export type WriteOptions = { mode: number; uid: number; gid: number; temporary: string }

/** Reads and writes. Every writing call is durable when it returns (file and folder are fsynced). */
export interface System extends Reader {
  /**
   * Replaces or creates `path` in one step: writes `temporary` beside it, carries over mode, owner and
   * extended attributes, reads back, fsyncs, renames. Never follows a link at `path`.
   */
  replaceFile(path: string, bytes: Uint8Array, options: WriteOptions): Promise<void>
  removeFile(path: string): Promise<void>
  makeDir(path: string, mode: number, uid: number, gid: number): Promise<void>
  /** Removes an empty folder; answers false and leaves it when it is not empty. */
  removeDir(path: string): Promise<boolean>
  /**
   * Moves a file, link or folder with all below it, in one step. Throws EEXIST where something stands at `to`, EXDEV
   * where that is another file system; EACCES where a folder goes to another one and its owner may not write it.
   */
  rename(from: string, to: string): Promise<void>
  /**
   * Sets owner (where it is another one) and mode of what stands at `path`. Throws ELOOP for a link, for root also on
   * the way there: see `resolve`.
   */
  setRights(path: string, rights: Rights): Promise<void>
  /** Deletes what stands at `path` with all below it, following no link, also what is closed to its owner. */
  removeTree(path: string): Promise<void>
  /** Appends one record and fsyncs. Creates the file with mode 0600. */
  append(path: string, text: string): Promise<void>
  /** Creates `path` with mode 0600 holding `text` (for root: owned by `owner`); answers false when it exists. */
  createExclusive(path: string, text: string, owner: { uid: number; gid: number }): Promise<boolean>
  /** Starts a program that changes something. */
  run(argv: readonly [string, ...string[]], options?: ExecOptions): Promise<ExecResult>
  /** Stores a variable, or removes it (null). Nobody is told. Throws `no-permission`, `io` with {path}. */
  writeEnv(scope: EnvScope, name: string, value: EnvValue | null): Promise<void>
  /** Sends a signal to a process. */
  kill(pid: number, signal: 'SIGHUP' | 'SIGTERM' | 0): Promise<boolean>
}

/** The part of it that knows the system's own variables. */
export type EnvStore = Pick<System, 'listEnv' | 'readEnv' | 'mayWriteEnv' | 'writeEnv'>
