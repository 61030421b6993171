import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'
import type { OpenApp } from './app.ts'

export const SIZES = [
  [960, 680],
  [480, 340],
] as const

export async function resize({ app, page }: OpenApp, width: number, height: number): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
    { width, height },
  )
  await expect.poll(() => page.evaluate(() => innerWidth)).toBe(width)
}

/** What is wider than the room it has, and may not scroll. */
export const tooWide = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('main, [role="dialog"], [role="tabpanel"] > *')]
      .filter((element) => element.scrollWidth > element.clientWidth + 1)
      .flatMap((element) => {
        const { right } = element.getBoundingClientRect()
        const over = [...element.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > right)
        return [element.tagName, over.at(-1)?.outerHTML.slice(0, 160) ?? '']
      }),
  )

async function axe(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
}

export type Look = { scroller?: string | undefined; pairs: 'all' | 'opposite' }

/**
 * Looks at what is shown in every theme and size: axe finds nothing, nothing is too wide, a picture is kept.
 * `scroller`: what is scrolled to its end for a second picture. `pairs`: every theme in every size, or each of them once.
 */
export async function lookEverywhere(open: OpenApp, name: string, { scroller, pairs }: Look): Promise<void> {
  const { page } = open
  const found: string[] = []
  await page.mouse.move(1, 1)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const [width, height] of SIZES) {
      // Each theme and each size once: what axe sees of the other two pairs is the same.
      const opposite = (colorScheme === 'light') === (width === 960)
      if (pairs === 'opposite' && !opposite) continue
      await resize(open, width, height)
      await page.evaluate(async () => {
        const ends = document
          .getAnimations()
          .filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime))
        await Promise.allSettled(ends.map(({ finished }) => finished))
      })
      const at = `${name}-${colorScheme}-${width}`
      await page.screenshot({ path: `test-results/look/${at}.png`, animations: 'disabled' })
      if (scroller !== undefined) {
        const part = page.locator(scroller).first()
        await part.evaluate((element) => element.scrollTo(0, element.scrollHeight))
        await page.screenshot({ path: `test-results/look/${at}-end.png`, animations: 'disabled' })
        await part.evaluate((element) => element.scrollTo(0, 0))
      }
      if (opposite) found.push(...(await axe(page)).map((one) => `${at}: ${one}`))
      found.push(...(await tooWide(page)).map((one) => `${at}: ${one} is too wide`))
    }
  }
  await resize(open, 960, 680)
  expect.soft(found).toEqual([])
}
