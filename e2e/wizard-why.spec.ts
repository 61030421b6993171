import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OpenApp, openApp } from './pages/app.ts'
import { Wizard } from './pages/wizard.ts'

// Why a value is what it is, on the page of the environment: looked at, the blocker taken away, given back.
test.describe.configure({ timeout: 240_000 })
const SIZES = [
  [960, 680],
  [480, 340],
] as const
let folder: string
let open: OpenApp | null = null

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goready-why-'))
  for (const name of ['home', 'home/.config', 'home/.config/go', 'root', 'root/etc']) mkdirSync(join(folder, name))
})
test.afterEach(async () => {
  await open?.close()
  open = null
  rmSync(folder, { recursive: true, force: true })
})

test('the blocker is named with its line, taken away by keyboard, and given back', async () => {
  const bashrc = join(folder, 'home/.bashrc')
  const mine = '# mine\nexport GOPROXY=https://old.example\n'
  writeFileSync(bashrc, mine)
  writeFileSync(join(folder, 'home/.config/go/env'), 'GOPROXY=https://new.example\r\n')
  const profile = join(folder, 'p.yml')
  writeFileSync(profile, JSON.stringify({ version: 1, env: { set: { FIRST: '1' } } }))
  open = await openApp(['--lang', 'zh-CN', '--profile', profile], {
    home: join(folder, 'home'),
    root: join(folder, 'root'),
  })
  const wizard = new Wizard(open.page, 'zh-CN')
  const { page, say } = { page: open.page, say: (key: string, values = {}) => wizard.say(key, values) }
  await wizard.at('review')
  await wizard.goBackTo('environment')
  await page.getByText(say('why:title'), { exact: true }).click()
  const row = page
    .getByRole('list', { name: say('why:list') })
    .locator('summary')
    .filter({ hasText: 'GOPROXY' })
  await expect(row).toBeVisible({ timeout: 60_000 })
  await row.focus()
  await page.keyboard.press('Enter')
  const choice = page.getByLabel(say('why:for'))
  await expect(choice).toBeVisible({ timeout: 60_000 })
  await choice.selectOption('bash:interactive')
  const places = page.getByRole('list', { name: say('why:places', { name: 'GOPROXY' }) }).getByRole('listitem')
  await expect(places.first()).toContainText('https://old.example')
  await expect(places.first()).toContainText(`${bashrc}:2`)
  await expect(places.first()).toContainText(say('why:state.wins'))
  await expect(places.nth(1)).toContainText(say('why:reason.hidden', { where: `${bashrc}:2` }))
  await expect(places.nth(1)).toContainText(
    say('why:problem.cr', { path: join(folder, 'home/.config/go/env'), line: 1 }),
  )

  const found: string[] = []
  for (const lang of ['en', 'zh-CN'] as const) {
    await page.getByRole('button', { name: lang === 'en' ? 'English' : '中文', exact: true }).click()
    await expect(page.locator('html')).toHaveAttribute('lang', lang)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      for (const [width, height] of SIZES) {
        await open.app.evaluate(
          ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
          { width, height },
        )
        await expect.poll(() => page.evaluate(() => innerWidth)).toBe(width)
        await page.locator('li[data-state]').first().scrollIntoViewIfNeeded()
        await page.screenshot({ path: `test-results/why/${lang}-${colorScheme}-${width}.png` })
        const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
        found.push(
          ...violations.flatMap(({ id, nodes }) =>
            nodes.map(({ html }) => `${lang} ${colorScheme} ${width}: ${id} ${html.slice(0, 120)}`),
          ),
        )
        if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth))
          found.push(`${lang} ${width}: too wide`)
      }
    }
  }
  expect(found).toEqual([])

  const remove = page.getByRole('button', { name: say('why:removeOf', { name: 'GOPROXY', from: `${bashrc}:2` }) })
  await remove.focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText(say('why:removal.remove', { name: 'GOPROXY', path: bashrc }))
  await page.screenshot({ path: 'test-results/why/dialog.png' })
  await dialog.getByRole('button', { name: say('why:do') }).click()
  await expect(dialog).toContainText(say('why:done'))
  expect(readFileSync(bashrc, 'utf8')).toBe('# mine\n# goready: export GOPROXY=https://old.example\n')
  await dialog.getByRole('button', { name: say('why:undo') }).click()
  await expect(dialog).toContainText(say('why:undone'))
  expect(readFileSync(bashrc, 'utf8')).toBe(mine)
})
