import type { Finding } from '../contract/note.ts'
import { CodedError } from '../core/errors.ts'
import type { ContainerSpec, Mount } from './container.ts'
import { isRootless } from './flavour.ts'
import { containerProxies } from './loopback.ts'
import { CACHE } from './prepare.ts'
import type { Info } from './state.ts'

export const WORK = '/work'
const HOME = '/goready/home'

export type RunRequest = {
  /** A full reference. */
  image: string
  /** null: a shell, bash where the image has it. */
  argv: readonly [string, ...string[]] | null
  /** The folder to mount, absolute. */
  cwd: string
  uid: number
  gid: number
  /** The person's home folder, to tell whether all of it is about to be mounted. */
  home: string
  /** GOPROXY, GOFLAGS … */
  goEnv: Readonly<Record<string, string>>
  /** Folders that GOPROXY names. */
  folders?: readonly Mount[]
  /** The person's environment: proxies, TERM and LANG come from it. */
  environment: Readonly<Record<string, string>>
  /** A terminal is at both ends. */
  interactive: boolean
  /** Whether anything is to be read from standard input. */
  stdin: boolean
}

/**
 * Whether a folder may be mounted. The root of the machine never; the whole home folder with a warning.
 * Errors: `bad-arguments` {reason}.
 */
export function checkFolder(cwd: string, home: string): Finding | null {
  const clean = cwd.replace(/[\\/]+$/, '')
  if (clean === '' || /^[A-Za-z]:$/.test(clean)) throw new CodedError('bad-arguments', { reason: cwd }, 'whole disk')
  if (!/^(\/|[A-Za-z]:[\\/])/.test(cwd)) throw new CodedError('bad-arguments', { reason: cwd }, 'not absolute')
  if (clean !== home.replace(/[\\/]+$/, '')) return null
  return {
    id: 'docker.home-mounted',
    severity: 'warning',
    note: { key: 'docker:finding.home-mounted', values: { path: cwd } },
  }
}

/**
 * The user inside. In a rootless engine root inside is the user outside, and any other number would
 * write files that the person does not own.
 */
export function userInside(info: Info, uid: number, gid: number): { uid: number; gid: number } {
  return isRootless(info) || uid < 0 || gid < 0 ? { uid: 0, gid: 0 } : { uid, gid }
}

/** The container of `goready run` and `goready shell`. Pure. */
export function runSpec(request: RunRequest, shell: string, volume: string, info: Info): ContainerSpec {
  const { uid, gid } = userInside(info, request.uid, request.gid)
  const security = info.SecurityOptions ?? []
  const host = {
    // With remapped users root's files would come out of a foreign range of ids.
    ...(security.some((option) => option.startsWith('name=userns')) ? { UsernsMode: 'host' } : {}),
    // A label of its own would hide the mounted folder; relabelling it would change the person's files.
    ...(security.some((option) => option.startsWith('name=selinux')) ? { SecurityOpt: ['label=disable'] } : {}),
  }
  const { TERM, LANG } = request.environment
  return {
    image: request.image,
    argv: request.argv ?? [shell],
    env: {
      ...containerProxies(request.environment),
      ...(request.interactive ? { TERM: TERM || 'xterm' } : {}),
      ...(LANG ? { LANG } : {}),
      ...request.goEnv,
      HOME,
      GOPATH: `${CACHE}/gopath`,
      GOMODCACHE: `${CACHE}/mod`,
      GOCACHE: `${CACHE}/build`,
    },
    workingDir: WORK,
    user: `${uid}:${gid}`,
    tmpfs: { [HOME]: 'rw,exec,mode=1777' },
    mounts: [
      { Type: 'bind', Source: request.cwd, Target: WORK },
      { Type: 'volume', Source: volume, Target: CACHE },
      ...(request.folders ?? []),
    ],
    tty: request.interactive,
    stdin: request.interactive || request.stdin,
    host,
  }
}
