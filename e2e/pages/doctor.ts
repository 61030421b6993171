import type { Locator } from '@playwright/test'
import type { Wizard } from './wizard.ts'

/** The first page on a machine that was set up before: what the checks say. */
export class DoctorPage {
  readonly wizard: Wizard

  constructor(wizard: Wizard) {
    this.wizard = wizard
  }

  get verdict(): Locator {
    return this.wizard.page.locator('.verdict:not([data-state="busy"]) h2')
  }
  finding(code: string): Locator {
    return this.wizard.page.locator(`li[data-code="${code}"]`)
  }
  button(key: string, values: Readonly<Record<string, string | number>> = {}): Locator {
    return this.wizard.page.getByRole('button', { name: this.wizard.say(key, values) })
  }
  get dialog(): Locator {
    return this.wizard.page.getByRole('dialog')
  }
  fold(key: string, values: Readonly<Record<string, string | number>> = {}): Locator {
    return this.wizard.page.locator('summary').filter({ hasText: this.wizard.say(key, values) })
  }
}
