import type { MirrorClient } from '../mirrors/http/client.ts'
import type { Places } from '../core/places.ts'
import { linuxPlaces } from '../platform/linux/places.ts'
import { MemorySystem } from '../system/memory.ts'
import type { DoctorContext } from '../doctor/check.ts'
import { openFacts } from '../doctor/facts.ts'

export type Machine = {
  files?: Readonly<Record<string, string | Uint8Array>>
  environment?: Readonly<Record<string, string>>
  uid?: number
  /** The folder that is the project. */
  project?: string
  http?: (timeout: number) => Promise<MirrorClient>
}

export const NOBODY = (): Promise<never> => Promise.reject(new Error('nobody is asked here'))

/** A context over a machine in memory, with bash, the home /home/u and no programs beside. */
export function testContext({ files = {}, environment = {}, uid = 1000, project, http = NOBODY }: Machine): {
  sys: MemorySystem
  context: DoctorContext
} {
  const sys = new MemorySystem(files, uid)
  sys.put('/bin/bash', '', { mode: 0o755 })
  const places: Places = {
    ...linuxPlaces({ environment: { HOME: '/home/u', ...environment }, uid, username: 'u' }),
    project: project === undefined ? null : { folder: project, chosen: false },
  }
  const { signal } = new AbortController()
  const parts = {
    ...{ sys, places, mirrors: { date: '2026-11-01', mirrors: [] }, witnesses: { resolvers: [] } },
    ...{ systemProxy: null, authorities: () => Promise.resolve(null), now: () => Date.now() },
  }
  const facts = openFacts({ ...parts, overrides: () => Promise.resolve([]) }, signal)
  return { sys, context: { ...parts, facts, http, setUp: false } }
}

/** Puts a go program there that answers as one of that version does. */
export function putGo(
  sys: MemorySystem,
  path: string,
  version: string,
  { root = path.replace(/\/bin\/go$/, ''), refuses = null }: { root?: string; refuses?: RegExp | null } = {},
): void {
  sys.put(path, '', { mode: 0o755 })
  sys.folder(root)
  sys.programs.set(path, (argv, { env = {} }) => {
    const flags = env['GOFLAGS'] ?? ''
    if (refuses?.test(flags)) return { code: 2, stderr: `go: parsing $GOFLAGS: unknown flag ${flags}` }
    if (argv[1] === 'version') return { stdout: `go version go${version} linux/amd64\n` }
    return {
      stdout: JSON.stringify({
        GOROOT: root,
        GOPATH: `${env['HOME'] ?? ''}/go`,
        GOPROXY: 'https://proxy.golang.org,direct',
        GOSUMDB: 'sum.golang.org',
        GOFLAGS: '',
        GOTOOLCHAIN: 'auto',
      }),
    }
  })
}
