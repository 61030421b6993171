// Usage: node scripts/screenshot.mjs [FILE [ARGUMENT…]] — takes the picture of the README from the real window, with
// ARGUMENTs for the program (needs a display, e.g. xvfb-run). As root the window belongs to a user without rights, who
// has to be able to read the checkout: else it would warn that it runs as root.
import { chmod, chown, copyFile, mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main, root } from './lib.mjs'
import { setUp } from './setup.mjs'
import { build } from './build.mjs'

const NOBODY = 65534

/** The program as another user: a start script, and the display's key where that user can read it. */
async function asNobody(folder, electron) {
  await chmod(folder, 0o755)
  await chown(join(folder, 'home'), NOBODY, NOBODY)
  const start = join(folder, 'start.sh')
  const drop = `setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups`
  await writeFile(start, `#!/bin/sh\nexec ${drop} -- '${electron}' "$@"\n`, { mode: 0o755 })
  const key = join(folder, 'key')
  const { XAUTHORITY } = process.env
  if (XAUTHORITY === undefined) return { start, env: {} }
  await copyFile(XAUTHORITY, key)
  await chown(key, NOBODY, NOBODY)
  return { start, env: { XAUTHORITY: key } }
}

await main(async ([file = join(root, 'assets', 'screenshot.png'), ...more]) => {
  const electron = await setUp({ needs: ['modules', 'window', 'electron'] })
  await build(['window'])
  const { _electron } = await import('@playwright/test')
  const folder = await mkdtemp(join(tmpdir(), 'goready-picture-'))
  const home = join(folder, 'home')
  await mkdir(home)
  const user = process.getuid?.() === 0 ? await asNobody(folder, electron) : { start: electron, env: {} }
  const app = await _electron.launch({
    executablePath: user.start,
    args: [root, '--home', home, '--lang', 'zh-CN', ...more],
    chromiumSandbox: true,
    env: { ...process.env, ...user.env, HOME: home },
  })
  try {
    const page = await app.firstWindow()
    await page.locator('.verdict:not([data-state="busy"])').waitFor()
    await page.locator('footer button').last().click()
    await page.locator('label.card-name').first().waitFor()
    // The lamps and the sizes come a little later.
    await page.waitForTimeout(7000)
    await page.screenshot({ path: file })
  } finally {
    await app.close()
    await rm(folder, { recursive: true, force: true })
  }
})
