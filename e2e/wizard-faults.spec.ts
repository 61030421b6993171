import { expect, test } from '@playwright/test'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { goready, mirrorsOf, tree } from './harness.ts'
import { type Lab, startLab } from './lab/lab.ts'
import { type OpenApp, openApp, startAgain } from './pages/app.ts'
import { labCatalogue, labProfileFile } from './pages/lab-app.ts'
import { Wizard } from './pages/wizard.ts'

test.describe.configure({ mode: 'serial', timeout: 240_000 })
let lab: Lab
let open: OpenApp
let before: readonly [Record<string, string>, Record<string, string>]

/** Without the cache that GTK keeps for every program with a window. */
const world = () => {
  const home = Object.entries(tree(lab.home)).filter(([name]) => !/^\.cache(\/|$)/.test(name))
  return [Object.fromEntries(home), tree(join(lab.root, 'etc'))] as const
}

test.beforeAll(async () => {
  test.setTimeout(300_000)
  lab = await startLab()
  before = world()
})
test.afterAll(async () => {
  await lab.stop()
})
test.afterEach(async () => {
  lab.registry.faults.clear()
  await lab.docker('image', 'prune', '--all', '--force')
})

async function start(...more: string[]): Promise<Wizard> {
  open = await openApp(['--lang', 'en', '--catalogue', labCatalogue(lab), ...more], lab)
  return new Wizard(open.page, 'en')
}

/** From the opened profile to the middle of a pull. */
async function midPull(): Promise<Wizard> {
  const wizard = await start('--profile', labProfileFile(lab))
  await wizard.at('review')
  const had = lab.registry.bytes()
  lab.registry.faults.throttle(4_000_000)
  await expect(wizard.next).toContainText(/\d/, { timeout: 30_000 })
  await wizard.next.click()
  await wizard.at('run')
  await expect.poll(() => lab.registry.bytes() - had, { timeout: 60_000 }).toBeGreaterThan(3_000_000)
  return wizard
}

test('a window that is reloaded in mid-pull comes back to the run and goes on', async () => {
  const wizard = await midPull()
  await wizard.page.reload()
  await wizard.at('run')
  lab.registry.faults.clear()
  await wizard.at('done', 120_000)
  await expect(wizard.page.getByText(/go version go1\.26/).first()).toBeVisible()
  await open.close()
  expect((await goready(lab, ['undo'])).code).toBe(0)
  expect(world()).toEqual(before)
})

test('a profile that a second start names waits until the run is over, and is offered then', async () => {
  const wizard = await midPull()
  const other = join(lab.dir, 'class.yaml')
  writeFileSync(other, 'version: 1\nimage: golang:1.26\n')
  const places = ['--home', open.home, '--root', open.root]
  expect((await startAgain([...places, '--profile', other], open.home)).code).toBe(0)
  await expect(wizard.page.getByText(wizard.say('review:drop.waits')).first()).toBeVisible()
  await wizard.at('run')
  await wizard.page.reload()
  await wizard.at('run')
  await wizard.page.getByRole('button', { name: wizard.say('run:cancel') }).click()
  await expect(wizard.heading).toContainText(wizard.say('run:heading.cancelled.title'), { timeout: 60_000 })
  await wizard.page.getByRole('button', { name: wizard.say('review:drop.open'), exact: true }).click()
  await wizard.at('review')
  await expect(wizard.page.getByText(wizard.say('review:profile.opened', { name: 'class.yaml' }))).toBeVisible()
  expect(world()).toEqual(before)
  await open.close()
})

test('cancel in mid-pull gives everything back', async () => {
  const wizard = await midPull()
  await expect(wizard.heading).toContainText(wizard.say('wizard:page.run.title'))
  await wizard.page.getByRole('button', { name: wizard.say('run:cancel') }).click()
  await expect(wizard.page.getByText(wizard.say('run:bar.givenBack')).first()).toBeVisible({ timeout: 60_000 })
  await expect(wizard.heading).toContainText(wizard.say('run:heading.cancelled.title'))
  expect(world()).toEqual(before)
  expect(await mirrorsOf(lab)).toEqual([])
  await open.close()
})

test('killed in mid-run: the next start says the truth, and everything can be given back', async () => {
  const wizard = await midPull()
  expect(readFileSync(lab.daemonJson, 'utf8')).toContain(lab.registry.url)
  const child = open.app.process()
  child.kill('SIGKILL')
  await once(child, 'exit')
  lab.registry.faults.clear()
  const again = await start()
  await expect(again.page.getByText(/interrupt/i).first()).toBeVisible({ timeout: 30_000 })
  await expect(again.heading).toContainText(again.say('run:heading.lost.title'))
  await open.close()
  expect((await goready(lab, ['undo'])).code).toBe(0)
  expect(world()).toEqual(before)
  expect(await mirrorsOf(lab)).toEqual([])
  expect(wizard.lang).toBe('en')
})

test('the keyboard alone leads through all seven pages; Enter never starts a run', async () => {
  const wizard = await start('--profile', labProfileFile(lab))
  await wizard.at('review')
  const press = (key: string) => wizard.page.keyboard.press(key)
  for (const step of ['environment', 'sources', 'go-version', 'check-up'] as const) {
    await press('Escape')
    await wizard.at(step)
  }
  for (const step of ['go-version', 'sources', 'environment', 'review'] as const) {
    await expect(wizard.next).toBeEnabled({ timeout: 30_000 })
    await press('Enter')
    await wizard.at(step)
  }
  await expect(wizard.next).toContainText(/\d/, { timeout: 30_000 })
  await press('Enter')
  await wizard.at('review')
  expect(world()).toEqual(before)
  for (let tabs = 0; tabs < 60 && !(await wizard.next.evaluate((button) => button === document.activeElement)); tabs++)
    await press('Tab')
  await expect(wizard.next).toBeFocused()
  await press('Enter')
  await wizard.at('done', 120_000)
  const undo = wizard.page.getByRole('button', { name: wizard.say('done:undo.button') })
  for (let tabs = 0; tabs < 60 && !(await undo.evaluate((button) => button === document.activeElement)); tabs++)
    await press('Tab')
  await press('Enter')
  const sure = wizard.page.getByRole('button', { name: wizard.say('done:undo.yes'), exact: true })
  for (let tabs = 0; tabs < 20 && !(await sure.evaluate((button) => button === document.activeElement)); tabs++)
    await press('Tab')
  await press('Enter')
  await expect(wizard.page.getByText(wizard.say('done:undo.done')).first()).toBeVisible({ timeout: 60_000 })
  await expect(wizard.heading).toContainText(wizard.say('done:heading.undone.title'))
  expect(world()).toEqual(before)
  await open.close()
})
