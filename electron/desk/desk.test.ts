import { expect, test, vi } from 'vitest'
import { type AppInfo, appInfoSchema, type Draft, type Preferences } from '../contract/wizard.ts'
import { CodedError } from '../core/errors.ts'
import { MemorySystem } from '../system/memory.ts'
import { openDesk } from './desk.ts'
import { DEFAULTS } from './preferences.ts'
import { parseProfile } from '../core/profile-file.ts'

const STATE = '/home/u/.local/state/goready'
const draft: Draft = {
  page: 'sources',
  profile: { version: 1, image: 'newest' },
  opened: null,
  taskId: null,
  runId: null,
}

function opened(
  files: Readonly<Record<string, string>> = {},
  given: string | null = null,
  about: AppInfo | null = null,
) {
  const sys = new MemorySystem(files)
  sys.folder('/home/u')
  const desktop = {
    chooseFile: vi.fn<(what: string) => Promise<string | null>>(() => Promise.resolve(null)),
    chooseFolder: vi.fn<() => Promise<string | null>>(() => Promise.resolve(null)),
    chooseTarget: vi.fn<(name: string) => Promise<string | null>>(() => Promise.resolve(null)),
    copy: vi.fn<(text: string) => Promise<void>>(() => Promise.resolve()),
    browse: vi.fn<(url: string) => Promise<void>>(() => Promise.resolve()),
    startFor: vi.fn<(home: string) => void>(),
    prefer: vi.fn<(preferences: Preferences) => void>(),
  }
  const desk = openDesk({
    sys,
    places: { platform: 'linux', policies: [{ file: '/etc/goready/policy.yml', root: '/' }], state: STATE },
    desktop,
    given,
    info: () => (about === null ? Promise.reject(new Error('not asked')) : Promise.resolve(about)),
    checkCatalogue: async (path) => {
      if (!(await sys.lstat(path))) throw new CodedError('bad-arguments', { reason: 'cli:reason.file', path })
    },
    language: ({ language }) => (language === 'auto' ? 'zh-CN' : language),
  })
  return { sys, desktop, desk }
}

test('a catalogue is looked at when it is named, and never again', async () => {
  const { desk, sys } = opened({ '/c.json': '{}' })
  const chosen: Preferences = { ...DEFAULTS, catalogue: '/c.json' }
  await expect(desk.savePreferences({ ...DEFAULTS, catalogue: '/none.json' })).rejects.toThrow('bad-arguments')
  expect(await desk.preferences()).toEqual(DEFAULTS)
  await desk.savePreferences(chosen)
  await sys.removeFile('/c.json')
  expect(await desk.savePreferences({ ...chosen, theme: 'dark' })).toEqual({ ...chosen, theme: 'dark' })
})

test('preferences: the defaults until somebody chooses, then what was chosen, for its owner alone', async () => {
  const { desk, sys, desktop } = opened({ '/c.json': '{}' })
  expect(await desk.preferences()).toEqual(DEFAULTS)
  const chosen: Preferences = { language: 'en', theme: 'dark', catalogue: '/c.json', catalogueUrl: null }
  expect(await desk.savePreferences(chosen)).toEqual(chosen)
  expect(await desk.preferences()).toEqual(chosen)
  expect(desktop.prefer).toHaveBeenCalledWith(chosen)
  expect((await sys.lstat(`${STATE}/preferences.json`))?.mode).toBe(0o600)
  expect((await sys.lstat(STATE))?.mode).toBe(0o700)
})

test.each(['', '{', '[]', '{"language":"fr","theme":"dark","catalogue":null}', '{"language":"en"}'])(
  'a broken preferences file %j reads as the defaults',
  async (text) => {
    expect(await opened({ [`${STATE}/preferences.json`]: text }).desk.preferences()).toEqual(DEFAULTS)
  },
)

test('a draft comes back as it was; a broken one, or one of another version, is none', async () => {
  const { desk, sys } = opened()
  expect(await desk.loadDraft()).toBeNull()
  await desk.saveDraft(draft)
  expect(await desk.loadDraft()).toEqual(draft)
  expect((await sys.lstat(`${STATE}/draft.json`))?.mode).toBe(0o600)
  sys.put(`${STATE}/draft.json`, sys.text(`${STATE}/draft.json`)?.slice(0, -20) ?? '')
  expect(await desk.loadDraft()).toBeNull()
  sys.put(`${STATE}/draft.json`, JSON.stringify({ ...draft, page: 'elsewhere' }))
  expect(await desk.loadDraft()).toBeNull()
})

