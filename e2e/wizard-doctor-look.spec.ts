import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { type OpenApp, openApp } from './pages/app.ts'
import { DoctorPage } from './pages/doctor.ts'
import { resize, SIZES, tooWide } from './pages/looks.ts'
import { playDoctor } from './pages/played-doctor.ts'
import { playedFindings } from './pages/played-findings.ts'
import { type Lang, Wizard } from './pages/wizard.ts'

// The doctor's page with everything that it can show, language × theme × size: axe finds nothing, nothing is cut off,
// a picture is kept to look at.
test.describe.configure({ timeout: 400_000 })
let open: OpenApp

test.afterEach(() => open.close())

async function start(lang: Lang): Promise<{ wizard: Wizard; doctor: DoctorPage }> {
  open = await openApp(['--lang', lang])
  const wizard = new Wizard(open.page, lang)
  return { wizard, doctor: new DoctorPage(wizard) }
}

/** Looks at what is shown in every theme and size; `parts`: what is scrolled to for a picture of its own. */
async function look(name: string, lang: Lang, parts: readonly string[] = []): Promise<void> {
  const { page } = open
  const found: string[] = []
  await page.mouse.move(1, 1)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const [width, height] of SIZES) {
      await resize(open, width, height)
      await page.evaluate(async () => {
        const ends = document
          .getAnimations()
          .filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime))
        await Promise.allSettled(ends.map(({ finished }) => finished))
      })
      const at = `${name}-${lang}-${colorScheme}-${width}`
      await page.screenshot({ path: `test-results/look/doctor-${at}.png` })
      for (const [index, part] of parts.entries()) {
        await page
          .locator(part)
          .first()
          .evaluate((element) => element.scrollIntoView({ block: 'start' }))
        await page.screenshot({ path: `test-results/look/doctor-${at}-${index + 1}.png` })
      }
      const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
      found.push(
        ...violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${at}: ${id}: ${html.slice(0, 160)}`)),
      )
      found.push(...(await tooWide(page)).map((one) => `${at}: ${one} is too wide`))
    }
  }
  await resize(open, 960, 680)
  expect(found).toEqual([])
}

for (const lang of ['zh-CN', 'en'] as const) {
  test(`${lang}: everything that was found, folded and unfolded, the diff, the report, an explanation`, async () => {
    const { wizard, doctor } = await start(lang)
    await doctor.button('doctor:page.thorough').waitFor()
    await playDoctor(open, playedFindings(false))
    await doctor.button('doctor:page.thorough').click()
    await expect(doctor.verdict).toBeVisible({ timeout: 30_000 })
    await look('found', lang)

    await wizard.page.evaluate(() => {
      for (const fold of document.querySelectorAll('main details')) fold.setAttribute('open', '')
    })
    await wizard.page.getByLabel(wizard.say('doctor:page.explain.label')).fill('go: parsing $GOFLAGS: non-flag "x"')
    await doctor.button('doctor:page.explain.do').click()
    await expect(wizard.page.getByText(wizard.say('doctor:page.explain.here'))).toBeVisible()
    await look('unfolded', lang, [
      'li[data-code="go.env-bom"]',
      'table',
      'main > div > details:nth-of-type(1)',
      'textarea',
    ])

    await doctor.button('doctor:page.repairAll_other', { count: 2 }).click()
    await expect(doctor.dialog).toContainText(
      wizard.say('doctor:page.later', { note: wizard.say('doctor-go:repair.cr') }),
    )
    await look('plan', lang)
    await doctor.dialog.getByRole('button', { name: wizard.say('doctor:page.repairFiles_other', { count: 2 }) }).click()
    await expect(doctor.dialog).toContainText(wizard.say('doctor:page.final'))
    await look('final', lang)
    await wizard.page.keyboard.press('Escape')
    await wizard.page.keyboard.press('Escape')
    await expect(doctor.dialog).toBeHidden()
    await doctor.button('doctor:page.report.open').click()
    await expect(doctor.dialog).toContainText('GoReady 报告')
    await look('report', lang)
  })

  test(`${lang}: while it is being looked for`, async () => {
    const { wizard, doctor } = await start(lang)
    await doctor.button('doctor:page.thorough').waitFor()
    await playDoctor(open, playedFindings(true))
    await doctor.button('doctor:page.thorough').click()
    await expect(wizard.page.getByText(wizard.say('doctor:page.waiting'), { exact: true })).toHaveCount(1)
    await look('looking', lang)
  })
}
