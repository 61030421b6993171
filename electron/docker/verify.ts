import type { Verification } from '../contract/image.ts'
import { CodedError } from '../core/errors.ts'
import { type Collected, collect } from './collect.ts'
import type { ContainerSpec, Mount } from './container.ts'
import type { Engine } from './engine.ts'
import { containerProxies } from './loopback.ts'
import { golangTag } from './reference.ts'
import { minorOf, parseTag } from './tag-grammar.ts'

const WORK = '/goready'
const TMPFS = { [WORK]: 'rw,exec,mode=1777' }

/**
 * Runs `go version` in the image: in an empty folder, with GOTOOLCHAIN=local and without a network, so that
 * neither a go.mod nor a download can change the answer. The container is removed in every case.
 * `expected`: `1.26.7` must be met exactly, `1.26` by any of its patches, null by anything; left out, the
 * reference's tag says it. `timeout` in milliseconds, default 60,000.
 * Errors: `version-mismatch` {expected, actual, image}; `container-failed` {image} with what it said; those of `collect`.
 */
export async function verifyGo(
  engine: Engine,
  reference: string,
  options: { signal: AbortSignal; expected?: string | null; timeout?: number },
): Promise<Verification> {
  const spec: ContainerSpec = {
    image: reference,
    argv: ['go', 'version'],
    env: { GOTOOLCHAIN: 'local', GOENV: 'off', HOME: WORK },
    workingDir: WORK,
    network: 'none',
    tmpfs: TMPFS,
  }
  const answer = await collect(engine, spec, { signal: options.signal, timeout: options.timeout ?? 60_000 })
  const output = answer.stdout.trim()
  const version = goVersion(output)
  if (answer.code !== 0 || version === null)
    throw new CodedError('container-failed', { image: reference }, said(answer))
  const expected = options.expected === undefined ? expectedGo(reference) : options.expected
  const agrees = expected === null ? null : agreesWith(version, expected)
  if (agrees === false)
    throw new CodedError('version-mismatch', { expected: expected ?? '', actual: version, image: reference }, output)
  return { reference, output, version, agrees, module: null }
}

/** The version in `go version go1.26.7 linux/amd64`; null for any other answer. */
export function goVersion(output: string): string | null {
  return /^go version go(1\.\d+(?:\.\d+)?(?:(?:rc|beta)\d+)?)(?:[-+ ]\S*)* \S+\/\S+$/m.exec(output)?.[1] ?? null
}

/** What the tag promises: `1.26.7`, `1.26`, or null where it names no minor (`latest`, `1`, `alpine`). */
export function expectedGo(reference: string): string | null {
  const tag = golangTag(reference)
  if (tag === null) return null
  const { go, variant, prerelease } = parseTag(tag)
  if (variant === 'other' || minorOf(go) === null) return null
  // `1.27-rc` moves through the release candidates.
  return prerelease && !/(rc|beta)\d/.test(go) ? null : go
}

/** `1.26` is met by 1.26 and every 1.26.N, a full version only by itself. */
export function agreesWith(version: string, expected: string): boolean {
  return version === expected || (/^1\.\d+$/.test(expected) && version.startsWith(`${expected}.`))
}

export type ModuleCheck = NonNullable<Verification['module']>

/**
 * Downloads one small module in a second container, through the sources that were chosen.
 * `goEnv`: GOPROXY, GOSUMDB, GOPRIVATE … as they are to be; `environment`: the person's, for the proxies of
 * the network (a loopback one is left out). A failed download is an answer, not an error.
 * Errors: those of `collect`.
 */
export async function verifyModule(
  engine: Engine,
  reference: string,
  options: {
    goEnv: Readonly<Record<string, string>>
    signal: AbortSignal
    module?: string
    version?: string
    environment?: Readonly<Record<string, string>>
    /** Folders that GOPROXY names. */
    mounts?: readonly Mount[]
    timeout?: number
  },
): Promise<ModuleCheck> {
  const path = options.module ?? 'github.com/pkg/errors'
  const version = options.version ?? 'v0.9.1'
  const spec: ContainerSpec = {
    image: reference,
    // With -x it names every address that it asks, and what came back.
    argv: ['go', 'mod', 'download', '-x', '-json', `${path}@${version}`],
    env: {
      ...containerProxies(options.environment ?? {}),
      ...options.goEnv,
      GOTOOLCHAIN: 'local',
      GOENV: 'off',
      HOME: WORK,
      GOPATH: `${WORK}/go`,
      GOMODCACHE: `${WORK}/go/pkg/mod`,
      GOCACHE: `${WORK}/cache`,
      GO111MODULE: 'on',
    },
    workingDir: WORK,
    tmpfs: TMPFS,
    mounts: options.mounts ?? [],
  }
  const answer = await collect(engine, spec, { signal: options.signal, timeout: options.timeout ?? 120_000 })
  const cause = moduleFailure(answer)
  const served = cause === null ? servedBy(answer.stderr, path, version) : null
  return { path, version, proxy: options.goEnv.GOPROXY ?? '', ok: cause === null, cause, served }
}

/**
 * Who sent a module's zip: the proxy's address in go's own log (`# get https://proxy/…/@v/v1.zip: 200 OK (0.1s)`,
 * golang/go cmd/go/internal/web/http.go), or null where none of them did, e.g. `direct` from a repository.
 */
export function servedBy(log: string, path: string, version: string): string | null {
  const zip = `/${escaped(path)}/@v/${escaped(version)}.zip`
  for (const [, url = ''] of log.matchAll(/^# get (\S+): 200 OK/gm))
    if (url.endsWith(zip)) return url.slice(0, -zip.length)
  return null
}

/** A module path as it stands in an address: a capital is `!` and its small letter. */
const escaped = (text: string): string => text.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`)

/** Why the download failed: the `Error` of go's JSON answer, else what it said; null when it did not. */
export function moduleFailure(answer: Collected): string | null {
  let error: string | null = null
  try {
    const value: unknown = JSON.parse(answer.stdout)
    if (typeof value === 'object' && value !== null && 'Error' in value && typeof value.Error === 'string')
      error = value.Error
    else if (answer.code === 0 && typeof value === 'object' && value !== null && 'Sum' in value) return null
  } catch {
    // No JSON: the error text below says why.
  }
  return error ?? said(answer)
}

function said({ code, stdout, stderr }: Collected): string {
  // What -x adds is a log, not a reason.
  const words = stderr.replace(/^# .*\n?/gm, '').trim()
  const text = (words || stdout.trim() || stderr.trim()).slice(0, 2000)
  return text === '' ? `exit status ${code}` : text
}
