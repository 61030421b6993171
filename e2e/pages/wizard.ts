import { expect, type Locator, type Page } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Lang = 'zh-CN' | 'en'
const folder = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'renderer', 'i18n')

/** The sentence behind a key (`review:start.files`) with its values, as the window says it. */
export function words(lang: Lang, key: string, values: Readonly<Record<string, string | number>> = {}): string {
  const [namespace = '', path = ''] = key.split(':')
  const texts: unknown = JSON.parse(readFileSync(join(folder, lang, `${namespace}.json`), 'utf8'))
  const found = path
    .split('.')
    .reduce<unknown>(
      (at, part) =>
        typeof at === 'object' && at !== null ? Object.entries(at).find(([name]) => name === part)?.[1] : undefined,
      texts,
    )
  if (typeof found !== 'string') throw new Error(`no text ${key}`)
  return found.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? `{{${name}}}`))
}

export const STEPS = ['check-up', 'go-version', 'sources', 'environment', 'review', 'run', 'done'] as const
export type Step = (typeof STEPS)[number]

/** The frame that all seven pages share. */
export class Wizard {
  readonly page: Page
  readonly lang: Lang

  constructor(page: Page, lang: Lang) {
    this.page = page
    this.lang = lang
  }

  say(key: string, values: Readonly<Record<string, string | number>> = {}): string {
    return words(this.lang, key, values)
  }
  get heading(): Locator {
    return this.page.getByRole('heading', { level: 1 })
  }
  get next(): Locator {
    return this.page.locator('footer').getByRole('button').last()
  }
  /** Waits for a page and that its heading has the focus, so that a screen reader reads it. */
  async at(step: Step, timeout = 30_000): Promise<void> {
    await expect(this.page.locator('nav [aria-current="step"]')).toContainText(this.say(`wizard:page.${step}.step`), {
      timeout,
    })
  }
  /** Back by the rail. */
  async goBackTo(step: Step): Promise<void> {
    await this.page
      .getByRole('navigation')
      .getByRole('button', { name: this.say(`wizard:page.${step}.step`) })
      .click()
    await this.at(step)
  }
  /** One page on by the bar's button, once it can be pressed. */
  async forward(to: Step): Promise<void> {
    await expect(this.next).toBeEnabled({ timeout: 30_000 })
    await this.next.click()
    await this.at(to)
  }
}
