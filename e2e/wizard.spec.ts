import { expect, test } from '@playwright/test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mirrorsOf, tree } from './harness.ts'
import { type Lab, startLab } from './lab/lab.ts'
import { type OpenApp, openApp } from './pages/app.ts'
import { labCatalogue, labProfileFile } from './pages/lab-app.ts'
import { type Lang, STEPS, Wizard } from './pages/wizard.ts'

// The main job by clicking, on real servers, with the same results as on the command line.
test.describe.configure({ mode: 'serial', timeout: 240_000 })
let lab: Lab
let open: OpenApp | null = null

test.beforeAll(async () => {
  test.setTimeout(300_000)
  lab = await startLab()
})
test.afterAll(async () => {
  await lab.stop()
  expect(await lab.leftovers()).toEqual([])
})
test.afterEach(async () => {
  await open?.close()
  open = null
})

const shot = (wizard: Wizard, name: string) =>
  wizard.page.screenshot({ path: `test-results/wizard/${wizard.lang}-${name}.png` })

async function start(lang: Lang, ...more: string[]): Promise<Wizard> {
  open = await openApp(['--lang', lang, '--catalogue', labCatalogue(lab), ...more], lab)
  return new Wizard(open.page, lang)
}

for (const lang of ['zh-CN', 'en'] as const) {
  test(`all seven pages by clicking, to go version and back (${lang})`, async () => {
    const before = [tree(lab.home), tree(join(lab.root, 'etc'))]
    const wizard = await start(lang, '--profile', labProfileFile(lab))
    // An opened profile shows first what it would do; nothing is written.
    await wizard.at('review')
    expect(readFileSync(lab.daemonJson, 'utf8')).toBe('{}\n')
    await wizard.goBackTo('check-up')
    await expect(wizard.heading).toBeFocused()
    await shot(wizard, '1-check-up')

    await wizard.forward('go-version')
    await wizard.page.locator('label.card-name').nth(1).click()
    await shot(wizard, '2-go-version')
    await wizard.forward('sources')
    await shot(wizard, '3-sources')
    await wizard.forward('environment')
    await shot(wizard, '4-environment')
    await wizard.forward('review')
    await expect(wizard.next).toContainText(/\d/, { timeout: 30_000 })
    await expect(wizard.page.getByText(lab.daemonJson).first()).toBeVisible()
    const tab = wizard.page.getByRole('tab', { name: /^env .*\.config\/go/ })
    await tab.click()
    await expect(wizard.page.getByRole('tabpanel')).toContainText(`GOPROXY=${lab.goproxy.url}`)
    await shot(wizard, '5-review')
    expect(readFileSync(lab.daemonJson, 'utf8')).toBe('{}\n')

    await wizard.next.click()
    await wizard.at('run')
    await shot(wizard, '6-run')
    await wizard.at('done', 120_000)
    await expect(wizard.page.getByText(/go version go1\.26\.\d+ linux\/amd64/).first()).toBeVisible()
    await shot(wizard, '7-done')
    expect(JSON.parse(readFileSync(lab.daemonJson, 'utf8'))).toEqual({ 'registry-mirrors': [lab.registry.url] })
    expect(await mirrorsOf(lab)).toEqual([`${lab.registry.url}/`])
    expect(readFileSync(join(lab.home, '.config/go/env'), 'utf8')).toContain(`GOPROXY=${lab.goproxy.url}`)
    expect(await lab.docker('images', '--format', '{{.Repository}}:{{.Tag}}')).toContain('golang:1.26-alpine')

    await wizard.page.getByRole('button', { name: wizard.say('done:undo.button') }).click()
    await wizard.page.getByRole('button', { name: wizard.say('done:undo.yes') }).click()
    // Not by a look at the whole tree: files go away in the middle of it.
    await expect.poll(() => existsSync(join(lab.home, '.bashrc')), { timeout: 30_000 }).toBe(false)
    await expect.poll(() => existsSync(join(lab.home, '.config/go/env')), { timeout: 30_000 }).toBe(false)
    await expect
      .poll(() => readFileSync(lab.daemonJson, 'utf8'), { timeout: 30_000 })
      .toBe(before[1]?.['docker/daemon.json'] ? '{}\n' : '')
    expect(await mirrorsOf(lab)).toEqual([])
    await lab.docker('image', 'prune', '--all', '--force')
  })
}

test('the heading has the focus on every page that is come to, and choices survive a closed window', async () => {
  let wizard = await start('zh-CN')
  await wizard.page.evaluate(() => {})
  // Where the test before left: on the last page, which tells of the undo.
  const first = await wizard.page.locator('nav [aria-current="step"]').innerText()
  const known = [...STEPS.map((step) => `wizard:page.${step}.step`), 'done:heading.undone.step']
  expect(known.some((key) => first.includes(wizard.say(key)))).toBe(true)
  if (!first.includes(wizard.say('wizard:page.check-up.step'))) await wizard.goBackTo('check-up')
  await wizard.forward('go-version')
  await expect(wizard.heading).toBeFocused()
  await wizard.page.locator('label.card-name').nth(1).click()
  await wizard.forward('sources')
  await expect(wizard.heading).toBeFocused()
  await open?.close()
  wizard = await start('zh-CN')
  await wizard.at('sources')
  await wizard.goBackTo('go-version')
  await expect(wizard.page.getByRole('radio').nth(1)).toBeChecked()
})
