import { chmod, cp, mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { listName } from '../../../electron/settings/apt/recognise.ts'
import { type AptSigner, type AptSuite, inRelease, makeAptSigner } from '../../lab/apt-archive.ts'
import { type AptMirror, startAptMirror } from '../../lab/apt-mirror.ts'
import type { Fault, Ground } from '../fault.ts'

const DAY = 24 * 3600 * 1000
const SUITES: readonly AptSuite[] = [
  { archive: 'debian', suite: 'bookworm' },
  { archive: 'debian', suite: 'bookworm-updates' },
]

type Apt = { mirror: AptMirror; signer: AptSigner; sources: string; keyring: string; lists: string }

const put = async ({ root }: Ground, file: string, text: string | Uint8Array): Promise<string> => {
  const path = join(root, file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  return path
}

/** A server of packages that is served until the fault is over. */
async function serve(ground: Ground, name: string, signer: AptSigner, suites: readonly AptSuite[]): Promise<AptMirror> {
  const { lab } = ground
  const tls = { ca: lab.ca, certificate: join(lab.dir, 'tls/server.pem'), key: join(lab.dir, 'tls/server.key') }
  const mirror = await startAptMirror(join(ground.dir, name), lab.bridge.address, tls)
  ground.after(() => mirror.stop())
  await signer.publish(mirror.folder, suites)
  return mirror
}

/** What apt has fetched of a server, as after an update a moment ago. */
async function fetched(ground: Ground, { folder, url }: AptMirror, suites: readonly AptSuite[]): Promise<string> {
  for (const { archive, suite } of suites)
    await put(
      ground,
      `var/lib/apt/lists/${listName(`${url}/${archive}`, suite)}`,
      await inRelease(folder, archive, suite),
    )
  await mkdir(join(ground.root, 'var/lib/apt/lists/partial'), { recursive: true })
  return join(ground.root, 'var/lib/apt/lists')
}

const stanza = (url: string, suites: string, more: string): string =>
  `Types: deb\nURIs: ${url}/debian\nSuites: ${suites}\nComponents: main\n${more}`

/** Debian below the ground's root, with apt's sources on a server of the lab, in order in every way. */
async function debian(
  ground: Ground,
  suites: readonly AptSuite[] = SUITES,
  names = suites.map(({ suite }) => suite).join(' '),
): Promise<Apt> {
  const signer = await makeAptSigner(join(ground.dir, 'signer'))
  ground.after(() => signer.stop())
  const mirror = await serve(ground, 'mirror', signer, suites)
  await put(ground, 'etc/os-release', 'ID=debian\nVERSION_CODENAME=bookworm\n')
  await put(ground, 'var/lib/dpkg/arch', 'amd64\n')
  await put(ground, 'var/lib/dpkg/status', '')
  const ring = '/etc/apt/keyrings/debian-archive-lab.asc'
  const keyring = await put(ground, ring, await readFile(signer.key))
  const sources = await put(
    ground,
    'etc/apt/sources.list.d/debian.sources',
    stanza(mirror.url, names, `Signed-By: ${ring}\n`),
  )
  const old = new Date(Date.now() - DAY)
  await utimes(sources, old, old)
  return { mirror, signer, sources, keyring, lists: await fetched(ground, mirror, suites) }
}

/** Tells the catalogue which mirrors there are; the first one has ended. */
async function know(ground: Ground, dead: AptMirror, good: AptMirror): Promise<void> {
  const mirror = (id: string, { url }: AptMirror, status: string) => ({
    paths: { debian: '/debian' },
    ...{ id, target: 'apt', name: { zh: id, en: id }, url, status, since: status === 'dead' ? '2024-06' : null },
    ...{ operator: null, source: 'https://lab.example', date: '2026-01-01', limits: null, sync: null },
  })
  const known: object = JSON.parse(await readFile(ground.catalogue, 'utf8'))
  const mirrors = [mirror('gone', dead, 'dead'), mirror('good', good, 'alive')]
  await writeFile(ground.catalogue, JSON.stringify({ ...known, mirrors }))
}

export const packagesFaults: readonly Fault[] = [
  {
    name: 'apt’s mirror has ended',
    code: 'packages.source-dead',
    severity: 'warning',
    repair: true,
    async plant(ground) {
      const { mirror, signer, sources, keyring } = await debian(ground)
      // apt takes Signed-By for a path of the machine, whatever its root is; its own account reads the other keys.
      await chmod(ground.dir, 0o755)
      await put(ground, 'etc/apt/trusted.gpg.d/lab.asc', await readFile(keyring))
      await writeFile(sources, stanza(mirror.url, 'bookworm bookworm-updates', ''))
      await know(ground, mirror, await serve(ground, 'other', signer, SUITES))
    },
  },
  {
    name: 'apt’s mirror stands still',
    code: 'packages.source-stale',
    severity: 'warning',
    repair: false,
    async plant(ground) {
      const date = new Date(Date.now() - 40 * DAY)
      const stale = { archive: 'debian', suite: 'bookworm-updates', date, validUntil: new Date(Date.now() - 33 * DAY) }
      await debian(ground, [{ archive: 'debian', suite: 'bookworm' }, stale])
    },
  },
  {
    name: 'a suite that the mirror no longer has',
    code: 'packages.suite-ended',
    severity: 'warning',
    repair: false,
    async plant(ground) {
      const { mirror, sources, lists } = await debian(ground, [
        { archive: 'debian', suite: 'bookworm' },
        { archive: 'debian', suite: 'bookworm-backports-sloppy' },
      ])
      const name = 'bookworm-backports-sloppy'
      await rm(join(mirror.folder, 'debian/dists', name), { recursive: true })
      await rm(join(lists, listName(`${mirror.url}/debian`, name)))
      await chmod(sources, 0o644)
    },
  },
  {
    name: 'the key ring of a source is gone',
    code: 'packages.key-missing',
    severity: 'error',
    repair: false,
    plant: async (ground) => rm((await debian(ground)).keyring),
  },
  {
    name: 'another key than the one that signs',
    code: 'packages.key-missing',
    severity: 'error',
    repair: false,
    async plant(ground) {
      const { keyring } = await debian(ground)
      const stranger = await makeAptSigner(join(ground.dir, 'stranger'))
      await stranger.stop()
      await cp(stranger.key, keyring)
    },
  },
  {
    name: 'a key ring that apt’s own account cannot read',
    code: 'packages.key-closed',
    severity: 'error',
    repair: true,
    plant: async (ground) => chmod((await debian(ground)).keyring, 0o600),
  },
  {
    name: 'a line of a list that apt refuses',
    code: 'packages.source-malformed',
    severity: 'error',
    repair: true,
    async plant(ground) {
      const { mirror } = await debian(ground)
      await put(
        ground,
        'etc/apt/sources.list.d/mine.list',
        `# mine\ndebb [trusted=yes] ${mirror.url}/debian bookworm main\n`,
      )
    },
  },
  {
    name: 'a list with a byte order mark',
    code: 'packages.source-malformed',
    severity: 'error',
    repair: true,
    async plant(ground) {
      const { mirror } = await debian(ground, SUITES, 'bookworm')
      await put(
        ground,
        'etc/apt/sources.list.d/mine.list',
        `\ufeffdeb [trusted=yes] ${mirror.url}/debian bookworm-updates main\n`,
      )
    },
  },
  {
    name: 'a stanza without an address',
    code: 'packages.source-malformed',
    severity: 'error',
    repair: false,
    async plant(ground) {
      const { sources } = await debian(ground)
      await writeFile(sources, (await readFile(sources, 'utf8')).replace(/^URIs: .*$/m, 'URIs: mirror.example'))
    },
  },
  {
    name: 'one source with two keys',
    code: 'packages.signed-by-conflict',
    severity: 'error',
    repair: false,
    async plant(ground) {
      const { mirror, keyring } = await debian(ground)
      await cp(keyring, `${keyring.slice(0, -4)}-2.asc`)
      const line = `deb [signed-by=/etc/apt/keyrings/debian-archive-lab-2.asc] ${mirror.url}/debian bookworm main\n`
      await put(ground, 'etc/apt/sources.list.d/again.list', line)
    },
  },
  {
    name: 'dpkg was interrupted',
    code: 'packages.dpkg-interrupted',
    severity: 'error',
    repair: false,
    async plant(ground) {
      await debian(ground)
      const path = await put(ground, 'var/lib/dpkg/updates/0001', 'Package: lab\n')
      const old = new Date(Date.now() - DAY)
      await utimes(path, old, old)
    },
  },
  {
    name: 'a package without what it needs',
    code: 'packages.unmet',
    severity: 'error',
    repair: false,
    async plant(ground) {
      await debian(ground)
      const fields = {
        ...{ Package: 'lab', Status: 'install ok unpacked', Maintainer: 'lab <lab@lab.example>' },
        ...{ Architecture: 'amd64', Version: '1.0', Depends: 'lab-that-is-not-there', Description: 'lab' },
      }
      const text = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`)
      await put(ground, 'var/lib/dpkg/status', `${text.join('')}\n`)
    },
  },
]
