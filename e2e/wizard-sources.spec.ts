import AxeBuilder from '@axe-core/playwright'
import { expect, type Page, test } from '@playwright/test'
import { existsSync, readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { goready, mirrorsOf } from './harness.ts'
import { guard, LOGIN, SECRET } from './lab/guard.ts'
import { type Lab, startLab } from './lab/lab.ts'
import { type Sources, startSources } from './lab/sources.ts'
import { type OpenApp, openApp } from './pages/app.ts'
import { labProfileFile } from './pages/lab-app.ts'
import { SourcesPage } from './pages/sources.ts'
import { type Lang, Wizard } from './pages/wizard.ts'

// The page of download sources by clicking, with fast, slow, stale and broken ways to real servers.
test.describe.configure({ mode: 'serial', timeout: 240_000 })
let lab: Lab
let sources: Sources
let open: OpenApp | null = null
const servers: Server[] = []

test.beforeAll(async () => {
  test.setTimeout(300_000)
  lab = await startLab()
  sources = await startSources(lab)
})
test.afterAll(async () => {
  for (const server of servers) server.close()
  await sources.close()
  await lab.stop()
})
test.afterEach(async () => {
  await open?.close()
  open = null
})

async function start(lang: Lang): Promise<{ wizard: Wizard; page: SourcesPage }> {
  open = await openApp(['--lang', lang, '--catalogue', sources.catalogue, '--profile', labProfileFile(lab)], lab)
  const wizard = new Wizard(open.page, lang)
  await wizard.at('review')
  await wizard.goBackTo('go-version')
  await wizard.page.locator('label.card-name').nth(1).click()
  await wizard.forward('sources')
  return { wizard, page: new SourcesPage(wizard) }
}

const shot = ({ wizard }: { wizard: Wizard }, name: string) =>
  wizard.page.screenshot({ path: `test-results/sources/${wizard.lang}-${name}.png` })

/** What axe finds on the page as it stands, short enough to read in a report. */
async function findings(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`))
}

/** Sums up what jumps from now on; answers the function that says how much it was. */
async function watchShifts(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const kept = { sum: 0 }
    Object.assign(window, { shifts: kept })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        if ('value' in entry && typeof entry.value === 'number') kept.sum += entry.value
    }).observe({ type: 'layout-shift' })
  })
  return () => page.evaluate(() => Number(JSON.parse(JSON.stringify(Reflect.get(window, 'shifts'))).sum))
}

test('says beforehand what it may take; measures all, live; the right one wins and is set (zh-CN)', async () => {
  const { wizard, page } = await start('zh-CN')
  const before = page.page.locator('.measure p')
  await expect(before).toContainText('每项最多 6 秒、30 MB')
  await page.unfold('go')
  const first = await page.names('go')
  expect(first).toEqual(['慢速站', '旧版站', '登录页站', '卡住的站', '好用站'])
  await shot({ wizard }, '1-before')
  await page.measure.focus()
  // The pointer in the list: nothing may move under it.
  await page.row('go').getByRole('heading').hover()
  const shifts = await watchShifts(page.page)
  await page.page.keyboard.press('Enter')
  await expect(page.state('go')).toHaveAttribute('data-state', 'running')
  await expect(page.state('docker')).toHaveAttribute('data-state', 'waiting')
  const slow = page.choice('go', '慢速站').locator('.source-state')
  await expect(slow).toHaveAttribute('data-state', 'running')
  await shot({ wizard }, '2-live')
  await expect(page.state('go')).toHaveAttribute('data-state', 'ok', { timeout: 15_000 })
  expect(await page.names('go')).toEqual(first)
  await expect(page.state('docker')).toHaveAttribute('data-state', 'ok', { timeout: 15_000 })
  expect(await shifts()).toBeLessThan(0.02)

  // Once the pointer has left, the list takes its order, once.
  await page.page.mouse.move(0, 0)
  await expect.poll(() => page.names('go')).toEqual(['好用站', '慢速站', '旧版站', '登录页站', '卡住的站'])
  const said = async (name: string) => page.choice('go', name).locator('.choice-verdict').innerText()
  expect(await said('好用站')).toBe('从这里下载很快。有最新的版本。内容已核对，与原版一致。')
  expect(await said('慢速站')).toContain('从这里下载较慢。')
  expect(await said('旧版站')).toBe('它的内容比其他下载源旧一天以上。')
  expect(await said('登录页站')).toContain('应答的不是要下载的内容')
  expect(await said('卡住的站')).toBe('它没有及时应答。')
  const row = page.row('go')
  await expect(row.locator('.target-chosen')).toContainText('好用站')
  const conflicts = row.getByRole('region', { name: wizard.say('sources:conflicts.table') })
  await expect(conflicts.getByRole('row').filter({ hasText: 'toml latest' })).toContainText(
    /v1\.1\.0.*旧版站.*落后一天以上/s,
  )
  await row.getByText(wizard.say('sources:numbers.title')).click()
  const numbers = row.getByRole('region', { name: wizard.say('sources:numbers.title') })
  await expect(numbers.getByRole('row').filter({ hasText: '好用站' })).toContainText(/毫秒.*\/秒/s)
  await shot({ wizard }, '3-after')
  expect(await findings(page.page)).toEqual([])

  // What was measured decides, and is what the machine gets.
  await wizard.forward('environment')
  await wizard.forward('review')
  await expect(wizard.next).toContainText(/\d/, { timeout: 30_000 })
  await wizard.next.click()
  await wizard.at('done', 120_000)
  const goenv = readFileSync(join(lab.home, '.config/go/env'), 'utf8')
  expect(/^GOPROXY=([^|,\n]*)/m.exec(goenv)?.[1]).toBe(lab.goproxy.url)
  // The best first; one that refuses the image is not in it.
  const mirrors = [lab.registry.url, sources.docker.slow]
  expect(JSON.parse(readFileSync(lab.daemonJson, 'utf8'))).toEqual({ 'registry-mirrors': mirrors })
  expect(await mirrorsOf(lab)).toEqual(mirrors.map((url) => `${url}/`))
  await open?.close()
  open = null
  expect((await goready(lab, ['undo'])).code).toBe(0)
  expect(existsSync(join(lab.home, '.config/go/env'))).toBe(false)
  await lab.docker('image', 'prune', '--all', '--force')
})

test('the keyboard alone: measure, stop at once, choose; what was measured before is still known (en)', async () => {
  const { wizard, page } = await start('en')
  const press = (key: string) => page.page.keyboard.press(key)
  const tabTo = async (wanted: ReturnType<Page['locator']>) => {
    for (let tabs = 0; tabs < 60 && !(await wanted.evaluate((one) => one === document.activeElement)); tabs++)
      await press('Tab')
    await expect(wanted).toBeFocused()
  }
  // Of the earlier start.
  await expect(page.state('go')).toHaveAttribute('data-state', 'ok')
  await tabTo(page.measure)
  await press('Enter')
  await expect(page.state('go')).toHaveAttribute('data-state', 'running')
  await expect(page.measure).toHaveText(wizard.say('sources:stop'))
  await press('Enter')
  await expect(page.measure).toHaveText(wizard.say('sources:measure'))
  await expect(page.measure).toBeFocused()
  await expect(page.state('go')).toHaveAttribute('data-state', 'ok')
  await expect(page.state('docker')).toHaveAttribute('data-state', 'ok')

  const label = wizard.say('sources:changeFor', { target: wizard.say('sources:target.go') })
  await tabTo(page.row('go').getByRole('button', { name: label }))
  await press('Enter')
  await tabTo(page.row('go').getByRole('radio').first())
  await press('ArrowDown')
  const best = page.row('go').locator('.choice[data-flip^="mirror:"]').first()
  await expect(best.getByRole('radio')).toBeChecked()
  await expect(best).toContainText('The good one')
  await expect(page.row('go').locator('.target-chosen strong')).toHaveText('The good one')
  await shot({ wizard }, '4-keyboard')
  expect(await findings(page.page)).toEqual([])
  await press('Escape')
  await wizard.at('go-version')
})

test('an own source is checked while it is typed, measured with the others, chosen, remembered and removed', async () => {
  const { wizard, page } = await start('en')
  const own = page.fold('sources:ownList.title', { count: 0 })
  await own.locator('summary').click()
  await page.page.getByRole('button', { name: wizard.say('sources:ownList.add') }).click()
  const form = page.page.locator('.sources-more form').filter({ visible: true })
  const address = form.getByLabel(wizard.say('sources:ownList.url'), { exact: true })
  await address.fill('ftp://room')
  await expect(page.page.getByText(wizard.say('grammar:url-scheme'))).toBeVisible()
  const save = page.page.getByRole('button', { name: wizard.say('sources:ownList.save') })
  await expect(save).toBeDisabled()
  // The lab's proxy by another of its addresses.
  await address.fill(`http://127.0.0.1:${new URL(lab.goproxy.url).port}/`)
  await form.getByLabel(wizard.say('sources:ownList.name'), { exact: true }).fill('Our lab')
  await save.click()
  await expect(page.page.getByRole('button', { name: wizard.say('sources:ownList.add') })).toBeFocused()
  await page.unfold('go')
  const choice = page.choice('go', 'Our lab')
  await choice.getByRole('radio').check()
  await expect(page.row('go').locator('.target-chosen strong')).toHaveText('Our lab')
  const one = wizard.say('sources:measureOneFor', { target: wizard.say('sources:target.go') })
  await page.row('go').getByRole('button', { name: one }).click()
  await expect(choice.locator('.source-state')).toHaveAttribute('data-state', 'ok', { timeout: 15_000 })
  await expect(choice.locator('.choice-verdict')).toHaveText(/It has the newest versions\..*is the original\./)
  await shot({ wizard }, '5-own')
  await open?.close()
  const again = await start('en')
  await again.page.fold('sources:ownList.title', { count: 1 }).locator('summary').click()
  const remove = again.wizard.say('sources:ownList.removeFor', { name: 'Our lab' })
  await again.page.page.getByRole('button', { name: remove }).click()
  await expect(again.page.fold('sources:ownList.title', { count: 0 })).toBeVisible()
  await again.page.unfold('go')
  await expect(again.page.choice('go', 'Our lab')).toHaveCount(0)
})

