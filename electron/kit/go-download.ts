import { mkdir, writeFile } from 'node:fs/promises'
import { causeText, CodedError } from '../core/errors.ts'
import { under } from '../core/paths.ts'
import type { Places } from '../core/places.ts'
import type { System } from '../core/system.ts'
import { collect } from '../docker/collect.ts'
import { containerProxies } from '../docker/loopback.ts'
import type { Engine } from '../docker/engine.ts'
import { compareGo } from '../docker/tag-grammar.ts'

/** A program of Go on this machine, or an image that holds one. */
export type GoTool = { kind: 'host'; path: string } | { kind: 'image'; reference: string; engine: Engine }
export type GoSource = { proxy: string; sumdb: string }

/** Milliseconds for all modules of one go.mod. */
const TIMEOUT = 30 * 60_000
const INSIDE = '/goready'

/** The newest version that go.mod files ask for; `1.16` where they say nothing. */
export function neededGo(goMods: readonly string[]): string {
  const lines = goMods.flatMap((text) => /^go\s+(1(?:\.\d+){0,2}(?:(?:rc|beta)\d+)?)\s*$/m.exec(text)?.[1] ?? [])
  return lines.reduce((newest, one) => (compareGo(one, newest) > 0 ? one : newest), '1.16')
}

/**
 * Downloads the modules of one go.mod into `work` (`mod`: the module cache) as `go` itself does: from the proxies,
 * each one's hash checked against the checksum database. What an earlier try has left there is not fetched again.
 * Throws `module-download-failed` {proxy} with what go said.
 */
export async function downloadModules(
  tool: GoTool,
  goMod: string,
  work: string,
  source: GoSource,
  { sys, places }: { sys: System; places: Places },
  signal: AbortSignal,
): Promise<void> {
  const project = under(work, 'project')
  await mkdir(project, { recursive: true })
  await mkdir(under(work, 'mod'), { recursive: true })
  await writeFile(under(project, 'go.mod'), goMod)
  const place = tool.kind === 'host' ? work : INSIDE
  const env = goEnv(place, source)
  const argv = ['mod', 'download', '-json'] as const
  let answer: { code: number | null; stdout: string; stderr: string }
  try {
    answer =
      tool.kind === 'host'
        ? await sys.run([tool.path, ...argv], {
            env: { ...proxiesOf(places), PATH: places.environment['PATH'] ?? '', ...env },
            ...{ cwd: project, timeout: TIMEOUT, signal, session: true },
          })
        : await collect(
            tool.engine,
            {
              image: tool.reference,
              argv: ['go', ...argv],
              env: { ...containerProxies(places.environment), ...env },
              workingDir: `${INSIDE}/project`,
              user: `${Math.max(sys.identity.uid, 0)}:${Math.max(sys.identity.gid, 0)}`,
              mounts: [{ Type: 'bind', Source: work, Target: INSIDE }],
            },
            { signal, timeout: TIMEOUT },
          )
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof CodedError) throw error
    throw new CodedError('module-download-failed', { proxy: source.proxy }, causeText(error))
  }
  if (answer.code !== 0) throw new CodedError('module-download-failed', { proxy: source.proxy }, saidOf(answer))
}

/** Nobody's own settings count, and nothing takes the checking off. */
const goEnv = (place: string, { proxy, sumdb }: GoSource): Record<string, string> => ({
  ...{ HOME: place, GOENV: 'off', GOTOOLCHAIN: 'local', GO111MODULE: 'on', GOWORK: 'off' },
  ...{ GOFLAGS: '-mod=mod -modcacherw', GOPATH: `${place}/gopath`, GOMODCACHE: `${place}/mod` },
  ...{ GOCACHE: `${place}/cache`, GOPROXY: proxy, GOSUMDB: sumdb },
})

const PROXIES = /^(https?|all|no)_proxy$/i
const proxiesOf = ({ environment }: Places): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => PROXIES.test(name)))

/** The reasons of go's JSON answers, else what it said. */
function saidOf({ code, stdout, stderr }: { code: number | null; stdout: string; stderr: string }): string {
  const errors = [...stdout.matchAll(/^\t"Error": (".*"),?$/gm)].map(([, text = '""']) => String(JSON.parse(text)))
  return ([...errors, stderr.trim()].join('\n').trim() || `exit status ${code}`).slice(0, 2000)
}
