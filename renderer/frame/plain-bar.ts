import i18next from 'i18next'
import type { Bar } from '../page.ts'
import { useWizard } from '../store/wizard.ts'

/** The bar of a page on which one only chooses: back and on. `blocked`: something typed cannot be taken yet. */
export function usePlainBar(sentence: string, options: { first?: true; blocked?: boolean } = {}): Bar {
  const { next, back } = useWizard.getState()
  return {
    sentence,
    back: options.first ? null : { label: i18next.t('wizard:bar.back'), disabled: false, act: back },
    next: { label: i18next.t('wizard:bar.next'), disabled: options.blocked ?? false, act: next },
  }
}
