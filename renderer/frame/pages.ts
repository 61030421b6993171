import type { Page } from '../../electron/contract/wizard.ts'
import type { PageView } from '../page.ts'
import { checkUpPage } from '../screens/check-up.tsx'
import { donePage } from '../screens/done.tsx'
import { environmentPage } from '../screens/environment.tsx'
import { goVersionPage } from '../screens/go-version.tsx'
import { reviewPage } from '../screens/review.tsx'
import { runPage } from '../screens/run.tsx'
import { sourcesPage } from '../screens/sources.tsx'

/** Every page of the wizard, by its name. */
export const PAGE_VIEWS: Readonly<Record<Page, PageView>> = {
  'check-up': checkUpPage,
  'go-version': goVersionPage,
  sources: sourcesPage,
  environment: environmentPage,
  review: reviewPage,
  run: runPage,
  done: donePage,
}
