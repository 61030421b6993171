import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { type Lab, startLab } from './lab/lab.ts'
import { type OpenApp, openApp } from './pages/app.ts'
import { CheckUpPage } from './pages/check-up.ts'
import { labCatalogue, labProfileFile } from './pages/lab-app.ts'
import { SourcesPage } from './pages/sources.ts'
import { shiftsOf } from './pages/shifts.ts'
import { type Lang, type Step, Wizard } from './pages/wizard.ts'

// Every page × language × theme × size: axe finds nothing, nothing is cut off, a picture is kept to look at.
test.describe.configure({ mode: 'serial', timeout: 400_000 })
const SIZES = [
  [960, 680],
  [480, 340],
] as const
let lab: Lab
let open: OpenApp

test.beforeAll(async () => {
  test.setTimeout(300_000)
  lab = await startLab()
})
test.afterAll(async () => {
  await lab.stop()
})
test.afterEach(() => open.close())

async function resize(width: number, height: number): Promise<void> {
  await open.app.evaluate(
    ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
    { width, height },
  )
  await expect.poll(() => open.page.evaluate(() => innerWidth)).toBe(width)
}

/** What axe finds, short enough to read in a report. */
async function findings(): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page: open.page }).setLegacyMode(true).analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`))
}

/** Looks at the page that is shown in every combination. */
async function look(step: Step | 'sources-measured' | 'sources-more'): Promise<void> {
  const found: string[] = []
  for (const lang of ['zh-CN', 'en'] as const) {
    await open.page.getByRole('button', { name: lang === 'en' ? 'English' : '中文', exact: true }).click()
    await expect(open.page.locator('html')).toHaveAttribute('lang', lang)
    for (const colorScheme of ['light', 'dark'] as const) {
      await open.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      for (const [width, height] of SIZES) {
        await resize(width, height)
        // Half a change of colours is no picture to judge by.
        await open.page.evaluate(async () => {
          const passing = document
            .getAnimations()
            .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
          // One that is called off (its element has gone) is over as well.
          await Promise.allSettled(passing.map(({ finished }) => finished))
        })
        const name = `${step} ${lang} ${colorScheme} ${width}x${height}`
        await open.page.screenshot({ path: `test-results/look/${name.replaceAll(' ', '-')}.png` })
        found.push(...(await findings()).map((finding) => `${name}: ${finding}`))
        const cut = await open.page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
        if (cut) found.push(`${name}: wider than the window`)
        const [tools, sentence] = await Promise.all(
          ['.tools', '.heading p'].map((part) => open.page.locator(part).boundingBox()),
        )
        if (tools && sentence && sentence.y < tools.y + tools.height - 2) found.push(`${name}: the tools cover words`)
        const bar = await open.page.locator('footer').boundingBox()
        if (!bar || bar.y + bar.height > height + 1) found.push(`${name}: the bar is out of sight`)
      }
    }
  }
  await resize(960, 680)
  await open.page.getByRole('button', { name: '中文', exact: true }).click()
  expect(found).toEqual([])
}

const start = async (lang: Lang, ...more: string[]): Promise<Wizard> => {
  open = await openApp(['--lang', lang, '--catalogue', labCatalogue(lab), ...more], lab)
  return new Wizard(open.page, lang)
}

/** The page of the sources with everything unfolded, and the number tables that come of measuring. */
async function lookIntoSources(wizard: Wizard): Promise<void> {
  const page = new SourcesPage(wizard)
  await page.measure.click()
  await expect(page.measure).toHaveText(wizard.say('sources:stop'))
  await expect(page.measure).toHaveText(wizard.say('sources:measure'), { timeout: 60_000 })
  for (const target of ['go', 'docker', 'npm'] as const) await page.unfold(target)
  await page.row('go').getByText(wizard.say('sources:numbers.title')).click()
  await page
    .row('npm')
    .getByRole('button', { name: wizard.say('sources:scopes.add') })
    .click()
  await page.row('npm').getByLabel(wizard.say('sources:scopes.scope'), { exact: true }).fill('Wrong')
  await look('sources-measured')
  for (const target of ['go', 'docker', 'npm'] as const) await page.close(target)
  for (const summary of await page.page.locator('.sources-more > details > summary').all()) await summary.click()
  await page.page.getByRole('button', { name: wizard.say('sources:ownList.add') }).click()
  await look('sources-more')
  await page.unfold('npm')
  await page.row('npm').getByLabel(wizard.say('sources:scopes.scope'), { exact: true }).fill('')
}

test('all seven pages, wherever and however they are looked at', async () => {
  const wizard = await start('zh-CN', '--profile', labProfileFile(lab))
  await wizard.at('review')
  await wizard.goBackTo('check-up')
  await new CheckUpPage(open.page).settled()
  await expect(wizard.next).toBeEnabled({ timeout: 30_000 })
  await look('check-up')
  await wizard.forward('go-version')
  await wizard.page.locator('label.card-name').nth(1).click()
  await look('go-version')
  await wizard.forward('sources')
  await look('sources')
  await lookIntoSources(wizard)
  await wizard.forward('environment')
  await look('environment')
  await wizard.forward('review')
  await expect(wizard.next).toContainText(/\d/, { timeout: 30_000 })
  await look('review')
  // Slow enough to be looked at.
  lab.registry.faults.throttle(1_000_000)
  await wizard.next.click()
  await wizard.at('run')
  await look('run')
  lab.registry.faults.clear()
  await wizard.at('done', 120_000)
  await look('done')
})

test('nothing jumps while the results of the first page arrive', async () => {
  const wizard = await start('en')
  await wizard.at('check-up')
  await wizard.page.reload()
  await expect(wizard.next).toBeEnabled({ timeout: 30_000 })
  const { sum, moved } = await shiftsOf(wizard.page)
  expect(sum, moved.join('\n')).toBeLessThan(0.02)
})