test('of many saves only the newest that waits is written, and every one of them is answered', async () => {
  const { desk, sys } = opened()
  const pages = ['check-up', 'go-version', 'sources', 'environment', 'review'] as const
  await Promise.all(pages.map((page) => desk.saveDraft({ ...draft, page })))
  await desk.idle()
  expect((await desk.loadDraft())?.page).toBe('review')
  expect(sys.writes.filter(({ operation }) => operation === 'replaceFile').length).toBeLessThanOrEqual(2)
})

test('a draft that cannot be written is an error, and the next one is written again', async () => {
  const { desk, sys } = opened()
  sys.fault = (operation) => {
    if (operation === 'replaceFile') throw Object.assign(new Error('full'), { code: 'ENOSPC' })
  }
  await expect(desk.saveDraft(draft)).rejects.toThrow('full')
  sys.fault = () => {}
  await desk.saveDraft(draft)
  expect(await desk.loadDraft()).toEqual(draft)
})

test('what a killed start left half written does not stand in the way', async () => {
  const { desk } = opened({ [`${STATE}/.draft.json.new`]: 'half' })
  await desk.saveDraft(draft)
  expect(await desk.loadDraft()).toEqual(draft)
})

const YAML = 'version: 1\nimage: golang:1.26\nlocked: [image]\nremark: 计算机系\n'

test('a dropped profile is read, one by the dialog too, and a closed dialog is no error', async () => {
  const { desk, desktop } = opened({ '/d/class.yaml': YAML })
  const profile = expect.objectContaining({ image: 'golang:1.26' })
  const wanted = {
    name: 'class.yaml',
    profile,
    locked: ['image'],
    remark: '计算机系',
    signature: { state: 'none', by: null },
  }
  expect(await desk.openProfile('class.yaml', YAML)).toEqual(wanted)
  expect(await desk.openProfile('', null)).toBeNull()
  desktop.chooseFile.mockResolvedValueOnce('/d/class.yaml')
  expect(await desk.openProfile('', null)).toEqual(wanted)
})

test('a project is named by the id that its dialog gave, and by nothing else', async () => {
  const { desk, desktop } = opened()
  expect(await desk.chooseProject()).toBeNull()
  desktop.chooseFolder.mockResolvedValueOnce('/d/app')
  const chosen = await desk.chooseProject()
  expect(chosen?.folder).toBe('/d/app')
  expect(desk.project(chosen?.id ?? '')).toBe('/d/app')
  expect(() => desk.project('/etc')).toThrow(expect.objectContaining({ code: 'bad-request' }))
})

test('a certificate is chosen by the dialog for its kind, as the path that a profile names', async () => {
  const { desk, desktop } = opened()
  expect(await desk.chooseFile('certificate')).toBeNull()
  desktop.chooseFile.mockResolvedValueOnce('/d/room-ca.pem')
  expect(await desk.chooseFile('key')).toBe('/d/room-ca.pem')
  expect(desktop.chooseFile.mock.calls).toEqual([['certificate'], ['key']])
})

test('a bad profile names key and line, an unreadable one its path', async () => {
  const { desk, desktop } = opened()
  await expect(desk.openProfile('x', 'version: 1\nimages: x\n')).rejects.toMatchObject({
    code: 'bad-profile',
    values: { line: 2, key: 'images' },
  })
  desktop.chooseFile.mockResolvedValueOnce('/d/none.yaml')
  await expect(desk.openProfile('', null)).rejects.toMatchObject({
    code: 'bad-arguments',
    values: { path: '/d/none.yaml' },
  })
})

test('the profile of the start is handed over once, its error too; a second start brings another', async () => {
  const { desk } = opened({ '/a.yaml': YAML, '/b.yaml': 'version: 2\n' }, '/a.yaml')
  expect(await desk.givenProfile()).toMatchObject({ name: 'a.yaml' })
  expect(await desk.givenProfile()).toBeNull()
  desk.give('/b.yaml')
  await expect(desk.givenProfile()).rejects.toMatchObject({ code: 'bad-profile' })
  expect(await desk.givenProfile()).toBeNull()
})

