import type { CheckSignature } from '../trust/gpgv.ts'

/** What a race of each target fetches, and what the machine's own settings have to do with it. */

export type GoContext = {
  /** The value of GOSUMDB; '' = the tool's default. */
  sumdb: string
  /** A small module version whose hash is compared; every proxy holds it. */
  proof: { path: string; version: string }
  /** The zip whose bytes are measured: some megabytes. */
  bulk: { path: string; version: string }
}

export type DockerContext = {
  /** The chosen image: `golang:1.27`. */
  image: string
  platform: { os: string; arch: string; variant?: string }
}

export type NpmContext = {
  /** A package of a few kilobytes that is read whole. */
  proof: string
  /** A package with new versions often; its newest tarball is measured: some megabytes. */
  bulk: string
  /** npm's own default registry, as npm says it; null where it cannot be asked. */
  defaultRegistry: string | null
}

export type AptContext = {
  /** Where the archive stands under a mirror's host: `debian`, `ubuntu`, `ubuntu-ports`. */
  folder: string
  /** `bookworm`, `noble`. */
  codename: string
  /** dpkg's name of the processor: `amd64`. */
  arch: string
  components: readonly string[]
  /** Checks an InRelease with the system's keys; null where the system has no means for it. */
  signature: CheckSignature | null
}

export type PipContext = {
  /** A project with a small wheel, which is read whole, and new versions often. */
  proof: string
  /** The newest wheel of this project is measured: some megabytes, for any system. */
  bulk: string
}

export type RaceContext = {
  go: GoContext
  docker: DockerContext
  npm: NpmContext
  apt: AptContext
  pip: PipContext
  /** Milliseconds since 1970. */
  now: () => number
}

/**
 * What is fetched unless something else is asked for. `golang.org/x/text@v0.14.0` is a zip of about 9 MB;
 * `typescript` a tarball of about 4 MB, `sympy` a wheel of about 6 MB.
 */
export const DEFAULT_CONTEXT: RaceContext = {
  go: {
    sumdb: '',
    proof: { path: 'github.com/pkg/errors', version: 'v0.9.1' },
    bulk: { path: 'golang.org/x/text', version: 'v0.14.0' },
  },
  docker: { image: 'golang:latest', platform: { os: 'linux', arch: 'amd64' } },
  npm: { proof: 'ms', bulk: 'typescript', defaultRegistry: null },
  apt: { folder: 'debian', codename: 'stable', arch: 'amd64', components: ['main'], signature: null },
  pip: { proof: 'platformdirs', bulk: 'sympy' },
  now: Date.now,
}
