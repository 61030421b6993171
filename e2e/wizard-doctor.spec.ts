import { expect, test } from '@playwright/test'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Field, openField } from './doctor/field.ts'
import { type Opened, openGround, say } from './doctor/ground.ts'
import { type OpenApp, openApp } from './pages/app.ts'
import { DoctorPage } from './pages/doctor.ts'
import { shiftsOf } from './pages/shifts.ts'
import { type Lang, Wizard } from './pages/wizard.ts'

// The wizard on a machine that was set up before and is well, but for what is planted.
test.describe.configure({ mode: 'serial', timeout: 240_000 })
let field: Field
let opened: Opened
let open: OpenApp | null = null

test.beforeAll(async () => {
  test.setTimeout(300_000)
  field = await openField()
})
test.afterAll(async () => {
  await field.stop()
})
test.beforeEach(async () => {
  opened = await openGround(field, { alone: false })
  const { ground } = opened
  const path = join(ground.dir, 'p.yml')
  writeFileSync(path, JSON.stringify({ version: 1, env: { set: { GREETING: 'one' }, shells: ['bash'] } }))
  const outcome = await say(field, ground, ['apply', '--profile', path, '--yes'])
  expect(outcome.code, outcome.stderr).toBe(0)
})
test.afterEach(async () => {
  await open?.close()
  open = null
  await opened.close()
})

async function start(lang: Lang): Promise<{ wizard: Wizard; doctor: DoctorPage }> {
  const { home, root, catalogue, env } = opened.ground
  open = await openApp(['--lang', lang, '--catalogue', catalogue], { home, root, env })
  await open.page.emulateMedia({ reducedMotion: 'reduce' })
  const wizard = new Wizard(open.page, lang)
  return { wizard, doctor: new DoctorPage(wizard) }
}

const home = () => opened.ground.home
const goEnv = () => join(home(), '.config/go/env')

const what = (wizard: Wizard) => wizard.say('doctor-go:env-bom.what', { name: 'GOFLAGS' })

/** What an editor makes of the file: a mark in front of it, so that go skips its first line. Answers the text. */
function plant(): string {
  const text = `\ufeffGOFLAGS=-mod=mod\n${readFileSync(goEnv(), 'utf8')}`
  writeFileSync(goEnv(), text)
  return text
}

for (const lang of ['zh-CN', 'en'] as const)
  test(`${lang}: what broke is named, shown as a diff, repaired, and given back byte for byte`, async () => {
    const broken = plant()
    const { wizard, doctor } = await start(lang)
    const { page } = wizard
    await expect(doctor.verdict).toContainText(wizard.say('doctor:page.broken').trim(), { timeout: 60_000 })
    await expect(doctor.verdict).toContainText(what(wizard))
    await page.screenshot({ path: `test-results/doctor/${lang}-broken.png` })
    const found = doctor.finding('go.env-bom')
    await found.getByText(wizard.say('wizard:details'), { exact: true }).click()
    await expect(found).toContainText('1: GOFLAGS')

    await found.getByRole('button', { name: wizard.say('doctor-go:repair.bom') }).click()
    await expect(doctor.dialog).toContainText(goEnv())
    await expect(doctor.dialog).toContainText('‹U+FEFF›GOFLAGS=-mod=mod')
    await page.screenshot({ path: `test-results/doctor/${lang}-diff.png` })
    expect(readFileSync(goEnv(), 'utf8')).toBe(broken)
    await doctor.dialog
      .getByRole('button', {
        name: wizard.say(`doctor:page.repairFiles_${lang === 'en' ? 'one' : 'other'}`, { count: 1 }),
      })
      .click()
    await expect(doctor.dialog).toContainText(what(wizard), { timeout: 60_000 })
    await expect(doctor.dialog).toContainText(wizard.say('doctor:page.leftNone'))
    await page.screenshot({ path: `test-results/doctor/${lang}-mended.png` })
    expect(readFileSync(goEnv(), 'utf8')).toBe(broken.slice(1))
    await doctor.dialog
      .getByRole('button', { name: wizard.say('doctor:page.close') })
      .last()
      .click()
    await expect(doctor.verdict).toContainText(wizard.say('doctor:verdict.ready'))
    // What had been pressed is gone with its finding.
    await expect(doctor.verdict).toBeFocused()
    await page.screenshot({ path: `test-results/doctor/${lang}-ready.png` })
    await page.keyboard.press('Enter')
    await wizard.at('go-version')
    await wizard.goBackTo('check-up')

    await page.getByRole('button', { name: wizard.say('history:open'), exact: true }).click()
    await doctor.dialog.getByRole('listitem').first().getByRole('button').first().click()
    await doctor.dialog.getByRole('button', { name: wizard.say('history:undo'), exact: true }).click()
    await doctor.dialog.getByRole('button', { name: wizard.say('history:yes'), exact: true }).click()
    await expect.poll(() => readFileSync(goEnv(), 'utf8')).toBe(broken)
    await expect(doctor.verdict).toContainText(what(wizard), { timeout: 30_000 })
  })

test('all that is safe at once, and the way back from the dialog itself', async () => {
  const broken = plant()
  const { wizard, doctor } = await start('zh-CN')
  const all = doctor.button('doctor:page.repairAll_other', { count: 1 })
  await all.click({ timeout: 60_000 })
  await doctor.dialog.getByRole('button', { name: wizard.say('doctor:page.repairFiles_other', { count: 1 }) }).click()
  await expect(doctor.dialog).toContainText(wizard.say('doctor:page.leftNone'), { timeout: 60_000 })
  await doctor.dialog.getByRole('button', { name: wizard.say('why:undo'), exact: true }).click()
  await expect(doctor.dialog).toContainText(wizard.say('doctor:page.undone'), { timeout: 60_000 })
  expect(readFileSync(goEnv(), 'utf8')).toBe(broken)
  await wizard.page.keyboard.press('Escape')
  await expect(doctor.finding('go.env-bom')).toBeVisible()
})

