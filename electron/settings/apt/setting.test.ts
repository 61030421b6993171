import { expect, test } from 'vitest'
import { profileSchema } from '../../contract/profile.ts'
import { beginRun } from '../../core/journal.ts'
import { fold } from '../../core/plan.ts'
import type { Prober } from '../../core/setting.ts'
import { linuxPlaces } from '../../platform/linux/places.ts'
import { MemorySystem } from '../../system/memory.ts'
import { formats } from '../index.ts'
import { archiveUri } from './address.ts'
import { aptRaceFacts } from './race-facts.ts'
import { listName } from './recognise.ts'
import { aptSetting } from './setting.ts'

const places = linuxPlaces({ environment: { HOME: '/root' }, uid: 0, username: 'root' })
const { signal } = new AbortController()
const DEBIAN = 'ID=debian\nVERSION_CODENAME=bookworm\n'
const UBUNTU = 'ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME="noble"\nUBUNTU_CODENAME=noble\n'
const LIST = '/etc/apt/sources.list'
const STANZAS = '/etc/apt/sources.list.d/debian.sources'
const RING = '/usr/share/keyrings/debian-archive-keyring.gpg'
const MIRROR = 'https://mirror.example'
const stanza = (uri: string, suites = 'bookworm bookworm-updates', more = `Signed-By: ${RING}\n`): string =>
  `Types: deb\nURIs: ${uri}\nSuites: ${suites}\nComponents: main\n${more}`

function machine(files: Readonly<Record<string, string>>, os = DEBIAN): MemorySystem {
  return new MemorySystem(
    { '/etc/os-release': os, '/etc/ssl/certs/ca-certificates.crt': 'x', '/root/.x': '', ...files },
    0,
  )
}

const TEMPLATE = `Suite: {series}
RepositoryType: deb
BaseURI: https://official.example/debian/
MirrorsFile: Debian.mirrors

Suite: {series}-security
RepositoryType: deb
BaseURI: https://security.example/
`

const noProbe: Prober = () => Promise.reject(new Error('not asked'))

async function edits(sys: MemorySystem, apt: string, probe: Prober = noProbe) {
  const profile = profileSchema.parse({ version: 1, sources: { apt } })
  const state = await aptSetting.detect(sys, places, signal)
  const chosen = await aptSetting.choose(profile, state, probe, signal)
  const planned = chosen === null ? [] : aptSetting.plan(state, chosen.choice, places)
  return {
    planned,
    notes: chosen?.notes ?? [],
    after: Object.fromEntries(planned.map(({ key, after }) => [key, after])),
  }
}

/** What a file holds after a plan. */
async function written(sys: MemorySystem, apt: string, path: string): Promise<string> {
  const { planned } = await edits(sys, apt)
  const change = (await fold(planned, formats, sys)).find((one) => one.kind === 'file' && one.path === path)
  return change?.kind === 'file' ? new TextDecoder().decode(change.after?.bytes) : (sys.text(path) ?? '')
}

test('the archive gets the mirror; security updates, others and what is off stay', async () => {
  const foreign = stanza(
    'https://download.docker.com/linux/debian',
    'bookworm',
    'Signed-By: /etc/apt/keyrings/docker.asc\n',
  )
  const text = [
    stanza('http://a.example/debian/'),
    stanza('http://s.example/debian-security', 'bookworm-security'),
    foreign,
    stanza('http://off.example/debian', 'bookworm', 'Enabled: no\n'),
  ].join('\n')
  const sys = machine({ [STANZAS]: text })
  expect(await written(sys, MIRROR, STANZAS)).toBe(text.replace('http://a.example/debian/', `${MIRROR}/debian`))
  expect((await edits(sys, MIRROR)).planned).toMatchObject([
    {
      target: { path: STANZAS, format: 'apt-deb822', notify: ['apt-update'] },
      owner: 'apt',
      before: 'http://a.example/debian/',
      after: `${MIRROR}/debian`,
    },
  ])
  sys.put(STANZAS, await written(sys, MIRROR, STANZAS))
  for (const again of [MIRROR, `${MIRROR}/`, `${MIRROR}/debian`, `${MIRROR}/debian/`])
    expect((await edits(sys, again)).planned).toEqual([])
})

test.each([
  ['https://m.example', 'debian', 'https://m.example/debian'],
  ['https://m.example/', 'ubuntu-ports', 'https://m.example/ubuntu-ports'],
  ['https://m.example/pub/debian/', 'debian', 'https://m.example/pub/debian'],
  ['https://m.example/ubuntu', 'ubuntu-ports', 'https://m.example/ubuntu-ports'],
  ['https://m.example/ubuntu-ports/', 'ubuntu', 'https://m.example/ubuntu'],
  ['https://nexus.example/repository/apt', 'debian', 'https://nexus.example/repository/apt'],
  ['https://m.example/ubuntu', 'debian', null],
] as const)('the archive of %s for %s is %s', (base, name, uri) => {
  expect(archiveUri(base, name)).toBe(uri)
})

