import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { goready, profile } from './harness.ts'
import { projectRoot } from './lab/cache.ts'
import { type OpenApp, openApp } from './pages/app.ts'
import { type Lang, Wizard } from './pages/wizard.ts'

// The page of history: runs that the command line made, looked at, given back, with edits of the person in between.
test.describe.configure({ mode: 'serial', timeout: 240_000 })
const SIZES = [
  [960, 680],
  [480, 340],
] as const
let folder = ''
let open: OpenApp | null = null

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goready-history-window-'))
  for (const name of ['home', 'root']) mkdirSync(join(folder, name))
  writeFileSync(rc(), '# mine\n')
})
test.afterEach(async () => {
  await open?.close()
  open = null
  rmSync(folder, { recursive: true, force: true })
})

const rc = () => join(folder, 'home', '.bashrc')
const bashrc = () => readFileSync(rc(), 'utf8')

async function set(variables: Record<string, string>): Promise<void> {
  const catalogue = join(projectRoot(), 'assets/golang-tags.json')
  const desk = { dir: folder, home: join(folder, 'home'), root: join(folder, 'root'), catalogue }
  const path = await profile(desk, { env: { set: variables, shells: ['bash'] } }, '实验室.yml')
  const outcome = await goready(desk, ['apply', '--profile', path, '--yes'])
  expect(outcome.code, outcome.stderr).toBe(0)
}

async function start(lang: Lang): Promise<Wizard> {
  open = await openApp(['--lang', lang], { home: join(folder, 'home'), root: join(folder, 'root') })
  return new Wizard(open.page, lang)
}

const dialog = (wizard: Wizard) => wizard.page.getByRole('dialog')
const openHistory = (wizard: Wizard) =>
  wizard.page.getByRole('button', { name: wizard.say('history:open'), exact: true }).click()
const rows = (wizard: Wizard) =>
  dialog(wizard)
    .getByRole('list', { name: wizard.say('history:list') })
    .locator(':scope > li')

/** Every theme and size: axe finds nothing, nothing is cut off sideways, a picture to look at. */
async function look(name: string, wizard: Wizard): Promise<void> {
  const found: string[] = []
  // What lies under the pointer has a colour of its own.
  await wizard.page.mouse.move(1, 1)
  for (const colorScheme of ['light', 'dark'] as const) {
    await wizard.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const [width, height] of SIZES) {
      await open?.app.evaluate(
        ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
        { width, height },
      )
      await expect.poll(() => wizard.page.evaluate(() => innerWidth)).toBe(width)
      await expect.poll(() => wizard.page.evaluate(() => document.getAnimations().length)).toBe(0)
      const at = `${name}-${wizard.lang}-${colorScheme}-${width}x${height}`
      await wizard.page.screenshot({ path: `test-results/look/${at}.png` })
      const { violations } = await new AxeBuilder({ page: wizard.page }).setLegacyMode(true).analyze()
      found.push(
        ...violations.flatMap(({ id, nodes }) => nodes.map((node) => `${at}: ${id}: ${node.html.slice(0, 160)}`)),
      )
      const wide = await wizard.page.evaluate(() =>
        [...document.querySelectorAll('[role="dialog"], [role="dialog"] *')].some(
          (element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX === 'auto',
        ),
      )
      if (wide) found.push(`${at}: scrolls sideways`)
    }
  }
  await open?.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(960, 680))
  expect(found).toEqual([])
}

for (const lang of ['zh-CN', 'en'] as const)
  test(`${lang}: an older run is blocked by the one that changed the same, a question shows what each answer leaves`, async () => {
    await set({ GREETING: 'one' })
    await set({ GREETING: 'two' })
    writeFileSync(rc(), `${bashrc()}alias later=true\n`)
    const wizard = await start(lang)
    await openHistory(wizard)
    await expect(rows(wizard)).toHaveCount(2)
    await look('history', wizard)
    await rows(wizard).nth(1).getByRole('button').first().click()
    const undo = (at: number) =>
      rows(wizard)
        .nth(at)
        .getByRole('button', { name: wizard.say('history:undo'), exact: true })
    await expect(undo(1)).toBeDisabled()
    // The first run made the line in .bashrc, which was edited since; the second only changed our own file.
    await expect(rows(wizard).nth(1)).toContainText(wizard.say('history:stand.edited'))
    await dialog(wizard).locator('summary').first().click()
    await look('history-run', wizard)
    await rows(wizard)
      .nth(1)
      .getByRole('button', { name: wizard.say('history:toLater') })
      .click()
    await undo(0).click()
    await dialog(wizard)
      .getByRole('button', { name: wizard.say('history:yes'), exact: true })
      .click()
    await expect(rows(wizard).nth(0)).toContainText(wizard.say('history:undone'))
    await rows(wizard).nth(1).getByRole('button').first().click()
    await undo(1).click()
    await dialog(wizard)
      .getByRole('button', { name: wizard.say('history:yes'), exact: true })
      .click()
    const question = dialog(wizard).getByRole('group', { name: wizard.say('run:ask.label') })
    await expect(question.getByText('alias later=true').first()).toBeVisible()
    await look('history-question', wizard)
    // By keyboard alone: the way is chosen with the arrows and taken with Enter on its button.
    const ours = question.getByRole('radio', { checked: true })
    await ours.focus()
    await wizard.page.keyboard.press('ArrowUp')
    await expect(question.getByRole('button', { name: wizard.say('history:three.do.restore') })).toBeVisible()
    await expect(question).toContainText('alias later=true')
    await wizard.page.keyboard.press('ArrowDown')
    await wizard.page.keyboard.press('Tab')
    await expect(question.getByRole('button', { name: wizard.say('history:three.do.ours') })).toBeFocused()
    await wizard.page.keyboard.press('Enter')
    await expect(rows(wizard).nth(1)).toContainText(wizard.say('history:undone'))
    expect(bashrc()).toBe('# mine\nalias later=true\n')
    await expect(dialog(wizard).locator('li[data-status=undone]')).toHaveCount(2)
  })

test('settings give everything back and leave only the program', async () => {
  await set({ GREETING: 'one' })
  const wizard = await start('zh-CN')
  await wizard.page.getByRole('button', { name: wizard.say('wizard:tools.settings'), exact: true }).click()
  await wizard.page.getByRole('button', { name: wizard.say('history:uninstall.button') }).click()
  await look('uninstall', wizard)
  await wizard.page.getByRole('button', { name: wizard.say('history:uninstall.yes'), exact: true }).click()
  await expect(dialog(wizard)).toContainText(wizard.say('history:uninstall.done'))
  expect(bashrc()).toBe('# mine\n')
})

test('with nothing done yet the page says so', async () => {
  const wizard = await start('en')
  await openHistory(wizard)
  await expect(dialog(wizard)).toContainText(wizard.say('history:none.title'))
})
