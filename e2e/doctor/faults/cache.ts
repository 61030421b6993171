import { createHash } from 'node:crypto'
import { chmod, cp, mkdir, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { zipSync } from 'fflate'
import { PLAIN_PATH } from '../../../electron/settings/find-program.ts'
import { hashZip } from '../../../electron/mirrors/trust/dirhash.ts'
import { must } from '../../lab/process.ts'
import type { Fault, Ground } from '../fault.ts'

/** Modules that the lab's proxy serves; one with a capital, which file names escape. */
export const MODULES = [
  'github.com/pkg/errors@v0.9.1',
  'github.com/google/uuid@v1.3.0',
  'github.com/BurntSushi/toml@v1.2.0',
]

const modcache = ({ home }: Ground): string => join(home, 'go/pkg/mod')
const base = (ground: Ground, name = 'github.com/pkg/errors/@v/v0.9.1'): string =>
  join(modcache(ground), 'cache/download', name)
const unpacked = (ground: Ground): string => join(modcache(ground), 'github.com/pkg/errors@v0.9.1')

/** Debian's go with the ground's own settings, in a folder of the ground. */
export const realGo = (ground: Ground, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  must(['/usr/bin/go', ...args], {
    cwd: ground.dir,
    env: { PATH: PLAIN_PATH, HOME: ground.home, GOCACHE: join(ground.dir, 'go-build'), GOFLAGS: '-mod=mod', ...env },
  })

/** A cache that a real `go mod download` has filled: read-only folders, go's own look-ups of the checksum database. */
export const download = async (ground: Ground): Promise<void> => {
  await realGo(ground, ['mod', 'download', ...MODULES])
}

/** Changes what go has made read-only. */
async function overwrite(path: string, change: (bytes: Buffer) => Uint8Array | string): Promise<void> {
  const { mode } = await stat(path)
  await chmod(path, 0o644)
  await writeFile(path, change(await readFile(path)))
  await chmod(path, mode & 0o7777)
}

const planted = (
  name: string,
  code: string,
  break_: (ground: Ground) => Promise<void>,
  { severity = 'error', repair = true }: Partial<Pick<Fault, 'severity' | 'repair'>> = {},
): Fault => ({
  name,
  code,
  severity,
  repair,
  async plant(ground) {
    await download(ground)
    await break_(ground)
  },
})

/** A module as a proxy that changed it would have delivered it: whole, and the same everywhere. */
async function deliver(ground: Ground): Promise<void> {
  const file = join(unpacked(ground), 'errors.go')
  await overwrite(file, (bytes) => `${bytes.toString()}\n// a line that its authors never wrote\n`)
  const files: Record<string, Uint8Array> = {}
  for (const entry of await readdir(unpacked(ground), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files[`github.com/pkg/errors@v0.9.1${path.slice(unpacked(ground).length)}`] = await readFile(path)
  }
  const zip = zipSync(files)
  await overwrite(`${base(ground)}.zip`, () => zip)
  await overwrite(`${base(ground)}.ziphash`, () => hashZip(zip))
}

/** What npm keeps of a package that was really installed. */
export async function install(ground: Ground, cache: string): Promise<string> {
  const folder = join(ground.dir, 'app')
  await mkdir(folder)
  const flags = ['--cache', cache, '--registry', ground.npm.url, '--no-audit', '--no-fund', '--ignore-scripts']
  const env = { PATH: PLAIN_PATH, HOME: ground.dir, npm_config_update_notifier: 'false' }
  await must(['npm', 'install', 'left-pad@1.3.0', ...flags], { cwd: folder, env })
  await rm(folder, { recursive: true })
  const content = join(cache, '_cacache/content-v2')
  const files = await readdir(content, { recursive: true, withFileTypes: true })
  const [largest] = files.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []))
  if (largest === undefined) throw new Error(`nothing in ${content}`)
  return largest
}

export const cacheFaults: readonly Fault[] = [
  planted('a module that somebody edited', 'cache.module-modified', (ground) =>
    overwrite(join(unpacked(ground), 'errors.go'), (bytes) => `${bytes.toString()}\nvar debug = 1\n`),
  ),
  planted('a module with a file that is gone', 'cache.module-modified', async (ground) => {
    await chmod(unpacked(ground), 0o755)
    await rm(join(unpacked(ground), 'errors.go'))
    await chmod(unpacked(ground), 0o555)
  }),
  planted('a zip that was cut off', 'cache.zip-damaged', async (ground) => {
    await truncate(`${base(ground)}.zip`, 2000)
  }),
  planted('a zip with a byte that fell over', 'cache.zip-damaged', (ground) =>
    overwrite(`${base(ground, 'github.com/!burnt!sushi/toml/@v/v1.2.0')}.zip`, (bytes) => {
      // In the first file's packed content, behind its header and its name.
      const at = 30 + bytes.readUInt16LE(26) + bytes.readUInt16LE(28) + 9
      bytes[at] = (bytes[at] ?? 0) ^ 0x20
      return bytes
    }),
  ),
  planted('an empty zip, of a full disk', 'cache.zip-damaged', async (ground) => {
    await truncate(`${base(ground)}.zip`, 0)
    await chmod(unpacked(ground), 0o755)
    await rm(unpacked(ground), { recursive: true })
  }),
  planted('a note of the checksum that is wrong', 'cache.ziphash-wrong', (ground) =>
    overwrite(`${base(ground)}.ziphash`, () => `h1:${createHash('sha256').update('x').digest('base64')}`),
  ),
  planted('a go.mod in the cache that was edited', 'cache.mod-damaged', (ground) =>
    overwrite(`${base(ground)}.mod`, (bytes) => `${bytes.toString()}\ngo 1.99\n`),
  ),
  planted('a module that a mirror delivered changed', 'cache.republished', deliver, { repair: false }),
  {
    name: 'the same, fetched while nobody checked',
    code: 'cache.republished',
    severity: 'error',
    repair: false,
    async plant(ground) {
      await realGo(ground, ['mod', 'download', ...MODULES], { GOSUMDB: 'off' })
      await deliver(ground)
    },
  },
  planted(
    'a go.sum that knows the module otherwise',
    'cache.republished',
    async ({ dir }) => {
      const hash = (text: string): string => `h1:${createHash('sha256').update(text).digest('base64')}`
      await writeFile(
        join(dir, 'go.mod'),
        'module example.com/mine\n\ngo 1.19\n\nrequire github.com/pkg/errors v0.9.1\n',
      )
      await writeFile(join(dir, 'go.sum'), `github.com/pkg/errors v0.9.1 ${hash('another tag')}\n`)
    },
    { repair: false },
  ),
  planted(
    'downloads that never ended',
    'cache.unfinished',
    async (ground) => {
      const [file, folder] = [`${base(ground)}.zip1234.tmp`, `${unpacked(ground)}.tmp-1234`]
      await writeFile(file, 'half a zip')
      await cp(unpacked(ground), folder, { recursive: true })
      const old = new Date(Date.now() - 3 * 86_400_000)
      await chmod(dirname(folder), 0o755)
      for (const path of [file, folder]) await utimes(path, old, old)
    },
    { severity: 'info' },
  ),
  {
    name: "a damaged file in npm's cache",
    code: 'cache.npm-damaged',
    severity: 'error',
    repair: true,
    async plant(ground) {
      await overwrite(await install(ground, join(ground.home, '.npm')), (bytes) => bytes.subarray(0, -7))
    },
  },
  {
    name: "the same, where npm's cache lies elsewhere",
    code: 'cache.npm-damaged',
    severity: 'error',
    repair: true,
    async plant(ground) {
      const cache = join(ground.home, 'big disk/npm')
      await writeFile(join(ground.home, '.npmrc'), `registry=${ground.npm.url}/\ncache=${cache}\n`)
      await overwrite(await install(ground, cache), (bytes) => `x${bytes.toString('latin1')}`)
    },
  },
]
