import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OpenApp, openApp, QUESTION } from './pages/app.ts'
import { type Lang, Wizard } from './pages/wizard.ts'

// A profile of somebody else's: what it would do is said first, and what it locks stays as it is.
test.describe.configure({ timeout: 180_000 })
const SIZES = [
  [960, 680],
  [480, 340],
] as const
const REMARK = '三号机房，请不要改'
const STRANGER = {
  version: 1,
  image: 'golang:1.26',
  sources: { go: ['https://goproxy.cn', 'direct'].join(','), docker: ['http://10.0.0.1:5000'] },
  authorities: [{ file: 'room-ca.pem', for: ['go', 'docker'] }],
  telemetry: { otlp: 'https://collector.example.com:4318' },
  remark: REMARK,
}
const LOCKED = {
  version: 1,
  image: 'golang:1.26',
  pull: 'direct',
  sources: { go: 'auto', docker: 'auto', npm: 'auto' },
  private: ['corp.example.com'],
  env: { scope: 'user', set: { GREETING: '你好', OWN: '1' }, path: ['~/go/bin'] },
  locked: [
    'image',
    'pull',
    'sources',
    'private',
    'authorities',
    'env.scope',
    'env.shells',
    'env.set.GREETING',
    'env.path',
  ],
  remark: REMARK,
}
let folder: string
let open: OpenApp | null = null

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goready-profile-'))
  for (const name of ['home', 'root']) mkdirSync(join(folder, name))
})
test.afterEach(async () => {
  await open?.close()
  open = null
  rmSync(folder, { recursive: true, force: true })
})

async function start(lang: Lang, profile: object): Promise<Wizard> {
  const file = join(folder, 'class.goready.yml')
  writeFileSync(file, JSON.stringify(profile))
  open = await openApp(['--lang', lang, '--profile', file], { home: join(folder, 'home'), root: join(folder, 'root') })
  return new Wizard(open.page, lang)
}

async function clean(wizard: Wizard): Promise<void> {
  for (const [width, height] of SIZES) {
    await open?.app.evaluate(({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w, h), [
      width,
      height,
    ] as const)
    await expect.poll(() => wizard.page.evaluate(() => innerWidth)).toBe(width)
    const { violations } = await new AxeBuilder({ page: wizard.page }).setLegacyMode().analyze()
    expect(violations.map(({ id, nodes }) => `${width}: ${id} ${nodes[0]?.html ?? ''}`)).toEqual([])
    const wide = await wizard.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(wide).toBeLessThanOrEqual(0)
  }
}

for (const lang of ['zh-CN', 'en'] as const)
  test(`what a stranger’s profile wants is said before it is used, and refused by one key (${lang})`, async () => {
    const wizard = await start(lang, STRANGER)
    const { page } = wizard
    await page.removeLocatorHandler(page.locator(QUESTION))
    const question = page.locator(QUESTION)
    await expect(question).toBeVisible({ timeout: 30_000 })
    const lines = question.getByRole('listitem')
    await expect(lines.nth(0)).toContainText('room-ca.pem')
    await expect(lines.nth(1)).toContainText('collector.example.com:4318')
    await expect(question).toContainText(REMARK)
    await expect(question).toContainText(wizard.say('profile:signature.none'))
    await clean(wizard)
    await expect(page.getByRole('button', { name: wizard.say('profile:ask.no') }).last()).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(question).toBeHidden()
    await wizard.at('check-up')
    await expect(page.getByText(wizard.say('profile:ask.refused', { name: 'class.goready.yml' })).first()).toBeVisible()
    const draft = join(folder, 'home/.local/state/goready/draft.json')
    expect(existsSync(draft) ? readFileSync(draft, 'utf8') : '').not.toContain('room-ca')
  })

test('what is taken over is told on the banner, by keyboard', async () => {
  const wizard = await start('zh-CN', { ...STRANGER, authorities: undefined })
  const { page } = wizard
  await page.removeLocatorHandler(page.locator(QUESTION))
  await expect(page.locator(QUESTION)).toBeVisible({ timeout: 30_000 })
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await wizard.at('review')
  await expect(wizard.heading).toBeFocused()
  await page.keyboard.press('Escape')
  await wizard.at('environment')
  await wizard.forward('review')
  const banner = page.getByRole('region', { name: wizard.say('review:profile.label') })
  const fold = banner.locator('details').last()
  await fold.locator('summary').focus()
  await page.keyboard.press('Enter')
  await expect(fold.getByRole('listitem').first()).toContainText('collector.example.com:4318')
  await clean(wizard)
})

test('what a teacher locked is grey on every page, with the remark, and no key changes it', async () => {
  const wizard = await start('zh-CN', LOCKED)
  const { page } = wizard
  const note = wizard.say('wizard:lockedBy', { remark: REMARK })
  await wizard.at('review')
  await wizard.goBackTo('go-version')
  await expect(page.getByText(note).first()).toBeVisible()
  for (const card of await page.getByRole('radio').all()) await expect(card).toBeDisabled()
  await wizard.goBackTo('check-up')
  await wizard.forward('go-version')
  await wizard.forward('sources')
  for (const target of ['go', 'docker', 'npm'] as const) {
    const name = wizard.say(`sources:target.${target}`)
    const row = page.locator('section.target').filter({ has: page.getByRole('heading', { name, exact: true }) })
    await row.getByRole('button', { name: wizard.say('sources:changeFor', { target: name }) }).click()
    await expect(row.getByText(note).first()).toBeVisible()
    for (const radio of await row.getByRole('radio').all()) await expect(radio).toBeDisabled()
    for (const text of await row.getByRole('textbox').all()) await expect(text).toBeDisabled()
  }
  await wizard.forward('environment')
  await expect(page.getByRole('radio').first()).toBeVisible({ timeout: 60_000 })
  for (const radio of await page.getByRole('radio').all()) await expect(radio).toBeDisabled()
  for (const box of await page.getByRole('checkbox').all()) await expect(box).toBeDisabled()
  const names = page.getByLabel(wizard.say('environment:name'), { exact: true })
  await expect(names.nth(0)).toBeDisabled()
  await expect(names.nth(1)).toBeEnabled()
  await page.getByLabel(wizard.say('environment:value', { name: 'OWN' })).fill('2')
  await clean(wizard)
  // Whatever the page itself would send: the choices keep what is locked.
  await expect
    .poll(() => {
      const text = readFileSync(join(folder, 'home/.local/state/goready/draft.json'), 'utf8')
      const draft: { profile?: unknown } = JSON.parse(text)
      return draft.profile
    })
    .toEqual({ ...LOCKED, env: { ...LOCKED.env, set: { GREETING: '你好', OWN: '2' } } })
})
