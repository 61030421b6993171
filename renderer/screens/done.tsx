import type { PageView } from '../page.ts'

const nothing = { sentence: '', next: null, back: null }

export const donePage: PageView = {
  id: 'done',
  Body: () => null,
  useBar: () => nothing,
  useChosen: () => null,
}
