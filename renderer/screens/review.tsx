import type { PageView } from '../page.ts'

const nothing = { sentence: '', next: null, back: null }

export const reviewPage: PageView = {
  id: 'review',
  Body: () => null,
  useBar: () => nothing,
  useChosen: () => null,
}
