import { chmod, chown, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Desk, errorOf, goready, type Outcome, profile, tree } from './harness.ts'
import { type AptSigner, type AptSuite, makeAptSigner } from './lab/apt-archive.ts'
import { type AptMirror, startAptMirror } from './lab/apt-mirror.ts'
import { projectRoot } from './lab/cache.ts'
import { makeCertificates } from './lab/certificates.ts'
import { run } from './lab/process.ts'

const MAIN: readonly AptSuite[] = [
  { archive: 'debian', suite: 'bookworm', components: ['main', 'contrib'], entries: 40 },
  { archive: 'debian', suite: 'bookworm-updates', components: ['main', 'contrib'] },
]
const SECURITY: AptSuite = { archive: 'debian-security', suite: 'bookworm-security' }

let dir: string
let signer: AptSigner
let official: AptMirror
let mirror: AptMirror
let desk: Desk
let count = 0

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'goready-apt-'))
  // apt checks signatures as a user of its own, who has to get as far as the keys.
  await chmod(dir, 0o755)
  signer = await makeAptSigner(join(dir, 'key'))
  const tls = await makeCertificates(join(dir, 'tls'), ['IP:127.0.0.31', 'IP:127.0.0.32'])
  official = await startAptMirror(join(dir, 'official'), '127.0.0.31', tls)
  mirror = await startAptMirror(join(dir, 'mirror'), '127.0.0.32', tls)
  await signer.publish(official.folder, [...MAIN, SECURITY])
})
afterAll(async () => {
  await mirror.stop()
  await official.stop()
  await signer.stop()
  await rm(dir, { recursive: true, force: true })
})

beforeEach(async () => {
  await signer.publish(mirror.folder, MAIN)
  const own = join(dir, `t${count++}`)
  desk = {
    dir: own,
    root: join(own, 'root 家'),
    home: join(own, 'home'),
    catalogue: join(projectRoot(), 'assets/golang-tags.json'),
  }
  await mkdir(desk.home, { recursive: true })
  await put('etc/os-release', 'ID=debian\nVERSION_CODENAME=bookworm\n')
  // The archive's own key ring, as Debian's package puts it there.
  await put('etc/apt/sources.list.d/debian.sources', sources())
  await put('etc/apt/apt.conf.d/90hook', `APT::Update::Post-Invoke { "touch ${own}/hook-ran"; };\n`)
})
afterEach(() => {
  official.faults.clear()
  mirror.faults.clear()
})

async function put(name: string, text: string): Promise<void> {
  await mkdir(join(desk.root, name, '..'), { recursive: true })
  await writeFile(join(desk.root, name), text)
}

const SOURCES = 'etc/apt/sources.list.d/debian.sources'
const text = (name = SOURCES): Promise<string> => readFile(join(desk.root, name), 'utf8')
// Without Signed-By, the key is one of apt's own: the other way in which it may be trusted.
const sources = (main = `${official.url}/debian`): string => `# Written by the installer
Types: deb
URIs: ${main}
Suites: bookworm bookworm-updates
Components: main contrib

Types: deb
URIs: ${official.url}/debian-security
Suites: bookworm-security
Components: main
`

async function trust(): Promise<void> {
  await mkdir(join(desk.root, 'etc/apt/trusted.gpg.d'), { recursive: true })
  await copyFile(signer.key, join(desk.root, 'etc/apt/trusted.gpg.d/archive.asc'))
}

async function apply(apt: string): Promise<Outcome> {
  return goready(desk, ['apply', '--yes', '--json', '--profile', await profile(desk, { sources: { apt } })])
}

const served = (of: AptMirror, from: number): readonly string[] => [
  ...new Set(
    of
      .log()
      .slice(from)
      .filter(({ status }) => status === 200)
      .map(({ url }) => url.replace(/\/(main|contrib)\/binary.*/, '/Packages')),
  ),
]