test('a muted finding makes no verdict, at the next start as well, until it is heard again', async () => {
  plant()
  const muted = (wizard: Wizard) => ({ name: `${wizard.say('doctor:page.mute')}: ${what(wizard)}` })
  const first = await start('zh-CN')
  await first.wizard.page.getByRole('button', muted(first.wizard)).click({ timeout: 60_000 })
  await expect(first.doctor.verdict).toContainText(first.wizard.say('doctor:verdict.ready'))
  await expect(first.doctor.verdict).toBeFocused()
  await open?.close()
  const { wizard, doctor } = await start('zh-CN')
  await expect(doctor.verdict).toContainText(wizard.say('doctor:verdict.ready'), { timeout: 60_000 })
  await doctor.fold('doctor:page.muted_other', { count: 1 }).click()
  await wizard.page.getByRole('button', { name: `${wizard.say('doctor:page.unmute')}: ${what(wizard)}` }).click()
  await expect(doctor.verdict).toContainText(what(wizard))
})

test('a single check runs again, and what somebody mended meanwhile is gone', async () => {
  const broken = plant()
  const { wizard, doctor } = await start('zh-CN')
  const again = wizard.page.getByRole('button', { name: `${wizard.say('doctor:page.recheck')}: ${what(wizard)}` })
  await again.click({ timeout: 60_000 })
  await expect(again).toBeEnabled()
  await expect(doctor.finding('go.env-bom')).toBeVisible()
  writeFileSync(goEnv(), broken.slice(1))
  await again.click()
  await expect(doctor.verdict).toContainText(wizard.say('doctor:verdict.ready'))
})

test('an error text is explained, its checks run, and what they find can be repaired there', async () => {
  plant()
  const { wizard, doctor } = await start('zh-CN')
  const { page } = wizard
  await expect(doctor.verdict).toBeVisible({ timeout: 60_000 })
  await doctor.fold('doctor:page.explain.title').click()
  const text = page.getByLabel(wizard.say('doctor:page.explain.label'))
  await text.fill('go: parsing $GOFLAGS: non-flag "x"\n')
  await doctor.button('doctor:page.explain.do').click()
  await expect(page.getByText(wizard.say('explain:go-flags.what', { value: 'x' }).split('{{')[0] ?? '')).toBeVisible()
  await expect(page.getByText(wizard.say('doctor:page.explain.here'))).toBeVisible({ timeout: 30_000 })
  await expect(doctor.finding('go.env-bom')).toHaveCount(2)
  await page.getByText(wizard.say('doctor:page.explain.here')).scrollIntoViewIfNeeded()
  await page.screenshot({ path: 'test-results/doctor/explained.png' })
  await text.fill('nothing that anybody has ever printed')
  await doctor.button('doctor:page.explain.do').click()
  await expect(page.getByRole('main').getByText(wizard.say('explain:none'))).toBeVisible()
})

test('a dropped log is explained on the first page, from wherever it is dropped', async () => {
  const { wizard, doctor } = await start('en')
  await expect(doctor.verdict).toBeVisible({ timeout: 60_000 })
  await wizard.forward('go-version')
  await wizard.page.evaluate(() => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File(['E: Could not get lock /var/lib/dpkg/lock-frontend. It is held\n'], 'apt.log'))
    window.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
  })
  await wizard.at('check-up')
  await expect(wizard.page.getByRole('heading', { name: wizard.say('explain:apt-lock.what') })).toBeVisible()
})

test('the report is shown, copied and saved, without the name of the home', async () => {
  plant()
  const { wizard, doctor } = await start('zh-CN')
  await doctor.button('doctor:page.report.open').click({ timeout: 60_000 })
  const text = doctor.dialog.getByRole('group', { name: wizard.say('doctor:page.report.title') })
  await expect(text).toContainText('go.env-bom', { timeout: 60_000 })
  await expect(text).not.toContainText(home())
  await wizard.page.screenshot({ path: 'test-results/doctor/report.png' })
  await doctor.dialog.getByRole('button', { name: wizard.say('wizard:copy') }).click()
  await expect
    .poll(() => open?.app.evaluate(({ clipboard }) => clipboard.readText()))
    .toContain(`# ${wizard.say('doctor:report.title')}`)
  const saved = join(opened.ground.dir, 'report.md')
  await open?.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath })
  }, saved)
  await doctor.dialog.getByRole('button', { name: wizard.say('doctor:page.report.save') }).click()
  await expect(doctor.dialog).toContainText(wizard.say('doctor:page.report.saved', { path: saved }))
  expect(readFileSync(saved, 'utf8')).toContain('go.env-bom')
})

test('on the very first start the quick look stays, and the doctor is one button away', async () => {
  rmSync(join(home(), '.local'), { recursive: true })
  const { wizard, doctor } = await start('zh-CN')
  await doctor.button('doctor:page.thorough').click({ timeout: 60_000 })
  await expect(doctor.verdict).toContainText(wizard.say('doctor:verdict.ready'), { timeout: 60_000 })
  await expect(doctor.fold('doctor:page.explain.title')).toBeVisible()
})

test('nothing jumps while the checks arrive', async () => {
  plant()
  const { wizard, doctor } = await start('en')
  await expect(doctor.verdict).toBeVisible({ timeout: 60_000 })
  const { sum, moved } = await shiftsOf(wizard.page)
  expect(sum, moved.join('\n')).toBeLessThan(0.02)
})
