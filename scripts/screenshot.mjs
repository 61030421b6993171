// Usage: node scripts/screenshot.mjs [FILE] — takes the picture of the README from the real window (needs a display,
// e.g. xvfb-run; as a user that is not root, or the window warns that it runs as root).
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main, root } from './lib.mjs'
import { setUp } from './setup.mjs'
import { build } from './build.mjs'

await main(async ([file = join(root, 'assets', 'screenshot.png')]) => {
  const executablePath = await setUp({ needs: ['modules', 'window', 'electron'] })
  await build(['window'])
  const { _electron } = await import('@playwright/test')
  const home = await mkdtemp(join(tmpdir(), 'goready-picture-'))
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const app = await _electron.launch({ executablePath, args: [...sandbox, root, '--home', home, '--lang', 'zh-CN'] })
  try {
    const page = await app.firstWindow()
    await page.locator('.verdict:not([data-state="busy"])').waitFor()
    await page.locator('footer button').last().click()
    await page.locator('label.card-name').first().waitFor()
    await page.waitForTimeout(7000)
    await page.screenshot({ path: file })
  } finally {
    await app.close()
    await rm(home, { recursive: true, force: true })
  }
})
