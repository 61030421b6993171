// Usage: node scripts/guide-pictures.mjs — takes the pictures of the teacher's guide from the real window, in both
// languages: those that the test of every look of the teacher's page keeps (needs a display, e.g. xvfb-run).
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Stop, capture, main, root, tool, tools } from './lib.mjs'
import { setUp } from './setup.mjs'
import { build } from './build.mjs'

/** The picture's name in the guide, and the look that shows it. */
const PICTURES = { list: 'list', seats: 'stopped', report: 'failed', kit: 'kit-served' }

await main(async () => {
  const electron = await setUp({ needs: ['modules', 'window', 'electron'] })
  await build(['window'])
  const looks = tool(tools.playwright, 'test', 'e2e/wizard-classroom-look.spec.ts')
  const { code, output } = await capture(looks, { env: { ...process.env, GOREADY_ELECTRON: electron } })
  if (code !== 0) throw new Stop(`${output.trim()}\nThe looks failed.`)
  const folder = join(root, 'assets', 'classroom', 'guide', 'pictures')
  await mkdir(folder, { recursive: true })
  for (const [name, look] of Object.entries(PICTURES))
    for (const lang of ['zh-CN', 'en'])
      await copyFile(
        join(root, 'test-results', 'look', `classroom-${look}-${lang}-light-960.png`),
        join(folder, `${name}-${lang}.png`),
      )
})