test('an exported profile can be read again, says what it is in the language of the person, and keeps rights', async () => {
  const { desk, desktop, sys } = opened({ '/d/old.yaml': 'old' })
  const profile = parseProfile(YAML)
  expect(await desk.exportProfile(profile)).toBeNull()
  sys.put('/d/old.yaml', 'old', { mode: 0o640 })
  desktop.chooseTarget.mockResolvedValueOnce('/d/old.yaml')
  expect(await desk.exportProfile(profile)).toBe('/d/old.yaml')
  const text = sys.text('/d/old.yaml') ?? ''
  expect(text).toMatch(/^# GoReady 的配置，\d{4}-\d\d-\d\d 导出。\n# 用法/)
  expect(parseProfile(text)).toEqual(profile)
  expect((await sys.lstat('/d/old.yaml'))?.mode).toBe(0o640)
  expect(await sys.list('/d')).toEqual(['old.yaml'])
})

test('what was opened and is exported means the same, there and in another folder', async () => {
  const text = `${YAML}authorities: [{ file: certs/ca.pem, for: [go] }, { file: /etc/ssl/x.pem, for: [npm] }]\n`
  const { desk, desktop, sys } = opened({ '/d/class.yaml': text, '/e/x': '' })
  desktop.chooseFile.mockResolvedValueOnce('/d/class.yaml')
  const profile = (await desk.openProfile('', null))?.profile
  if (profile === undefined) throw new Error('it was not opened')
  for (const path of ['/d/again.yaml', '/e/again.yaml']) {
    desktop.chooseTarget.mockResolvedValueOnce(path)
    await desk.exportProfile(profile)
    desktop.chooseFile.mockResolvedValueOnce(path)
    const again = await desk.openProfile('', null)
    expect(again).toMatchObject({ profile, locked: ['image'], remark: '计算机系' })
  }
  expect(sys.text('/d/again.yaml')).toContain('file: certs/ca.pem')
  expect(sys.text('/e/again.yaml')).toContain('file: /d/certs/ca.pem')
})

test('a computer that asks for signatures takes no dropped text, and none of what was chosen by hand if it says so', async () => {
  const policy =
    'version: 1\nprofiles: { keys: [MCowBQYDK2VwAyEABAOvNg2URwYScjP+TknWdUMed5pnsEA+fiHLWFiTAEU=], wizard: locked }\n'
  const { desk, desktop, sys } = opened({ '/d/class.yaml': YAML })
  await desk.mayPlan({ version: 1 })
  sys.put('/etc/goready/policy.yml', policy, { uid: 0 })
  sys.folder('/etc/goready', 0)
  sys.folder('/etc', 0)
  await expect(desk.openProfile('class.yaml', YAML)).rejects.toMatchObject({ code: 'profile-unsigned' })
  desktop.chooseFile.mockResolvedValueOnce('/d/class.yaml')
  await expect(desk.openProfile('', null)).rejects.toMatchObject({ code: 'profile-unsigned' })
  desk.give('/d/class.yaml')
  await expect(desk.givenProfile()).rejects.toMatchObject({ code: 'profile-unsigned' })
  await expect(desk.mayPlan({ version: 1 })).rejects.toMatchObject({ code: 'profile-unsigned' })
})

test('where nothing can be written the export says so with its path', async () => {
  const { desk, desktop, sys } = opened({ '/d/x': '' })
  sys.fault = () => {
    throw Object.assign(new Error('no'), { code: 'EACCES' })
  }
  desktop.chooseTarget.mockResolvedValueOnce('/d/new.yaml')
  await expect(desk.exportProfile({ version: 1 })).rejects.toMatchObject({
    code: 'no-permission',
    values: { path: '/d/new.yaml' },
  })
})

test('only an address that was offered is opened', async () => {
  const { desk, desktop } = opened()
  expect(await desk.browse('https://docs.docker.com/')).toBe(false)
  desk.allow('https://docs.docker.com/')
  expect(await desk.browse('https://docs.docker.com/')).toBe(true)
  expect(await desk.browse('https://docs.docker.com/x')).toBe(false)
  expect(desktop.browse.mock.calls).toEqual([['https://docs.docker.com/']])
  expect(() => desk.allow('file:///etc/passwd')).toThrow()
})

test('the window opens anew only for the account behind sudo', async () => {
  const about = (offer: string | null) =>
    appInfoSchema.parse({ ...ABOUT, root: { home: '/root', behindSudo: 'li', offer } })
  const none = opened({}, null, about(null))
  expect(await none.desk.forUser()).toBe(false)
  expect(none.desktop.startFor).not.toHaveBeenCalled()
  const { desk, desktop } = opened({}, null, about('/home/li'))
  expect(await desk.forUser()).toBe(true)
  expect(desktop.startFor.mock.calls).toEqual([['/home/li']])
})
const ABOUT = {
  version: '1',
  electron: '',
  chrome: '',
  node: '',
  platform: '',
  state: '',
  catalogueDate: '',
  licences: [],
  language: null,
}

test('forgetting removes what the window keeps and nothing else', async () => {
  const { desk, sys } = opened({ [`${STATE}/runs/x.jsonl`]: 'x' })
  await desk.saveDraft(draft)
  await desk.savePreferences({ ...DEFAULTS, theme: 'dark' })
  await desk.savePlace({ x: 1, y: 2, width: 600, height: 400, maximized: false })
  await desk.forget()
  expect((await sys.list(STATE)).toSorted()).toEqual(['runs'])
  expect(await desk.preferences()).toEqual(DEFAULTS)
})
