import { expect, test } from 'vitest'
import type { Places } from '../../../core/places.ts'
import type { Mirror } from '../../../mirrors/catalogue.ts'
import { MemorySystem, type Program } from '../../../system/memory.ts'
import { found, mended, placesOf } from '../files/test-home.ts'
import { aptKeysCheck } from './keys.ts'
import { aptSourcesCheck } from './sources.ts'
import { aptSystemCheck } from './system.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 1)
const URI = 'http://mirror.example/debian'
const RING = '/usr/share/keyrings/debian-archive-keyring.gpg'
const SOURCES = '/etc/apt/sources.list.d/debian.sources'
const LISTS = '/var/lib/apt/lists/mirror.example_debian_dists_'
const STANZA = `Types: deb\nURIs: ${URI}\nSuites: bookworm bookworm-updates\nComponents: main\nSigned-By: ${RING}\n`
const OTHER = 'packages.vendor.example'

const release = (date: number, until?: number): string =>
  `Origin: Debian\nDate: ${new Date(date).toUTCString()}\n${until === undefined ? '' : `Valid-Until: ${new Date(until).toUTCString()}\n`}`

/** Times of modification by path; a System in memory only counts. */
type Times = Readonly<Record<string, number>>

class Dated extends MemorySystem {
  times: Times = {}
  override async lstat(path: string) {
    const stat = await super.lstat(path)
    return stat === null ? null : { ...stat, mtimeMs: this.times[path] ?? stat.mtimeMs }
  }
}

/** A Debian whose apt asked a day ago and whose sources are in order. */
function debian(files: Readonly<Record<string, string>> = {}, uid = 0): Dated {
  const sys = new Dated(
    {
      '/etc/os-release': 'ID=debian\nVERSION_CODENAME=bookworm\n',
      '/var/lib/dpkg/arch': 'amd64\n',
      '/var/lib/dpkg/status': '',
      [SOURCES]: STANZA,
      [RING]: 'ring',
      [`${LISTS}bookworm_InRelease`]: release(NOW - 200 * DAY),
      [`${LISTS}bookworm-updates_InRelease`]: release(NOW - 2 * DAY, NOW + 5 * DAY),
      ...files,
    },
    uid,
  )
  sys.folder('/var/lib/apt/lists/partial')
  sys.times = { '/var/lib/apt/lists/partial': NOW - DAY }
  return sys
}

/** apt-get that says something of its sources, and of what is installed. */
function withApt(sys: Dated, sources: string, state: Partial<ReturnType<Program>> = {}): Dated {
  sys.put('/usr/bin/apt-get', '', { mode: 0o755 })
  sys.programs.set('/usr/bin/apt-get', (argv) =>
    argv[1] === 'check' ? state : { code: sources === '' ? 0 : 100, stderr: sources },
  )
  return sys
}

const more = (places: Places = placesOf()) => ({ places, now: NOW })
const codes = (list: readonly { code: string }[]): readonly string[] => list.map(({ code }) => code)

test('a system in order, one without apt, and one that has asked nobody for long are well', async () => {
  const checks = [aptSourcesCheck, aptKeysCheck, aptSystemCheck]
  const idle = debian()
  idle.times = { '/var/lib/apt/lists/partial': NOW - 300 * DAY }
  const fresh = debian({ [`${LISTS}bookworm-updates_InRelease`]: release(NOW - 90 * DAY, NOW - 83 * DAY) })
  fresh.times = { '/var/lib/apt/lists/partial': NOW - 89 * DAY }
  for (const sys of [withApt(debian(), ''), new Dated(), idle, fresh])
    for (const check of checks) expect(await found(check, sys, more())).toEqual([])
})

test('a mirror that stands still: by its own date, by another server; not where dates are not to count', async () => {
  const stale = { [`${LISTS}bookworm-updates_InRelease`]: release(NOW - 60 * DAY, NOW - 53 * DAY) }
  const [one, ...rest] = await found(aptSourcesCheck, debian(stale), more())
  expect(rest).toEqual([])
  expect(one).toMatchObject({
    ...{ code: 'packages.source-stale', severity: 'warning', subject: 'mirror.example' },
    ...{ values: { suite: 'bookworm-updates', path: SOURCES, line: 1 }, repairs: [{ kind: 'profile', safe: false }] },
  })
  const quiet = { '/etc/apt/apt.conf.d/99': 'Acquire::Check-Valid-Until "false";\n', ...stale }
  expect(await found(aptSourcesCheck, debian(quiet), more())).toEqual([])
  expect(
    await found(aptSourcesCheck, debian({ ...stale, [SOURCES]: `${STANZA}Check-Valid-Until: no\n` }), more()),
  ).toEqual([])
  const peer = (days: number) => ({
    [`${LISTS}bookworm-updates_InRelease`]: release(NOW - 30 * DAY),
    '/var/lib/apt/lists/old.example_debian_dists_bookworm-updates_InRelease': release(NOW - days * DAY),
  })
  expect(codes(await found(aptSourcesCheck, debian(peer(2)), more()))).toEqual(['packages.source-stale'])
  expect(await found(aptSourcesCheck, debian(peer(25)), more())).toEqual([])
})

