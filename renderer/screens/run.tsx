import type { PageView } from '../page.ts'

const nothing = { sentence: '', next: null, back: null }

export const runPage: PageView = {
  id: 'run',
  Body: () => null,
  useBar: () => nothing,
  useChosen: () => null,
}
