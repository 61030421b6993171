import AxeBuilder from '@axe-core/playwright'
import { expect, type Locator, test } from '@playwright/test'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tree } from './harness.ts'
import { type OpenApp, openApp } from './pages/app.ts'
import { type Lang, Wizard } from './pages/wizard.ts'

// The page of the environment by keyboard and mouse, applied for real; real shells are asked.
test.describe.configure({ timeout: 240_000 })
const SIZES = [
  [960, 680],
  [480, 340],
] as const
let folder: string
let open: OpenApp | null = null

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goready-env-'))
  for (const name of ['home', 'root', 'root/etc']) mkdirSync(join(folder, name))
})
test.afterEach(async () => {
  await open?.close()
  open = null
  rmSync(folder, { recursive: true, force: true })
})

const home = () => join(folder, 'home')
/** The person's files. The window's own libraries and the shells that are asked keep things of their own there. */
const files = () =>
  Object.fromEntries(Object.entries(tree(home())).filter(([name]) => !/^\.(cache|local\/share)/.test(name)))

/** Opens a profile (JSON is YAML) and goes to the page. */
async function start(lang: Lang, profile: Record<string, unknown>): Promise<{ wizard: Wizard; window: OpenApp }> {
  const file = join(folder, 'p.yml')
  writeFileSync(file, JSON.stringify({ version: 1, ...profile }))
  open = await openApp(['--lang', lang, '--profile', file], { home: home(), root: join(folder, 'root') })
  const wizard = new Wizard(open.page, lang)
  await wizard.at('review')
  await wizard.goBackTo('environment')
  // Until the machine has been looked at there are only grey bars.
  await expect(wizard.page.getByRole('radio').first()).toBeVisible({ timeout: 60_000 })
  return { wizard, window: open }
}

const radio = (wizard: Wizard, scope: 'user' | 'system'): Locator =>
  wizard.page.getByRole('radio', { name: wizard.say(`environment:scopes.${scope}`) })
const box = (wizard: Wizard, shell: string): Locator =>
  wizard.page.getByRole('checkbox', { name: wizard.say(`environment:shell.${shell}`), exact: false })