test('after apply the mirror answers for the archive and the official host for security; undo is exact', async () => {
  await trust()
  const before = tree(desk.root)
  const marks = [official.log().length, mirror.log().length] as const
  const applied = await apply(mirror.url)
  expect(applied, applied.stdout + applied.stderr).toMatchObject({ code: 0 })
  expect(await text()).toBe(sources(`${mirror.url}/debian`))
  expect(served(mirror, marks[1]).toSorted()).toEqual([
    '/debian/dists/bookworm-updates/InRelease',
    '/debian/dists/bookworm-updates/Packages',
    '/debian/dists/bookworm/InRelease',
    '/debian/dists/bookworm/Packages',
  ])
  expect(served(official, marks[0]).filter((url) => !url.startsWith('/debian-security/'))).toEqual([])
  expect(served(official, marks[0])).toContain('/debian-security/dists/bookworm-security/InRelease')
  const said = JSON.stringify(applied.last)
  expect(said).toContain('setting:apt.effective')
  expect(said).toContain(new URL(mirror.url).host)
  expect(said).toContain('setting:apt.security')
  expect(tree(desk.dir)['hook-ran']).toBeUndefined()
  expect((await apply(mirror.url)).last).toMatchObject({ result: { changed: false } })
  const undone = await goready(desk, ['undo', '--json'])
  expect(undone).toMatchObject({ code: 0 })
  expect(tree(desk.root)).toEqual(before)
})

test('official gives back what the history holds; what nobody knows is refused untouched', async () => {
  await trust()
  const first = await apply('official')
  expect(first.code).toBe(1)
  expect(errorOf(first)).toMatchObject({ code: 'apt-no-official' })
  expect((await apply(`${mirror.url}/debian/`)).code).toBe(0)
  const back = await apply('official')
  expect(back, back.stdout + back.stderr).toMatchObject({ code: 0 })
  expect(await text()).toBe(sources())
})

test('one-line sources, options and comments kept', async () => {
  await trust()
  const lines = (main: string): string =>
    `deb [arch=amd64] ${main} bookworm main contrib # ours\r\n#deb-src ${main.replace(/.*/, 'http://x.example')} bookworm main\ndeb ${official.url}/debian-security bookworm-security main`
  await rm(join(desk.root, SOURCES))
  await put('etc/apt/sources.list', lines(`${official.url}/debian`))
  const applied = await apply(mirror.url)
  expect(applied, applied.stdout + applied.stderr).toMatchObject({ code: 0 })
  expect(await text('etc/apt/sources.list')).toBe(lines(`${mirror.url}/debian`))
})

const EXPIRED = { date: new Date('2026-01-01T00:00:00Z'), validUntil: new Date('2026-01-08T00:00:00Z') }
const all = (more: Partial<AptSuite>): Promise<void> =>
  signer.publish(
    mirror.folder,
    MAIN.map((suite) => ({ ...suite, ...more })),
  )
const answer = (code: number, body: string, only?: RegExp): Promise<void> =>
  Promise.resolve(mirror.faults.status(code, body, only))
