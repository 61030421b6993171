import { execFile } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import profileTexts from '../renderer/i18n/en/profile.json' with { type: 'json' }
import wizard from '../renderer/i18n/en/wizard.json' with { type: 'json' }
import { PIPED, devtools } from '../scripts/bench/devtools.mjs'
import { type DebMachine, openMachine } from './deb/machine.ts'
import { projectRoot } from './lab/cache.ts'
import { type Lab, startLab } from './lab/lab.ts'
import { labCatalogue } from './pages/lab-app.ts'

// The package on a machine in a folder: installed with apt, used by an ordinary account, removed in each way.
let lab: Lab
let machine: DebMachine
let files: readonly string[] = []
let home = ''

beforeAll(async () => {
  const [deb, started] = await Promise.all([makeDeb(), startLab()])
  lab = started
  for (const folder of ['', 'root', 'root/run']) chmodSync(join(lab.dir, folder), 0o755)
  chmodSync(new URL(lab.dockerHost).pathname, 0o666)
  machine = await openMachine(deb, lab)
  files = await machine.files()
  home = await homeNow()
})
afterAll(async () => {
  await machine.stop()
  await lab.stop()
  expect(await lab.leftovers()).toEqual([])
})

/** Compressed as little as possible: here nobody downloads it. */
async function makeDeb(): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV|TEST$)/.test(name)))
  const script = join(projectRoot(), 'scripts', 'package.mjs')
  const { stdout } = await promisify(execFile)(process.execPath, [script, 'deb'], {
    env: { ...env, FPM_XZ_LEVEL: '0' },
  })
  return stdout.trim()
}

/** Ann's home without what Chromium keeps for its window. */
const HOME = `cd /home/ann && find . -path ./.config/GoReady -prune -o -path ./.cache -prune -o -printf "%p %y %m %U:%G %l\\n" | sort
  find . -path ./.config/GoReady -prune -o -path ./.cache -prune -o -type f -exec sha256sum {} + | sort`
const homeNow = () => said(HOME)

/** What a script of the administrator's says. Throws where it fails. */
async function said(script: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, stdout, stderr } = await machine.root(script, env)
  if (code !== 0) throw new Error(`${script}: ${code}\n${stderr}${stdout}`)
  return stdout
}

// What it depends on is here already: nothing is fetched, and nothing could be.
const OFFLINE = '-o Acquire::http::Proxy=http://127.0.0.1:9 -o Acquire::https::Proxy=http://127.0.0.1:9'
const install = () => said(`apt-get install -y --no-install-recommends ${OFFLINE} /tmp/goready.deb 2>&1`)
const left = async (): Promise<readonly string[]> => {
  const before = new Set(files)
  return (await machine.files()).filter((path) => !before.has(path))
}

test('apt installs it: menu, icons, file type, polkit, PATH, licence', async () => {
  await install()
  const added = await left()
  const sizes = [16, 24, 32, 48, 64, 128, 256, 512].map((size) => `${size}x${size}/apps/goready.png`)
  expect(added).toEqual(
    expect.arrayContaining([
      ...[...sizes, 'scalable/apps/goready.svg'].map((name) => `/usr/share/icons/hicolor/${name}`),
      '/usr/share/applications/goready.desktop',
      '/usr/share/doc/goready/copyright',
      '/usr/bin/goready',
      '/opt/GoReady/resources/app.asar',
      '/opt/GoReady/resources/classroom/ansible_collections/goready/classroom/galaxy.yml',
    ]),
  )
  expect(await said('desktop-file-validate /usr/share/applications/goready.desktop')).toBe('')
  expect(await said('pkaction --verbose --action-id app.goready.GoReady.elevated')).toContain(
    '/opt/GoReady/goready-elevated',
  )
  const { stdout: version } = await machine.ann(['goready', '--version'])
  expect(version.trim()).toMatch(/^\d+\.\d+\.\d+$/)
  expect(await said("dpkg-query -W -f '${Version}' goready")).toBe(version.trim())
  const detect = await machine.ann(['goready', 'detect', '--json'])
  expect(detect, detect.stderr).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(detect.stdout)).toMatchObject({ user: { name: 'ann', home: '/home/ann' } })
  expect(await homeNow()).toBe(home)
})