test('what a race of apt needs: the archive that this machine reads, its keys and its official address', async () => {
  const sys = machine({
    [STANZAS]: stanza('http://now.example/debian'),
    '/var/lib/dpkg/arch': 'arm64\n',
    [RING]: 'key',
    '/etc/apt/trusted.gpg.d/old.gpg': 'key',
    '/usr/share/python-apt/templates/Debian.info': TEMPLATE,
  })
  expect(await aptRaceFacts(sys, places)).toEqual({
    folder: 'debian',
    codename: 'bookworm',
    arch: 'arm64',
    components: ['main'],
    current: ['http://now.example/debian'],
    official: 'https://official.example/debian',
    keyrings: [RING],
  })
  sys.put(STANZAS, stanza('http://now.example/debian', 'bookworm', ''))
  expect((await aptRaceFacts(sys, places))?.keyrings).toEqual(['/etc/apt/trusted.gpg.d/old.gpg', RING])
  expect(await aptRaceFacts(machine({}, 'ID=fedora\n'), places)).toBeNull()
})

test('a PPA, a vendor and a company with the same names are not the archive; lists tell', async () => {
  const company = 'http://packages.corp.example/debian'
  const list = [
    'deb http://ftp.example/pub/debian bookworm main',
    'deb http://ppa.example/someone/ppa/ubuntu bookworm main',
    'deb https://download.virtualbox.org/virtualbox/debian bookworm contrib',
    `deb ${company} bookworm main`,
    'deb https://deb.nodesource.com/node_20.x nodistro main',
    '',
  ].join('\n')
  const origin = (from: string): string => `Origin: ${from}\nDate: Sun, 22 Nov 2026 00:00:00 UTC\n`
  const sys = machine({
    [LIST]: list,
    [`/var/lib/apt/lists/${listName('http://ftp.example/pub/debian', 'bookworm')}`]: origin('Debian'),
  })
  expect(await written(sys, MIRROR, LIST)).toBe(list.replace('http://ftp.example/pub/debian', `${MIRROR}/debian`))
  const alone = machine({ [LIST]: `deb ${company} bookworm main\n` })
  expect((await edits(alone, MIRROR)).planned).toHaveLength(1)
  alone.put(`/var/lib/apt/lists/${listName(company, 'bookworm')}`, origin('Corp'))
  await expect(edits(alone, MIRROR)).rejects.toMatchObject({ code: 'apt-no-archive' })
})

test('Ubuntu: the security suite stays, other processors have their own folder, one entry for both stays and is told', async () => {
  const list = [
    'deb http://archive.ubuntu.com/ubuntu noble noble-updates',
    'deb http://archive.ubuntu.com/ubuntu noble main universe',
    'deb http://cn.archive.ubuntu.com/ubuntu/ noble-updates main',
    'deb http://security.ubuntu.com/ubuntu noble-security main',
    'deb [arch=arm64] http://ports.ubuntu.com/ubuntu-ports noble main',
  ].join('\n')
  const sys = machine({ [LIST]: list, '/var/lib/dpkg/arch': 'amd64\narm64\n' }, UBUNTU)
  expect((await edits(sys, MIRROR)).after).toEqual({
    'deb noble main universe': `${MIRROR}/ubuntu`,
    'deb noble-updates main': `${MIRROR}/ubuntu`,
    'deb [arm64] noble main': `${MIRROR}/ubuntu-ports`,
  })
  const arm = machine(
    { [LIST]: 'deb http://ports.ubuntu.com/ubuntu-ports noble main', '/var/lib/dpkg/arch': 'arm64\n' },
    UBUNTU,
  )
  expect((await edits(arm, MIRROR)).after).toEqual({ 'deb noble main': `${MIRROR}/ubuntu-ports` })
  const both = 'Types: deb\nURIs: http://archive.ubuntu.com/ubuntu\nSuites: noble noble-security\nComponents: main\n'
  const mixed = machine({ '/etc/apt/sources.list.d/ubuntu.sources': both }, UBUNTU)
  await expect(edits(mixed, MIRROR)).rejects.toMatchObject({ code: 'apt-no-archive' })
  const mint = machine({ [LIST]: list }, 'ID=linuxmint\nVERSION_CODENAME=wilma\nUBUNTU_CODENAME=noble\n')
  expect(Object.keys((await edits(mint, MIRROR)).after)).toContain('deb noble main universe')
})