test.each<[string, RegExp, () => Promise<void>]>([
  ['expired', /is expired/, () => all(EXPIRED)],
  ['unsigned', /is not signed/, () => all({ unsigned: true })],
  ['not there', /updates Release' does not have a Release/, () => answer(404, 'gone', /bookworm-updates/)],
  [
    'a portal',
    /Clearsigned file isn't valid|does the network require authentication/,
    () => answer(200, '<html>log in</html>'),
  ],
  ['without its packages', /404/, () => answer(404, '', /Packages/)],
  ['changed packages', /unexpected size|Hash Sum mismatch/, () => answer(200, 'Package: evil\n', /Packages/)],
  ['resetting', /[Cc]onnection|Undetermined/, () => Promise.resolve(mirror.faults.reset())],
  ['without contrib', /have the component 'contrib'/, () => all({ components: ['main'] })],
])('a mirror that is %s: everything is given back', async (_, why, spoil) => {
  await trust()
  await spoil()
  const before = tree(desk.root)
  const applied = await apply(mirror.url)
  expect(applied.code, applied.stdout).toBe(1)
  const error = errorOf(applied)
  expect(error).toMatchObject({ code: 'apt-update-failed', values: { hosts: new URL(mirror.url).host } })
  expect(error.cause).toMatch(why)
  expect(error.cause).toContain(mirror.url)
  expect(error.remaining).toBeUndefined()
  expect(tree(desk.root)).toEqual(before)
})

test('a mirror signed by somebody else is refused, whatever it serves', async () => {
  await trust()
  const other = await makeAptSigner(join(dir, `other${count}`))
  await other.publish(mirror.folder, MAIN)
  await other.stop()
  const applied = await apply(mirror.url)
  expect(errorOf(applied)).toMatchObject({ code: 'apt-update-failed' })
  expect(errorOf(applied).cause).toMatch(/NO_PUBKEY|signature/i)
  expect(await text()).toBe(sources())
})

test('a mirror that is behind what apt has fetched here before is given up, however well signed', async () => {
  await trust()
  const name = `${new URL(official.url).host}_debian_dists_bookworm_InRelease`
  await mkdir(join(desk.root, 'var/lib/apt/lists'), { recursive: true })
  await copyFile(join(official.folder, 'debian/dists/bookworm/InRelease'), join(desk.root, 'var/lib/apt/lists', name))
  const old = new Date(Date.now() - 3 * 24 * 3600 * 1000)
  await signer.publish(
    mirror.folder,
    MAIN.map((suite) => ({ ...suite, date: old })),
  )
  const before = tree(desk.root)
  const applied = await apply(mirror.url)
  expect(errorOf(applied)).toMatchObject({ code: 'setting-not-effective', values: { setting: 'apt' } })
  expect(tree(desk.root)).toEqual(before)
})

test('others’ sources and the security host may be down', async () => {
  await trust()
  const foreign = `\nTypes: deb\nURIs: http://127.0.0.33:9/vendor\nSuites: nodistro\nComponents: main\n`
  await put(SOURCES, sources() + foreign)
  official.faults.status(503, 'busy', /security/)
  const applied = await apply(mirror.url)
  expect(applied, applied.stdout + applied.stderr).toMatchObject({ code: 0 })
  expect(JSON.stringify(applied.last)).toContain('setting:apt.securityFailed')
  expect(await text()).toBe(sources(`${mirror.url}/debian`) + foreign)
})

test('an ordinary user proves a root of his own; what is not his needs an administrator', async () => {
  await trust()
  const user = 65_534
  await chown(desk.home, user, user)
  const path = await profile(desk, { sources: { apt: mirror.url } })
  const asked = ['apply', '--yes', '--json', '--profile', path]
  const refused = await goready(desk, asked, { uid: user, cwd: desk.home })
  expect(errorOf(refused)).toMatchObject({ code: 'needs-admin' })
  expect(await text()).toBe(sources())
  for (const entry of ['', ...(await readdir(desk.root, { recursive: true }))])
    await chown(join(desk.root, entry), user, user)
  const applied = await goready(desk, asked, { uid: user, cwd: desk.home })
  expect(applied, applied.stdout + applied.stderr).toMatchObject({ code: 0 })
  expect(JSON.stringify(applied.last)).toContain('setting:apt.effective')
  expect(await text()).toBe(sources(`${mirror.url}/debian`))
})

/** The command line without `--root`: apt's real places, with folders of the test lying over them. */
const onMachine = (...args: readonly string[]) => {
  const cli = [process.execPath, join(projectRoot(), 'out/node/cli.js'), ...args, '--home', desk.home]
  const script = ['sh', join(projectRoot(), 'e2e/with-apt.sh'), desk.root, ...cli]
  return run(['unshare', '--mount', '--propagation', 'private', '--', ...script], {
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8' },
  })
}

test('on the machine itself apt has the new lists, its hooks ran and other lists stay; undo works without a network', async () => {
  await trust()
  for (const name of ['var/lib/apt/lists/partial', 'var/cache/apt/archives/partial'])
    await mkdir(join(desk.root, name), { recursive: true })
  await writeFile(join(desk.root, 'os-release'), 'ID=debian\nVERSION_CODENAME=bookworm\n')
  await put('var/lib/apt/lists/vendor.example_dists_x_InRelease', 'Origin: vendor\n')
  const before = await text()
  const path = await profile(desk, { sources: { apt: mirror.url } })
  const applied = await onMachine('apply', '--yes', '--json', '--profile', path)
  expect(applied, applied.stdout + applied.stderr).toMatchObject({ code: 0 })
  expect(await text()).toBe(sources(`${mirror.url}/debian`))
  const lists = await readdir(join(desk.root, 'var/lib/apt/lists'))
  const host = new URL(mirror.url).host
  expect(lists).toContain(`${host}_debian_dists_bookworm_InRelease`)
  expect(lists.filter((name) => name.startsWith(`${host}_debian_dists_bookworm_main_binary-`))).toHaveLength(1)
  expect(lists).toContain('vendor.example_dists_x_InRelease')
  expect(tree(desk.dir)['hook-ran']).toBeDefined()
  mirror.faults.reset()
  official.faults.reset()
  const undone = await onMachine('undo', '--json')
  expect(undone, undone.stdout + undone.stderr).toMatchObject({ code: 0 })
  expect(await text()).toBe(before)
})

test('on the machine itself a broken mirror gives the file back', async () => {
  await trust()
  for (const name of ['var/lib/apt/lists/partial', 'var/cache/apt/archives/partial'])
    await mkdir(join(desk.root, name), { recursive: true })
  await writeFile(join(desk.root, 'os-release'), 'ID=debian\nVERSION_CODENAME=bookworm\n')
  await all({ unsigned: true })
  const path = await profile(desk, { sources: { apt: mirror.url } })
  const applied = await onMachine('apply', '--yes', '--json', '--profile', path)
  expect(applied.code).toBe(1)
  expect(applied.stdout).toContain('apt-update-failed')
  expect(await text()).toBe(sources())
})

test('what apt reads in any file is what we read', async () => {
  const files: Readonly<Record<string, string>> = {
    'a.sources':
      'Types: deb\r\nURIs: http://a.example/x\r\nSuites: s t\r\nComponents: c\r\n\r\n#c\r\nTypes: deb\r\nURIs:\r\n http://b.example/x\r\n# d\r\n\thttp://c.example/x\r\nSuites: s\r\nComponents: c',
    'b.sources': 'types: deb\nENABLED: No\nURIs: http://off.example/\nSuites: s\nComponents: c\n\n \nTypes: deb\n',
    'c.list':
      ' deb\thttp://d.example/x s c # e\r\ndeb [ arch=amd64 lang="a b" ] "http://e.example/x" s c\n#deb http://off.example s c\n',
    'd.sources': '\nTypes: deb\nURIs : http://f.example/x\n \nSuites: s\nComponents: c\nX: y\n',
  }
  const { parseDeb822 } = await import('../electron/settings/apt/deb822.ts')
  const { parseOneLine } = await import('../electron/settings/apt/one-line.ts')
  for (const [name, content] of Object.entries(files)) {
    const folder = join(dir, `oracle-${name}`)
    await mkdir(join(folder, 'etc/apt/sources.list.d'), { recursive: true })
    await writeFile(join(folder, 'etc/apt/sources.list.d', name), content)
    const config = join(folder, 'apt.conf')
    await writeFile(config, `Dir "${folder}/";\nDir::State "${folder}/";\nDir::State::status "/dev/null";\n`)
    const env = { PATH: process.env.PATH, APT_CONFIG: config, LC_ALL: 'C' }
    const apt = await run(['apt-get', 'update', '--print-uris'], { env })
    const read = new Set([...apt.stdout.matchAll(/^'(\S+)\/InRelease'/gm)].map(([, uri]) => uri))
    const ours = (): readonly string[] =>
      (name.endsWith('.list') ? parseOneLine : parseDeb822)(content).flatMap(({ uris, suites }) =>
        uris.flatMap((uri) => suites.map((suite) => `${uri.text.replaceAll('"', '')}/dists/${suite}`)),
      )
    if (apt.code === 0) expect(new Set(ours()), name).toEqual(read)
    else expect(ours, name).toThrow('unparsable-file')
  }
})