test('a profile opens by its file type with the menu entry’s own command, and the main job is done in the window', async () => {
  const profile = join(lab.dir, 'room 1.goready.yml')
  const sources = { go: 'auto', docker: 'auto', sumdb: lab.goproxy.sumdb }
  const wanted = { version: 1, sources, image: 'newest', pull: 'direct', env: { set: { GREETING: '你好' } } }
  writeFileSync(profile, JSON.stringify(wanted))
  const asked = async (...argv: string[]) => (await machine.ann(['xdg-mime', 'query', ...argv])).stdout.trim()
  const type = 'application/x-goready-profile+yaml'
  // What desktops look a name up in; xdg-mime itself would only look at the content.
  expect(await said('cat /usr/share/mime/globs2')).toContain(`60:${type}:*.goready.yml\n`)
  const entry = await asked('default', type)
  expect(entry).toBe('goready.desktop')
  const exec = /^Exec=(.*)$/m.exec(await said(`cat /usr/share/applications/${entry}`))?.[1] ?? ''
  const address = new URL(`file://${profile}`).href
  const command = exec.split(' ').map((part) => (/^%[fFuU]$/.test(part) ? address : part))
  expect(command).toContain(address)

  const options = ['--lang', 'en', '--catalogue', labCatalogue(lab), '--remote-debugging-pipe']
  const child = machine.start([...command, ...options], PIPED)
  let words = ''
  child.stderr?.on('data', (text: Buffer) => (words += text.toString()))
  const over = new Promise<number | null>((resolve) => child.on('close', resolve))
  const page = devtools(child)
  const until = async (what: string, seconds: number) => {
    const end = Date.now() + seconds * 1000
    while ((await page.evaluate(what)) !== true) {
      if (Date.now() > end) throw new Error(`${words}\n${String(await page.evaluate('document.body.innerText'))}`)
      await sleep(200)
    }
  }
  const step = `document.querySelector('nav [aria-current="step"]')?.textContent`
  // It comes from whoever gave it to her: she is shown first what it would do.
  const use = `[...document.querySelectorAll('button')].find(({ textContent }) => textContent === ${JSON.stringify(profileTexts.ask.yes)})`
  await until(`${use} !== undefined`, 60)
  await page.evaluate(`${use}.click()`)
  const next = "[...document.querySelectorAll('footer button')].at(-1)"
  await until(`(${step} ?? '').includes(${JSON.stringify(wizard.page.review.step)}) && ${next}?.disabled === false`, 60)
  await page.evaluate(`${next}.click()`)
  await until('/go version go1\\.26\\.\\d+ linux\\/amd64/.test(document.body.innerText)', 120)
  child.kill('SIGTERM')
  await Promise.race([over, sleep(10_000)])
  expect(words).toBe('')
  expect(await said('cat /home/ann/.config/go/env')).toContain(`GOPROXY=${lab.goproxy.url}`)
})

test('it is at most a twentieth larger than Electron alone, compressed the same way', async () => {
  // All of it but Electron's own files, of which a part is left out; compressed for itself as the whole was.
  const electrons = /^\/opt\/GoReady\/(chrome|lib|icudtl|resources\.pak|snapshot|v8_|vk_|LICENSE|locales|goready-bin$)/
  const own = (await said('dpkg -L goready')).split('\n').filter((path) => path !== '' && !electrons.test(path))
  expect(own).toContain('/opt/GoReady/resources/app.asar')
  const size = `tar -c --no-recursion ${own.map((path) => `'${path}'`).join(' ')} 2> /dev/null | xz -0 | wc -c`
  const [ours, whole] = await Promise.all([said(size), said('stat -c %s /tmp/goready.deb')])
  expect(Number(ours)).toBeGreaterThan(500_000)
  expect(Number(whole) / (Number(whole) - Number(ours))).toBeLessThan(1.05)
})

const settings = () =>
  said('cat /home/ann/.config/go/env 2> /dev/null || true; cat /etc/profile.d/goready.sh 2> /dev/null || true')

test('removed without a word: the settings stay, and how to give them back is said in one line', async () => {
  const before = await settings()
  const removed = await said('apt-get remove -y goready 2>&1 < /dev/null')
  expect(removed.split('\n').filter((line) => line.includes('goready uninstall'))).toHaveLength(1)
  expect(await settings()).toBe(before)
  expect(await left()).toEqual([])
})

test('the system’s part stays with its records through a purge, and all goes at a terminal that says yes', async () => {
  await install()
  const system = JSON.stringify({ version: 1, env: { scope: 'system', set: { ROOM: '401' } } })
  await said(`printf '%s' '${system}' > /tmp/system.goready.yml; chmod 644 /tmp/system.goready.yml`)
  const applied = await machine.ann(['goready', 'apply', '--yes', '--profile', '/tmp/system.goready.yml'])
  expect(applied.code, applied.stdout + applied.stderr).toBe(0)
  const before = await settings()
  expect(before).toContain('ROOM')
  const purged = await said('apt-get purge -y goready 2>&1', { GOREADY_ON_REMOVE: 'keep' })
  expect(purged).toContain('/var/lib/goready')
  expect(await settings()).toBe(before)
  expect((await left()).filter((path) => !path.startsWith('/var/lib/goready'))).toEqual(
    expect.arrayContaining(['/etc/profile.d/goready.sh']),
  )

  await install()
  const answered = await machine.atTerminal('apt-get purge -y goready', /\[y\/N\]/, 'y')
  expect(answered, answered.stdout).toMatchObject({ code: 0, stdout: expect.stringContaining('goready uninstall') })
  expect(await left()).toEqual([])
  expect(await homeNow()).toBe(home)
})
