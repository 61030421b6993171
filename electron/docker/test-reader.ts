import type { ExecResult, Reader, Stat } from '../core/system.ts'

const other: Stat = { kind: 'other', mode: 0o660, uid: 0, gid: 0, size: 0, links: 1, mtimeMs: 0 }

/** Reads from a record for unit tests: a text is a file, null a socket, an Error what looking at it throws. */
export function recordReader(entries: Readonly<Record<string, string | null | Error>>): Reader {
  const find = (path: string): string | null | undefined => {
    const entry = Object.hasOwn(entries, path) ? entries[path] : undefined
    if (entry instanceof Error) throw entry
    return entry
  }
  const missing = (path: string): Error => Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
  return {
    identity: { uid: 1000, gid: 1000 },
    lstat: async (path) => (find(path) === undefined ? null : other),
    readFile: async (path) => {
      const text = find(path)
      if (typeof text !== 'string') throw missing(path)
      return new TextEncoder().encode(text)
    },
    resolve: async (path) => path,
    list: async (path) =>
      Object.keys(entries).flatMap((name) => (name.startsWith(path) ? [name.slice(path.length)] : [])),
    obstacle: async (path) => ({ path, why: 'not-owned' }),
    withScratch: (_, work) => work('/tmp/scratch'),
    listEnv: () => Promise.resolve([]),
    readEnv: () => Promise.resolve(null),
    mayWriteEnv: () => Promise.resolve(false),
    query: async (): Promise<ExecResult> => ({ code: 0, stdout: '', stderr: '' }),
  }
}