test('a suite that the server did not have when it was asked', async () => {
  const sys = debian()
  await sys.removeFile(`${LISTS}bookworm-updates_InRelease`)
  sys.writes.length = 0
  expect(await found(aptSourcesCheck, sys, more())).toMatchObject([
    { code: 'packages.suite-ended', severity: 'warning', values: { suite: 'bookworm-updates' } },
  ])
  // Written since nobody has asked.
  sys.times = { ...sys.times, [SOURCES]: NOW }
  expect(await found(aptSourcesCheck, sys, more())).toEqual([])
  const empty = debian()
  for (const suite of ['bookworm', 'bookworm-updates']) await empty.removeFile(`${LISTS}${suite}_InRelease`)
  empty.writes.length = 0
  expect(await found(aptSourcesCheck, empty, more())).toEqual([])
})

test('a mirror that has ended is told of once, with another one only for the archive', async () => {
  const mirror: Mirror = {
    ...{ id: 'gone', target: 'apt', name: { zh: 'x', en: 'x' }, url: 'http://mirror.example', status: 'dead' },
    ...{ paths: { debian: '/debian' }, operator: null, country: null, protocols: ['http'], sync: null, limits: null },
    ...{ since: '2024-01', source: 'x', date: '2026-01-01' },
  }
  const all = await found(aptSourcesCheck, debian(), { ...more(), mirrors: [mirror] })
  expect(all).toMatchObject([
    { code: 'packages.source-dead', subject: 'mirror.example', repairs: [{ kind: 'profile' }] },
  ])
  const vendor = {
    [SOURCES]: STANZA.replace(URI, 'http://mirror.example/vendor').replaceAll(/bookworm(-updates)?/g, 'any'),
  }
  const [one] = await found(aptSourcesCheck, debian(vendor), { ...more(), mirrors: [mirror] })
  expect(one?.repairs).toEqual([])
})

test('key rings: gone, closed, not needed, several', async () => {
  const at = (text: string, files: Readonly<Record<string, string>> = {}, uid = 0) =>
    debian({ '/etc/apt/sources.list.d/x.list': `${text}\n`, ...files }, uid)
  const line = (options: string): string => `deb [${options}] http://${OTHER}/apt any main`
  const ring = '/etc/apt/keyrings/vendor.gpg'
  const gone = await found(aptKeysCheck, at(line(`signed-by=${ring}`)), more())
  expect(gone).toMatchObject([{ code: 'packages.key-missing', severity: 'error', subject: ring, values: { line: 1 } }])
  for (const options of [
    `signed-by=${ring} trusted=yes`,
    `signed-by=${ring},${RING}`,
    'signed-by=0123456789ABCDEF0123456789ABCDEF01234567',
    'arch=amd64',
  ])
    expect(await found(aptKeysCheck, at(line(options)), more())).toEqual([])
  const closed = at(line(`signed-by=${ring}`))
  closed.put(ring, 'key', { mode: 0o600 })
  expect(await found(aptKeysCheck, closed, more())).toMatchObject([
    {
      code: 'packages.key-closed',
      repairs: [{ safe: false, changes: [{ before: { mode: 0o600 }, after: { mode: 0o644 } }] }],
    },
  ])
  const mine = at(line(`signed-by=${ring}`), {}, 1000)
  mine.put(ring, 'key', { mode: 0o600 })
  expect((await found(aptKeysCheck, mine, more()))[0]?.repairs).toEqual([])
})

test('signatures: one good one is enough, an expired key goes before an unknown one', async () => {
  const said = async (status: string) => {
    const sys = debian()
    sys.put('/usr/bin/gpgv', '', { mode: 0o755 })
    sys.programs.set('/usr/bin/gpgv', () => ({ code: 2, stdout: status }))
    return codes(await found(aptKeysCheck, sys, more()))
  }
  const [good, old, unknown] = ['[GNUPG:] GOODSIG 11 x\n', '[GNUPG:] EXPKEYSIG AA x\n', '[GNUPG:] NO_PUBKEY BB\n']
  expect(await said(good + old + unknown)).toEqual([])
  expect(await said(old + unknown)).toEqual(['packages.key-expired'])
  expect(await said(unknown)).toEqual(['packages.key-missing'])
  expect(await said('[GNUPG:] BADSIG CC x\n')).toEqual([])
  expect(await said('')).toEqual([])
})

