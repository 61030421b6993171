import { expect, test } from '@playwright/test'
import { createServer } from 'node:http'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OpenApp, openApp, startAgain } from './pages/app.ts'
import { CheckUpPage } from './pages/check-up.ts'
import { type SlowDocker, slowDocker } from './pages/slow-docker.ts'

let folder = ''
let open: OpenApp
let docker: SlowDocker | null = null
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goready-desktop-'))
  for (const name of ['home', 'root']) mkdirSync(join(folder, name))
})
test.afterEach(async () => {
  docker?.finish()
  await open.close()
  docker?.close()
  docker = null
  rmSync(folder, { recursive: true, force: true })
})

/** Starts the program; a second time in one test it finds what the first one left. */
const start = async (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<void> => {
  open = await openApp(args, { home: join(folder, 'home'), root: join(folder, 'root'), env })
}

const ask = (name: string, input?: unknown) =>
  open.page.evaluate(({ asking, sent }) => window.goready.request(asking, sent), { asking: name, sent: input })
const answered = (value: unknown) => ({ ok: true, value })
const state = (name = '') => join(open.home, '.local', 'state', 'goready', name)
const PROFILE = 'version: 1\nimage: golang:1.26\nlocked: [image]\nremark: lab 3\n'
const draft = (page: string) => ({ page, profile: { version: 1 }, opened: null, taskId: null, runId: null })

test('about: what the program is made of, and where it keeps things', async () => {
  await start(['--lang', 'en'])
  const info = await ask('app.info')
  expect(info).toMatchObject({
    ok: true,
    value: { version: '0.1.0', state: state().replace(/\/$/, ''), language: 'en' },
  })
  const { licences } = (info as { value: { licences: { name: string; version: string; licence: string }[] } }).value
  for (const name of ['Electron', 'Chromium', 'react', 'zod', 'dockerode', 'ssh2'])
    expect(licences.find((one) => one.name === name)).toMatchObject({ licence: expect.stringMatching(/\w/) })
  expect(licences.find((one) => one.name === 'vitest')).toBeUndefined()
})

test('choices and preferences survive a killed program; broken files count as none', async () => {
  await start()
  const preferences = { language: 'en', theme: 'dark', catalogue: null, catalogueUrl: null }
  expect(await ask('app.savePreferences', preferences)).toEqual(answered(preferences))
  expect(await ask('draft.save', draft('sources'))).toEqual(answered(true))
  expect(statSync(state('draft.json')).mode & 0o777).toBe(0o600)
  const gone = new Promise((resolve) => open.app.process().once('exit', resolve))
  open.app.process().kill('SIGKILL')
  await gone
  await start()
  expect(await ask('app.preferences')).toEqual(answered(preferences))
  expect(await ask('draft.load')).toMatchObject(answered({ page: 'sources' }))
  const dark = await open.app.evaluate(({ nativeTheme, BrowserWindow }) => [
    nativeTheme.themeSource,
    BrowserWindow.getAllWindows()[0]?.getBackgroundColor().toLowerCase(),
  ])
  expect(dark).toEqual(['dark', '#14181b'])
  await open.app.close()
  writeFileSync(state('draft.json'), '{"page":')
  writeFileSync(state('preferences.json'), '{}')
  await start()
  expect(await ask('draft.load')).toEqual(answered(null))
  expect(await ask('app.preferences')).toEqual(
    answered({ language: 'auto', theme: 'auto', catalogue: null, catalogueUrl: null }),
  )
})

test('the list of sources is renewed from the settings, and what was changed since it was signed is refused', async () => {
  const changed = readFileSync('assets/mirrors.signed').subarray(0, -2)
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end(changed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/mirrors.signed`
  try {
    await start(['--lang', 'en'])
    await open.page.getByRole('button', { name: 'Settings' }).click()
    const field = open.page.getByLabel('Where a newer list of sources comes from')
    const renew = open.page.getByRole('button', { name: 'Renew the list now' })
    await expect(renew).toBeDisabled()
    await field.fill('ftp://a.example')
    await expect(renew).toBeDisabled()
    await field.fill(url)
    // The field is left by the same click.
    await renew.click()
    await expect(open.page.getByRole('status').filter({ hasText: 'changed after it was signed' })).toBeVisible()
    expect(await ask('app.preferences')).toMatchObject(answered({ catalogueUrl: url }))
    expect(asked).toEqual(['/mirrors.signed'])
    expect(existsSync(state('mirrors.signed'))).toBe(false)
  } finally {
    server.close()
  }
})

test('own mirrors through the window: listed, refused where they are no addresses, removed', async () => {
  await start()
  const own = { id: '', target: 'npm', name: '机房', url: 'https://npm.school.example' }
  const saved = (await ask('mirror.saveOwn', own)) as { value: { id: string }[] }
  const [{ id }] = saved.value as [{ id: string }]
  expect(await ask('mirror.own')).toEqual(answered([{ ...own, id }]))
  const list = (await ask('mirror.list')) as { value: { id: string; own: boolean }[] }
  expect(list.value.find((mirror) => mirror.id === id)).toMatchObject({ own: true, url: own.url })
  expect(await ask('mirror.saveOwn', { ...own, url: 'file:///etc/passwd' })).toMatchObject({ ok: false })
  expect(await ask('mirror.removeOwn', { id })).toEqual(answered([]))
})

test('a catalogue that was chosen and is gone keeps nothing closed', async () => {
  await start()
  const catalogue = join(open.home, 'own.json')
  const preferences = { language: 'auto', theme: 'auto', catalogue, catalogueUrl: null }
  expect(await ask('app.savePreferences', preferences)).toMatchObject({ ok: false, error: { code: 'bad-arguments' } })
  writeFileSync(catalogue, '{}')
  expect(await ask('app.savePreferences', preferences)).toEqual(answered(preferences))
  await open.app.close()
  rmSync(catalogue)
  await start()
  expect(await ask('mirror.list')).toMatchObject({ ok: true })
})

test('the window comes back where it was left', async () => {
  await start()
  await open.page.waitForTimeout(800)
  const place = { x: 60, y: 40, width: 800, height: 600 }
  await open.app.evaluate(({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]?.setBounds(to), place)
  await expect.poll(() => open.page.evaluate(() => innerWidth)).toBe(800)
  await open.app.close()
  expect(JSON.parse(readFileSync(state('window.json'), 'utf8'))).toEqual({ ...place, maximized: false })
  await start()
  expect(await open.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())).toEqual(place)
})

test('a profile by --profile and by a second start; a bad one names its line', async () => {
  await start()
  await open.app.close()
  const path = join(folder, 'class.yaml')
  writeFileSync(path, PROFILE)
  await start(['--profile', path])
  await expect
    .poll(() => ask('draft.load'))
    .toMatchObject(answered({ opened: { name: 'class.yaml', remark: 'lab 3' } }))
  expect(await ask('profile.given')).toEqual(answered(null))

  const other = join(folder, 'other.yaml')
  writeFileSync(other, PROFILE.replace('lab 3', 'lab 4'))
  await open.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize())
  const places = ['--home', open.home, '--root', open.root]
  expect((await startAgain([...places, '--profile', other], open.home)).code).toBe(0)
  await expect
    .poll(() => ask('draft.load'))
    .toMatchObject(answered({ opened: { name: 'other.yaml', remark: 'lab 4' } }))
  const seen = await open.app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    return [window?.isMinimized(), window?.isVisible()]
  })
  expect(seen).toEqual([false, true])

  expect(await ask('profile.open', { name: 'x', text: 'version: 1\nimages: x\n' })).toMatchObject({
    ok: false,
    error: { code: 'bad-profile', values: { line: 2, key: 'images' } },
  })
})

test('files are opened and written only where a dialog of the program said', async () => {
  await start(['--lang', 'zh-CN'])
  const path = join(folder, 'mine.yaml')
  writeFileSync(path, PROFILE)
  await open.app.evaluate(({ dialog }, file) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [file] })
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: `${file}.copy` })
  }, path)
  const opened = await ask('profile.open', { name: '/etc/passwd', text: null })
  expect(opened).toMatchObject(answered({ name: 'mine.yaml', locked: ['image'] }))
  expect(await ask('profile.export', { profile: { version: 1, image: 'golang:1.26' } })).toEqual(
    answered(`${path}.copy`),
  )
  expect(readFileSync(`${path}.copy`, 'utf8')).toMatch(/^# GoReady 的配置[^]*\nversion: 1\nimage: golang:1.26\n$/)
  await open.app.evaluate(({ dialog }) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: true, filePaths: [] })
  })
  expect(await ask('goMod.advise', { text: null })).toEqual(answered(null))
})

test('the menu speaks the chosen language and its commands reach the page', async () => {
  await start(['--lang', 'zh-CN'])
  const labels = () => open.app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label))
  await expect.poll(labels).toEqual(['文件', '编辑', '显示', '帮助'])
  // A command is for a page that listens.
  await new CheckUpPage(open.page).settled()
  await open.app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items[3]?.submenu?.items[0]?.click())
  await expect(open.page.getByRole('dialog')).toContainText('Electron')
  await open.app.close()
  await start()
  await ask('app.savePreferences', { language: 'en', theme: 'auto', catalogue: null })
  await expect.poll(labels).toEqual(['File', 'Edit', 'View', 'Help'])
})

test('a crashed page is loaded again', async () => {
  await start()
  await ask('draft.save', draft('sources'))
  const loaded = await open.app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    return new Promise<string>((resolve) => {
      contents?.once('render-process-gone', () => contents.once('did-finish-load', () => resolve(contents.getURL())))
      contents?.forcefullyCrashRenderer()
    })
  })
  expect(loaded).toContain('app://goready/index.html')
  const heading = () =>
    open.app.evaluate(({ BrowserWindow }): Promise<unknown> | undefined =>
      BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
        "document.querySelector('h1')?.textContent ?? ''",
      ),
    )
  await expect.poll(heading).not.toBe('')
})

const answerClosing = (response: number) =>
  open.app.evaluate(({ dialog }, index) => {
    dialog.showMessageBox = () => Promise.resolve({ response: index, checkboxChecked: false })
  }, response)
const closeWindow = () => open.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
const isVisible = () => open.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())

async function pulling(): Promise<SlowDocker> {
  await start()
  const engine = await slowDocker(open.root)
  docker = engine
  expect(await ask('image.pull', { image: 'golang:1.26' })).toMatchObject({ ok: true })
  await expect.poll(() => engine.begun).toBe(1)
  return engine
}

test('closing in mid-pull asks; staying and the background keep it going, a second start brings it back', async () => {
  const engine = await pulling()
  await answerClosing(2)
  await closeWindow()
  await open.page.waitForTimeout(200)
  expect(await isVisible()).toBe(true)
  await answerClosing(0)
  await closeWindow()
  await expect.poll(isVisible).toBe(false)
  expect(engine.ended).toBe(0)
  expect((await startAgain(['--home', open.home, '--root', open.root], open.home)).code).toBe(0)
  await expect.poll(isVisible).toBe(true)
  engine.finish()
  await expect
    .poll(() => ask('task.list'))
    .toMatchObject(answered([expect.objectContaining({ kind: 'pull', state: 'done' })]))
})

test('closing with "give back" cancels the pull and ends the program', async () => {
  const engine = await pulling()
  await answerClosing(1)
  const gone = new Promise((resolve) => open.app.process().once('exit', resolve))
  await closeWindow()
  await gone
  expect(engine.ended).toBe(1)
})

test('help with Docker under another root is told, never carried out', async () => {
  await start()
  mkdirSync(join(open.root, 'etc'))
  writeFileSync(join(open.root, 'etc', 'os-release'), 'ID=fedora\n')
  const help = await ask('docker.help')
  expect(help).toMatchObject(answered({ kind: 'plan', possible: false }))
  expect(JSON.stringify(help)).toContain('dnf install -y moby-engine')
  const { planId } = (help as { value: { planId: string } }).value
  const started = await ask('plan.apply', { planId })
  expect(started).toMatchObject({ ok: true })
  await expect
    .poll(async () => JSON.stringify(await ask('task.list')))
    .toContain('"failed","error":{"code":"needs-admin"')
})

test('a terminal is opened with the shell of the same machine; without one the page is told', async () => {
  await start()
  await open.app.close()
  const bin = join(folder, 'bin')
  const heard = join(folder, 'heard')
  mkdirSync(bin)
  const terminal = join(bin, 'x-terminal-emulator')
  writeFileSync(terminal, `#!/bin/sh\nprintf '%s\\n' "$PWD" "$@" > ${heard}.new && mv ${heard}.new ${heard}\n`)
  chmodSync(terminal, 0o755)
  await start(['--lang', 'zh-CN'], { PATH: `${bin}:${process.env['PATH'] ?? ''}` })
  expect(await ask('terminal.open', { image: 'golang:1.26' })).toEqual(answered(true))
  await expect.poll(() => existsSync(heard)).toBe(true)
  const [at, ...rest] = readFileSync(heard, 'utf8').trimEnd().split('\n')
  expect(at).toBe(open.home)
  const places = ['--home', open.home, '--root', open.root]
  expect(rest.slice(-9)).toEqual(['shell', '--image', 'golang:1.26', '--lang', 'zh-CN', ...places])
  expect(rest[0]).toBe('-e')
})

test('records are removed on request, and addresses that nobody offered are not opened', async () => {
  await start()
  await ask('draft.save', draft('sources'))
  expect(await ask('app.removeState', { evenUndo: false })).toEqual(answered(true))
  expect(existsSync(state('draft.json'))).toBe(false)
  expect(await ask('link.open', { url: 'https://example.com/' })).toEqual(answered(false))
  expect(await ask('link.open', { url: 'file:///etc/passwd' })).toEqual(answered(false))
})
