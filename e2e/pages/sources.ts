import type { Locator, Page } from '@playwright/test'
import type { TargetId } from '../../electron/contract/mirror.ts'
import type { Wizard } from './wizard.ts'

/** The third page: where downloads come from. */
export class SourcesPage {
  readonly page: Page
  readonly wizard: Wizard

  constructor(wizard: Wizard) {
    this.page = wizard.page
    this.wizard = wizard
  }

  get measure(): Locator {
    return this.page.locator('.measure').getByRole('button')
  }
  row(target: TargetId): Locator {
    const name = this.wizard.say(`sources:target.${target}`)
    return this.page.locator('section.target').filter({ has: this.page.getByRole('heading', { name, exact: true }) })
  }
  /** The places of a row's state: waiting, how far, what was found. */
  state(target: TargetId): Locator {
    return this.row(target).locator('.target-line .source-state')
  }
  /** Unfolds a row that is folded. */
  async unfold(target: TargetId): Promise<void> {
    await this.toggle(target, 'sources:changeFor')
  }
  /** Folds a row that is unfolded. */
  async close(target: TargetId): Promise<void> {
    await this.toggle(target, 'sources:foldFor')
  }
  private async toggle(target: TargetId, key: string): Promise<void> {
    const label = this.wizard.say(key, { target: this.wizard.say(`sources:target.${target}`) })
    await this.row(target).getByRole('button', { name: label }).click()
  }
  /** The names in a row's list, in their order. */
  async names(target: TargetId): Promise<string[]> {
    return this.row(target).locator('.choice[data-flip^="mirror:"] .choice-words > span:first-child').allInnerTexts()
  }
  choice(target: TargetId, name: string): Locator {
    return this.row(target).locator('.choice').filter({ hasText: name })
  }
  fold(key: string, values: Readonly<Record<string, string | number>> = {}): Locator {
    return this.page.locator('details.fold').filter({
      has: this.page.locator('summary').filter({ hasText: this.wizard.say(key, values) }),
    })
  }
}