test('what apt refuses: the line, a comment in its place, and nothing more where that does not mend it', async () => {
  const path = '/etc/apt/sources.list.d/x.list'
  const says = `E: Type 'debb' is not known on line 2 in source list ${path}\nE: The list of sources could not be read.\n`
  const sys = withApt(debian({ [path]: '# mine\ndebb http://x.example any main\n' }), says)
  const [one, ...rest] = await found(aptSystemCheck, sys, more())
  expect(rest).toEqual([])
  expect(one).toMatchObject({ code: 'packages.source-malformed', subject: `${path}:2`, repairs: [{ safe: false }] })
  expect(await mended(one, sys)).toBe('# mine\n# goready: debb http://x.example any main\n')
  const two = withApt(debian({ [path]: 'debb a\ndebb b\n' }), says.replace('line 2', 'line 1'))
  expect((await found(aptSystemCheck, two, more()))[0]?.repairs).toEqual([])
  const user = withApt(debian({ [path]: '# mine\ndebb http://x.example any main\n' }, 1000), says)
  user.put(path, '# mine\ndebb http://x.example any main\n', { uid: 0 })
  expect((await found(aptSystemCheck, user, more()))[0]?.repairs).toEqual([])
  const marked = withApt(debian({ [path]: '\ufeffdeb http://x.example any main\n' }), says.replace('line 2', 'line 1'))
  expect(await mended((await found(aptSystemCheck, marked, more()))[0], marked)).toBe('deb http://x.example any main\n')
})

test('a stanza is named by its line, although apt counts stanzas; without apt our own reading tells', async () => {
  const text = `${STANZA}\n${STANZA.replace(URI, 'mirror.example')}`
  const says = `E: Malformed entry 2 in sources file ${SOURCES} (URI parse)\n`
  const sys = withApt(debian({ [SOURCES]: text }), says)
  expect(await found(aptSystemCheck, sys, more())).toMatchObject([{ subject: `${SOURCES}:8`, repairs: [] }])
  expect(await found(aptSystemCheck, debian({ [SOURCES]: text }), more())).toMatchObject([{ subject: `${SOURCES}:8` }])
})

test('the other words of apt and dpkg', async () => {
  const conflict = `E: Conflicting values set for option Signed-By regarding source ${URI}/ bookworm: /a != /b\n`
  expect(codes(await found(aptSystemCheck, withApt(debian(), conflict), more()))).toEqual([
    'packages.signed-by-conflict',
  ])
  const other = 'E: Something new\nE: The list of sources could not be read.\n'
  expect(codes(await found(aptSystemCheck, withApt(debian(), other), more()))).toEqual(['packages.update-failed'])
  for (const quiet of ['W: a warning\n', 'E: Could not open lock file x - open (13: Permission denied)\n'])
    expect(await found(aptSystemCheck, withApt(debian(), quiet), more())).toEqual([])
  const unmet = { code: 100, stderr: "E: Unmet dependencies. Try 'apt --fix-broken install' with no packages.\n" }
  expect(await found(aptSystemCheck, withApt(debian(), '', unmet), more())).toEqual([])
  const status = { '/var/lib/dpkg/status': 'Package: a\nStatus: install ok unpacked\n' }
  expect(codes(await found(aptSystemCheck, withApt(debian(status), '', unmet), more()))).toEqual(['packages.unmet'])
  expect(await found(aptSystemCheck, withApt(debian(status), ''), more())).toEqual([])
  const half = withApt(debian({ '/var/lib/dpkg/updates/0001': '', ...status }), '', unmet)
  half.times = { '/var/lib/dpkg/updates/0001': NOW - DAY }
  expect(codes(await found(aptSystemCheck, half, more()))).toEqual(['packages.dpkg-interrupted'])
  // One that works right now.
  half.times = { '/var/lib/dpkg/updates/0001': NOW - 1000 }
  expect(codes(await found(aptSystemCheck, half, more()))).toEqual(['packages.unmet'])
  expect(await found(aptSystemCheck, withApt(debian({ '/var/lib/dpkg/updates/tmp.i': '' }), ''), more())).toEqual([])
})
