import type { Locator, Page } from '@playwright/test'
import type { Wizard } from './wizard.ts'

/** The teacher's page. */
export class ClassroomPage {
  readonly wizard: Wizard
  readonly page: Page

  constructor(wizard: Wizard) {
    this.wizard = wizard
    this.page = wizard.page
  }

  say(key: string, values: Readonly<Record<string, string | number>> = {}): string {
    return this.wizard.say(`classroom:page.${key}`, values)
  }
  get dialog(): Locator {
    return this.page.getByRole('dialog')
  }
  button(key: string, values: Readonly<Record<string, string | number>> = {}): Locator {
    return this.dialog.getByRole('button', { name: this.say(key, values), exact: true })
  }
  kitButton(key: string): Locator {
    return this.dialog.getByRole('button', { name: this.wizard.say(`kit:page.${key}`), exact: true })
  }
  tab(name: 'set-up' | 'seats' | 'kit'): Locator {
    return this.dialog.getByRole('tab', { name: this.say(`tabs.${name}`), exact: true })
  }
  get list(): Locator {
    return this.dialog.getByRole('textbox', { name: this.say('list.label') })
  }
  seat(name: string): Locator {
    return this.dialog.getByRole('option', { name: new RegExp(`^${name} `) })
  }
  get panel(): Locator {
    return this.dialog.getByRole('complementary', { name: this.say('seat.panel') })
  }
  /** By the tools at the top right. */
  async open(): Promise<void> {
    await this.page.getByRole('button', { name: this.wizard.say('wizard:tools.classroom'), exact: true }).click()
    await this.tab('set-up').waitFor()
  }
}
