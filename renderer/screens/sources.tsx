import type { PageView } from '../page.ts'
import { usePlainBar } from '../frame/plain-bar.ts'

export const sourcesPage: PageView = {
  id: 'sources',
  Body: () => null,
  useBar: () => usePlainBar(''),
  useChosen: () => null,
}
