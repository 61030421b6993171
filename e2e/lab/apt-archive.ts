import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { must, run } from './process.ts'

/** One suite of an archive, e.g. `bookworm-updates` of `debian`. */
export type AptSuite = {
  /** The folder at the server's root: `debian`, `ubuntu`, `debian-security` … */
  archive: string
  suite: string
  /** Who the Release file says that it is from. Default: Debian. */
  origin?: string
  components?: readonly string[]
  /** What the Release file says; default: now. */
  date?: Date
  /** Default: none, as in a stable release. */
  validUntil?: Date
  /** No signature at all. */
  unsigned?: true
  /** Made-up packages in each index besides the real one; each is about 400 bytes. Default: 0. */
  entries?: number
}

/** Signs what it publishes. The key is made for it and never leaves its folder. */
export type AptSigner = {
  /** The public key, for `Signed-By`. */
  key: string
  /** Writes suites below `folder` (made when missing); one that exists is replaced. */
  publish(folder: string, suites: readonly AptSuite[]): Promise<void>
  /** Ends gpg's agent and removes the private key. */
  stop(): Promise<void>
}

/** Makes a signing key. `dir` gets the public part as `archive-key.asc`. */
export async function makeAptSigner(dir: string): Promise<AptSigner> {
  // gpg's agent has a socket in there, whose path may not get long.
  const home = await mkdtemp(join(tmpdir(), 'goready-gpg-'))
  const env = { ...process.env, GNUPGHOME: home }
  const gpg = ['gpg', '--batch', '--quiet', '--yes'] as const
  const user = 'GoReady lab archive <archive@lab.example>'
  const alone = ['--pinentry-mode', 'loopback', '--passphrase', ''] as const
  const key = join(dir, 'archive-key.asc')
  await mkdir(dir, { recursive: true })
  await must([...gpg, ...alone, '--quick-gen-key', user, 'ed25519', 'sign', 'never'], { env })
  await must([...gpg, '--armor', '--output', key, '--export', user], { env })
  return {
    key,
    async publish(folder, suites) {
      for (const suite of suites) {
        const { dists, release } = await writeSuite(folder, suite)
        const signed = join(dists, 'InRelease')
        await rm(signed, { force: true })
        if (suite.unsigned) await copyFile(release, join(dists, 'Release'))
        else await must([...gpg, '--clearsign', '--output', signed, release], { env })
        await rm(release)
      }
    },
    async stop() {
      await run(['gpgconf', '--kill', 'gpg-agent'], { env })
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** Packages and their indices. Answers the suite's folder and its Release file, which is not yet in place. */
async function writeSuite(folder: string, suite: AptSuite): Promise<{ dists: string; release: string }> {
  const { components = ['main'], origin = 'Debian', entries = 0 } = suite
  const base = join(folder, suite.archive)
  const dists = join(base, 'dists', suite.suite)
  await rm(dists, { recursive: true, force: true })
  const pool = await buildPackage(base, suite.suite)
  const real = await must(['apt-ftparchive', 'packages', pool], { cwd: base })
  for (const component of components) {
    const index = join(dists, component, 'binary-amd64')
    await mkdir(index, { recursive: true })
    const text = [real.trim(), ...madeUp(component, entries), ''].join('\n\n')
    await writeFile(join(index, 'Packages'), text)
    await writeFile(join(index, 'Packages.gz'), gzipSync(text))
  }
  const fields = { Origin: origin, Label: origin, Suite: 'stable', Codename: suite.suite, Architectures: 'amd64' }
  const set = Object.entries({ ...fields, Components: components.join(' ') }).flatMap(([name, value]) => [
    '-o',
    `APT::FTPArchive::Release::${name}=${value}`,
  ])
  const text = await must(['apt-ftparchive', ...set, 'release', dists])
  const release = join(base, `${suite.suite}.Release`)
  const until = suite.validUntil === undefined ? '' : `\nValid-Until: ${suite.validUntil.toUTCString()}`
  const date = `Date: ${(suite.date ?? new Date()).toUTCString()}${until}`
  await writeFile(
    release,
    text.replace(/^Date: .*$/m, () => date.replaceAll('GMT', 'UTC')),
  )
  return { dists, release }
}

/** A real package with one file. Answers the pool, relative to the archive. */
async function buildPackage(base: string, suite: string): Promise<string> {
  const pool = `pool/${suite}`
  const tree = join(base, 'build', suite)
  await mkdir(join(tree, 'DEBIAN'), { recursive: true })
  await mkdir(join(base, pool), { recursive: true })
  await writeFile(join(tree, 'hello.txt'), `${suite}\n`)
  const control = { Package: 'goready-hello', Version: '1.0', Architecture: 'all', Maintainer: 'lab <lab@lab.example>' }
  const lines = Object.entries({ ...control, Description: suite }).map(([name, value]) => `${name}: ${value}\n`)
  await writeFile(join(tree, 'DEBIAN/control'), lines.join(''))
  await must(['dpkg-deb', '--build', tree, join(base, pool, 'goready-hello_1.0_all.deb')])
  await rm(join(base, 'build'), { recursive: true })
  return pool
}

function madeUp(component: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => {
    const hash = [...crypto.getRandomValues(new Uint8Array(32))].map((byte) => byte.toString(16).padStart(2, '0'))
    const name = `lab-${component}-${at}`
    const file = `pool/${name}_1.0_amd64.deb`
    const about = `Package: ${name}\nVersion: 1.0\nArchitecture: amd64\nMaintainer: lab <lab@lab.example>`
    return `${about}\nFilename: ${file}\nSize: 1000\nSHA256: ${hash.join('')}\nDescription: made up, ${hash.toReversed().join('')}`
  })
}

/** The bytes of a suite's InRelease. */
export const inRelease = (folder: string, archive: string, suite: string): Promise<Buffer> =>
  readFile(join(folder, archive, 'dists', suite, 'InRelease'))
