import type { PageView } from '../page.ts'
import { usePlainBar } from '../frame/plain-bar.ts'

export const goVersionPage: PageView = {
  id: 'go-version',
  Body: () => null,
  useBar: () => usePlainBar(''),
  useChosen: () => null,
}
