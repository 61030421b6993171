import { expect, test } from '@playwright/test'
import { type OpenApp, openApp, startAgain } from './pages/app.ts'
import { CheckUpPage } from './pages/check-up.ts'

let open: OpenApp
test.afterEach(() => open.close())

test('the window opens with a verdict about the machine, in Chinese', async () => {
  open = await openApp(['--lang', 'zh-CN'])
  const page = new CheckUpPage(open.page)
  await page.settled()
  await expect(page.verdict).toContainText(/可以开始|有 \d 处需要处理/)
  await expect(open.page.locator('html')).toHaveAttribute('lang', 'zh-CN')
  await page.unfold()
  await expect(page.facts).toContainText('Linux')
  await open.page.screenshot({ path: 'test-results/window-zh-CN.png' })
})

test('the language changes at once, with the texts and the document', async () => {
  open = await openApp(['--lang=en'])
  const page = new CheckUpPage(open.page)
  await page.settled()
  await expect(page.verdict).toContainText(/Ready to start|One thing needs attention|\d things need attention/)
  await page.speak('中文')
  await expect(page.verdict).toContainText(/可以开始|有 \d 处需要处理/)
  await page.speak('English')
  await expect(open.page.locator('html')).toHaveAttribute('lang', 'en')
  await open.page.screenshot({ path: 'test-results/window-en.png' })
})

test('the window follows the dark scheme', async () => {
  open = await openApp(['--lang', 'zh-CN'])
  const ground = () => open.page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  await open.page.emulateMedia({ colorScheme: 'light' })
  const light = await ground()
  await open.page.emulateMedia({ colorScheme: 'dark' })
  await expect.poll(ground).not.toBe(light)
  await new CheckUpPage(open.page).settled()
  await open.page.screenshot({ path: 'test-results/window-dark.png' })
})

test('looking at a machine writes nothing into its home but the files of the window itself', async () => {
  open = await openApp()
  await new CheckUpPage(open.page).settled()
  const written = await open.app.evaluate(async ({ app }, home) => {
    const { readdir } = process.getBuiltinModule('node:fs/promises')
    const entries = await readdir(home, { recursive: true, withFileTypes: true })
    const own = app.getPath('userData')
    return (
      entries
        .filter((entry) => !entry.isDirectory())
        .map((entry) => `${entry.parentPath}/${entry.name}`)
        // GTK's cache of every program with a window.
        .filter((path) => !path.startsWith(own) && !path.endsWith('/.cache/dconf/user'))
    )
  }, open.home)
  expect(written).toEqual([])
})

test('a second start with the same home ends at once and leaves the first window alone', async () => {
  open = await openApp()
  const second = await startAgain(['--home', open.home, '--root', open.root], open.home)
  expect(second.code).toBe(0)
  expect(open.app.windows()).toHaveLength(1)
})

test('with a command the program is a command line, and unusable arguments end it with 2', async () => {
  open = await openApp()
  const places = ['--home', open.home, '--root', open.root]
  const command = await startAgain(['detect', '--json', ...places], open.home)
  expect(command.code).toBe(0)
  expect(JSON.parse(command.stdout)).toMatchObject({ os: { platform: 'linux' }, user: { home: open.home } })
  expect((await startAgain(['--nonsense', ...places], open.home)).code).toBe(2)
})
