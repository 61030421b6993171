import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached } from '../cache.ts'
import { LabError, must, run } from '../process.ts'

/** An npm package's archive, checked against its pinned integrity (`sha512-…`). Answers its path. */
export async function npmArchive(name: string, integrity: string): Promise<string> {
  const folder = await cached(`npm-${digest(integrity)}`, async (into) => {
    await must(['npm', 'pack', name, '--silent', '--pack-destination', into], { cwd: into, timeout: 600_000 })
    const file = await onlyFile(into, '.tgz')
    const found = `sha512-${createHash('sha512')
      .update(await readFile(file))
      .digest('base64')}`
    if (found !== integrity) throw new LabError(name, `integrity is ${found}, but ${integrity} is expected`)
  })
  return onlyFile(folder, '.tgz')
}

/** Downloads Debian packages (names, no dependencies) and answers the paths of the archives. */
export async function debianArchives(names: readonly string[]): Promise<readonly string[]> {
  const folder = await cached(`deb-${digest(names.join(' '))}`, async (into) => {
    // The download runs as root: apt's own user cannot write here, and says so on standard error.
    const argv = ['apt-get', '-q', '-o', 'APT::Sandbox::User=root', 'download', ...names] as const
    const first = await run(argv, { cwd: into, timeout: 600_000 })
    if (first.code !== 0) {
      // A fresh machine has no lists yet, an old one has outdated ones.
      await must(['apt-get', '-q', 'update'], { timeout: 600_000 })
      await must(argv, { cwd: into, timeout: 600_000 })
    }
    const got = (await readdir(into)).filter((file) => file.endsWith('.deb'))
    if (got.length !== names.length) throw new LabError('apt-get download', `${got.length} of ${names.length} came`)
  })
  return (await readdir(folder)).filter((file) => file.endsWith('.deb')).map((file) => join(folder, file))
}

/** Unpacks Debian packages over each other into `folder`. */
export async function unpackDebian(names: readonly string[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const archive of (await debianArchives(names)).toSorted()) await must(['dpkg-deb', '-x', archive, folder])
}

async function onlyFile(folder: string, end: string): Promise<string> {
  const file = (await readdir(folder)).find((name) => name.endsWith(end))
  if (file === undefined) throw new LabError('download', `no ${end} in ${folder}`)
  return join(folder, file)
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
