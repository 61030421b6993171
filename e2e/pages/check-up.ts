import type { Locator, Page } from '@playwright/test'

/** The first page: the verdict about this machine. */
export class CheckUpPage {
  readonly page: Page
  readonly verdict: Locator
  readonly facts: Locator

  constructor(page: Page) {
    this.page = page
    this.verdict = page.locator('.verdict h2')
    this.facts = page.locator('.facts')
  }

  /** Waits until the machine was looked at. */
  async settled(): Promise<void> {
    await this.page.locator('.verdict:not([data-state="busy"])').waitFor()
  }

  async speak(language: '中文' | 'English'): Promise<void> {
    await this.page.getByRole('button', { name: language }).click()
  }

  async unfold(): Promise<void> {
    await this.page.getByText(/^(这台电脑的详细信息|Details of this computer)$/).click()
  }
}
