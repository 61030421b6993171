import type { PageView } from '../page.ts'
import { usePlainBar } from '../frame/plain-bar.ts'

export const environmentPage: PageView = {
  id: 'environment',
  Body: () => null,
  useBar: () => usePlainBar(''),
  useChosen: () => null,
}
