import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AptSigner, makeAptSigner } from './apt-archive.ts'
import { type AptMirror, startAptMirror } from './apt-mirror.ts'
import { makeCertificates } from './certificates.ts'
import { type Result, run } from './process.ts'

let dir: string
let signer: AptSigner
let mirror: AptMirror
const PAST = new Date('2026-01-01T00:00:00Z')

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'goready-apt-'))
  signer = await makeAptSigner(join(dir, 'key'))
  const certificates = await makeCertificates(join(dir, 'tls'), ['IP:127.0.0.21'])
  mirror = await startAptMirror(join(dir, 'mirror'), '127.0.0.21', certificates)
  await signer.publish(mirror.folder, [
    { archive: 'debian', suite: 'bookworm', entries: 50 },
    { archive: 'debian', suite: 'unsigned', unsigned: true },
    { archive: 'debian', suite: 'expired', date: PAST, validUntil: new Date('2026-01-08T00:00:00Z') },
  ])
})
afterAll(async () => {
  await mirror.stop()
  await signer.stop()
  await rm(dir, { recursive: true, force: true })
})

/** The real apt-get in folders of its own. */
async function update(suite: string): Promise<Result> {
  const root = join(dir, `root-${suite}`)
  const parts = join(root, 'etc/apt/sources.list.d')
  await mkdir(parts, { recursive: true })
  await mkdir(join(root, 'etc/apt/apt.conf.d'), { recursive: true })
  await mkdir(join(root, 'var/lib/dpkg'), { recursive: true })
  await writeFile(join(root, 'var/lib/dpkg/status'), '')
  const stanza = `Types: deb\nURIs: ${mirror.url}/debian\nSuites: ${suite}\nComponents: main\nSigned-By: ${signer.key}\n`
  await writeFile(join(parts, 'debian.sources'), stanza)
  const config = join(root, 'apt.conf')
  await writeFile(config, `Dir "${root}/";\nDir::State::status "${root}/var/lib/dpkg/status";\nquiet "1";\n`)
  return run(['apt-get', 'update', '-o', 'Acquire::Languages=none', '-o', 'APT::Sandbox::User=root'], {
    env: { PATH: process.env.PATH, APT_CONFIG: config, LC_ALL: 'C' },
  })
}

test('apt-get takes a signed suite and its packages from it', async () => {
  const result = await update('bookworm')
  expect(result).toMatchObject({ code: 0, stderr: '' })
  expect(result.stdout).toContain(`Get:1 ${mirror.url}/debian bookworm InRelease`)
  expect(mirror.log().map(({ url, status }) => `${status} ${url}`)).toEqual([
    '200 /debian/dists/bookworm/InRelease',
    '200 /debian/dists/bookworm/main/binary-amd64/Packages.gz',
  ])
})

test('apt-get refuses an unsigned suite, an expired one and one that is not there', async () => {
  expect((await update('unsigned')).stderr).toContain('is not signed')
  expect((await update('expired')).stderr).toContain('is expired')
  expect((await update('gone')).stderr).toContain('does not have a Release file')
})