test('a private address: refused, accepted, shown without the password, written, given back', async () => {
  const room = await guard(lab, lab.registry.url, false)
  servers.push(room.server)
  const { wizard, page } = await start('zh-CN')
  const config = join(lab.home, '.docker', 'config.json')
  await page.fold('sources:login.title').locator('summary').click()
  const form = page.page.locator('.sources-more form').filter({ visible: true })
  const field = (key: string) => form.getByLabel(wizard.say(key), { exact: true })
  await field('sources:login.url').fill(room.url)
  await field('sources:login.name').fill(LOGIN)
  await field('sources:login.secret').fill('falsch')
  const tryIt = page.page.getByRole('button', { name: wizard.say('sources:login.try') })
  await tryIt.click()
  await expect(page.page.getByText(wizard.say('sources:login.said.refused'))).toBeVisible()
  await field('sources:login.secret').fill(SECRET)
  await tryIt.click()
  await expect(page.page.getByText(wizard.say('sources:login.said.accepted'))).toBeVisible()
  await shot({ wizard }, '6-login')
  expect(await findings(page.page)).toEqual([])
  expect(existsSync(config)).toBe(false)
  await page.page.getByRole('button', { name: wizard.say('sources:login.plan') }).click()
  const dialog = page.page.getByRole('dialog')
  await expect(dialog).toContainText('config.json')
  const code = Buffer.from(`${LOGIN}:${SECRET}`).toString('base64')
  expect(await dialog.innerText()).not.toContain(SECRET)
  expect(await dialog.innerText()).not.toContain(code)
  await expect(dialog).toHaveCSS('opacity', '1')
  await shot({ wizard }, '7-login-plan')
  expect(await findings(page.page)).toEqual([])
  await dialog.getByRole('button', { name: wizard.say('sources:login.write'), exact: true }).click()
  await expect(page.page.getByText(wizard.say('sources:login.written'))).toBeVisible({ timeout: 30_000 })
  expect(JSON.parse(readFileSync(config, 'utf8')).auths[new URL(room.url).host].auth).toBe(code)
  await page.page.getByRole('button', { name: wizard.say('sources:login.undo'), exact: true }).click()
  await expect(page.page.getByText(wizard.say('sources:login.undone'))).toBeVisible({ timeout: 30_000 })
  expect(existsSync(config)).toBe(false)
})
