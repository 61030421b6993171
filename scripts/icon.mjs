// Usage: node scripts/icon.mjs — draws assets/icon.png and assets/icons/ from assets/icon.svg (needs a display, e.g. xvfb-run).
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { main, root } from './lib.mjs'
import { setUp } from './setup.mjs'

const SIZES = [16, 24, 32, 48, 64, 128, 256, 512]

await main(async () => {
  const executablePath = await setUp({ needs: ['modules', 'window', 'electron'] })
  const { _electron } = await import('@playwright/test')
  const svg = await readFile(join(root, 'assets', 'icon.svg'), 'utf8')
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const blank = join(root, 'scripts', 'bench', 'blank')
  const app = await _electron.launch({ executablePath, args: [...sandbox, '--force-device-scale-factor=1', blank] })
  try {
    const page = await app.firstWindow()
    await mkdir(join(root, 'assets', 'icons'), { recursive: true })
    await writeFile(join(root, 'assets', 'icon.png'), await draw(page, svg, 1024))
    for (const size of SIZES)
      await writeFile(join(root, 'assets', 'icons', `${size}x${size}.png`), await draw(page, svg, size))
  } finally {
    await app.close()
  }
})

/** The drawing as a PNG with a transparent ground, by Chromium's own canvas. */
async function draw(page, svg, size) {
  const address = await page.evaluate(
    async ([text, side]) => {
      const image = new Image(side, side)
      image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`
      await image.decode()
      const canvas = document.createElement('canvas')
      canvas.width = side
      canvas.height = side
      canvas.getContext('2d').drawImage(image, 0, 0, side, side)
      return canvas.toDataURL('image/png')
    },
    [svg, size],
  )
  return Buffer.from(address.slice(address.indexOf(',') + 1), 'base64')
}