test('several addresses become one; a disc and a folder stay', async () => {
  const uris = 'cdrom:[Debian]/ http://a.example/debian file:///srv/debian http://b.example/debian'
  const sys = machine({ [STANZAS]: stanza(uris.replace('cdrom:[Debian]/ ', '')) })
  expect((await edits(sys, MIRROR)).after).toEqual({
    'deb bookworm bookworm-updates main': `${MIRROR}/debian file:///srv/debian`,
  })
  const disc = machine({ [LIST]: 'deb cdrom:[Debian GNU/Linux 12]/ bookworm main\ndeb mirror+file:/m bookworm main\n' })
  await expect(edits(disc, MIRROR)).rejects.toMatchObject({ code: 'apt-no-archive' })
})

test('refused with a reason: a broken file, https without certificates, another archive, another system', async () => {
  const broken = machine({ [STANZAS]: stanza('http://a.example/debian'), '/etc/apt/sources.list.d/x.list': '\ndeb\n' })
  await expect(edits(broken, MIRROR)).rejects.toMatchObject({
    code: 'unparsable-file',
    values: { path: '/etc/apt/sources.list.d/x.list', line: 2 },
  })
  const bare = machine({ [STANZAS]: stanza('http://a.example/debian') })
  await bare.removeFile('/etc/ssl/certs/ca-certificates.crt')
  await expect(edits(bare, MIRROR)).rejects.toMatchObject({ code: 'apt-no-authorities' })
  expect((await edits(bare, 'http://mirror.example')).planned).toHaveLength(1)
  await expect(edits(bare, 'http://mirror.example/ubuntu')).rejects.toMatchObject({ code: 'apt-other-archive' })
  const fedora = machine({}, 'ID=fedora\n')
  await expect(edits(fedora, MIRROR)).rejects.toMatchObject({ code: 'apt-unknown-system' })
  expect(await edits(fedora, 'official')).toMatchObject({ planned: [], notes: [{ key: 'setting:apt.notHere' }] })
})

test('official: what our history holds, else the templates, else it is refused', async () => {
  const sys = machine({ [STANZAS]: stanza('http://was.example/debian') })
  await expect(edits(sys, 'official')).rejects.toMatchObject({ code: 'apt-no-official', values: { line: 1 } })
  sys.put('/usr/share/python-apt/templates/Debian.info', TEMPLATE)
  const key = 'deb bookworm bookworm-updates main'
  expect((await edits(sys, 'official')).after).toEqual({ [key]: 'https://official.example/debian' })
  for (const [id, base] of [
    ['r1', 'https://one.example'],
    ['r2', 'https://two.example'],
  ] as const) {
    const changes = await fold((await edits(sys, base)).planned, formats, sys)
    await beginRun(places.state, { id, startedAt: 'now', pid: 1, changes, choices: [] }, sys)
    sys.put(STANZAS, await written(sys, base, STANZAS), { uid: 0 })
  }
  const back = await edits(sys, 'official')
  expect(back.after).toEqual({ [key]: 'http://was.example/debian' })
  expect(back.notes).toEqual([{ key: 'setting:apt.official', values: { uris: 'http://was.example/debian' } }])
  const changes = await fold(back.planned, formats, sys)
  await beginRun(places.state, { id: 'r3', startedAt: 'now', pid: 1, changes, choices: [] }, sys)
  sys.put(STANZAS, stanza('http://was.example/debian'))
  expect((await edits(sys, 'official')).planned).toEqual([])
})

test('official: a host of the distribution itself is official already', async () => {
  const sys = machine({ [LIST]: 'deb http://ftp.cn.debian.org/debian bookworm main\n' })
  expect((await edits(sys, 'official')).planned).toEqual([])
})

test('auto: what the probe keeps is kept, a mirror is written, the default only where somebody knows it', async () => {
  const sys = machine({ [STANZAS]: stanza('http://now.example/debian') })
  const asked: (readonly string[])[] = []
  const probe =
    (chosen: readonly string[]): Prober =>
    (target, current) => {
      asked.push([target, ...current])
      return Promise.resolve({ chosen, note: { key: 'plan:auto.fastest' } })
    }
  expect((await edits(sys, 'auto', probe(['http://now.example/debian']))).planned).toEqual([])
  expect(asked).toEqual([['apt', 'http://now.example/debian']])
  expect(Object.values((await edits(sys, 'auto', probe([MIRROR]))).after)).toEqual([`${MIRROR}/debian`])
  const unknown = await edits(sys, 'auto', probe([]))
  expect(unknown).toMatchObject({ planned: [], notes: [{ key: 'setting:apt.officialUnknown' }] })
  sys.put('/usr/share/python-apt/templates/Debian.info', TEMPLATE)
  expect(Object.values((await edits(sys, 'auto', probe([]))).after)).toEqual(['https://official.example/debian'])
})