/** What a shell exports that has just been started. */
const ask = (shell: string, flags: readonly string[], name: string): string => {
  const env = { HOME: home(), PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', TERM: 'dumb' }
  const output = execFileSync(shell, [...flags, '-c', '/usr/bin/env -0'], {
    env,
    cwd: home(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return output.split('\0').find((entry) => entry.startsWith(`${name}=`)) ?? ''
}

test('typed by keyboard, applied, answered by every shell, and given back', async () => {
  writeFileSync(join(home(), '.bashrc'), '# mine')
  const before = files()
  const { wizard } = await start('zh-CN', { env: { set: { FIRST: '1' } } })
  const { page } = wizard
  await expect(radio(wizard, 'user')).toBeChecked()
  for (const shell of ['bash', 'zsh', 'fish']) await expect(box(wizard, shell)).toBeChecked()
  await page.getByRole('button', { name: wizard.say('environment:addVariable') }).focus()
  await page.keyboard.press('Enter')
  const name = page.getByLabel(wizard.say('environment:name'), { exact: true }).last()
  await name.focus()
  await page.keyboard.type('LD_PRELOAD')
  await expect(wizard.next).toBeDisabled()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('GREETING')
  await page.keyboard.press('Tab')
  await page.keyboard.type('$(touch canary) 你好 \'"`')
  await page.getByRole('button', { name: wizard.say('environment:addPath') }).click()
  await page.getByLabel(wizard.say('environment:pathEntry'), { exact: true }).fill('~/go/bin')
  // A shell is taken off and put back with the space bar.
  await box(wizard, 'fish').focus()
  await page.keyboard.press('Space')
  await expect(box(wizard, 'fish')).not.toBeChecked()
  await page.keyboard.press('Space')
  await wizard.forward('review')
  await expect(wizard.next).toContainText(/\d/, { timeout: 30_000 })
  await wizard.next.click()
  await wizard.at('done', 60_000)
  for (const [shell, flags] of [
    ['/bin/bash', ['-l']],
    ['/bin/bash', ['-i']],
    ['zsh', ['-l']],
    ['zsh', []],
    ['fish', ['-l']],
    ['dash', ['-l']],
  ] as const) {
    expect(ask(shell, flags, 'GREETING'), `${shell} ${flags.join(' ')}`).toBe('GREETING=$(touch canary) 你好 \'"`')
    expect(ask(shell, flags, 'PATH'), `${shell} ${flags.join(' ')}`).toContain(`${home()}/go/bin`)
  }
  expect(existsSync(join(home(), 'canary'))).toBe(false)
  await page.getByRole('button', { name: wizard.say('done:undo.button') }).click()
  await page.getByRole('button', { name: wizard.say('done:undo.yes'), exact: true }).click()
  await expect(page.getByText(wizard.say('done:undo.done')).first()).toBeVisible({ timeout: 60_000 })
  expect(files()).toEqual(before)
})

test('for everybody: chosen by keyboard, marked on review, written below the root only', async () => {
  const { wizard } = await start('en', { env: { set: { GREETING: 'hi' } } })
  const { page } = wizard
  const before = files()
  await radio(wizard, 'user').focus()
  await page.keyboard.press('ArrowDown')
  await expect(radio(wizard, 'system')).toBeChecked()
  await expect(page.getByText(wizard.say('environment:files.system'))).toBeVisible()
  await wizard.forward('review')
  const list = page.getByRole('tablist')
  await expect(list.getByRole('tab').first()).toBeVisible({ timeout: 30_000 })
  await page.screenshot({ path: 'test-results/environment/review-system.png' })
  await wizard.next.click()
  await wizard.at('done', 60_000)
  expect(readFileSync(join(folder, 'root/etc/profile.d/goready.sh'), 'utf8')).toContain("export GREETING='hi'")
  expect(files()).toEqual(before)
})

test('what a teacher closed says so and cannot be changed', async () => {
  const { wizard } = await start('en', {
    env: { scope: 'user', shells: ['bash'], set: { A: '1' } },
    locked: ['env'],
    remark: 'Room 3',
  })
  for (const scope of ['user', 'system'] as const) await expect(radio(wizard, scope)).toBeDisabled()
  await expect(box(wizard, 'bash')).toBeDisabled()
  await expect(wizard.page.locator('.locked-note').first()).toContainText('Room 3')
  await wizard.page.screenshot({ path: 'test-results/environment/locked.png' })
})

test('looked at in both languages, both themes and both sizes', async () => {
  const env = {
    scope: 'system',
    shells: ['bash', 'zsh', 'powershell'],
    set: { GREETING: '你好', HTTPS_PROXY: 'http://10.0.0.1:3128' },
    path: ['~/go/bin'],
  }
  const { wizard, window } = await start('zh-CN', { env })
  const { page } = wizard
  const found: string[] = []
  for (const lang of ['zh-CN', 'en'] as const) {
    await page.getByRole('button', { name: lang === 'en' ? 'English' : '中文', exact: true }).click()
    await expect(page.locator('html')).toHaveAttribute('lang', lang)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      for (const [width, height] of SIZES) {
        await window.app.evaluate(
          ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
          { width, height },
        )
        await expect.poll(() => page.evaluate(() => innerWidth)).toBe(width)
        const name = `${lang}-${colorScheme}-${width}`
        for (const [index, part] of ['.env-scope', '.env-scope + .env-part', '.env-part:last-of-type'].entries()) {
          await page.locator(part).last().scrollIntoViewIfNeeded()
          await page.screenshot({ path: `test-results/environment/${name}-${index}.png` })
        }
        const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
        found.push(...violations.map(({ id }) => `${name}: ${id}`))
        if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth))
          found.push(`${name}: too wide`)
      }
    }
  }
  expect(found).toEqual([])
})
