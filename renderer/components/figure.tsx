import type { Page } from '../../electron/contract/wizard.ts'
import checkUp from '../../assets/figures/check-up.svg?raw'
import done from '../../assets/figures/done.svg?raw'
import environment from '../../assets/figures/environment.svg?raw'
import goVersion from '../../assets/figures/go-version.svg?raw'
import review from '../../assets/figures/review.svg?raw'
import run from '../../assets/figures/run.svg?raw'
import sources from '../../assets/figures/sources.svg?raw'

const DRAWINGS: Readonly<Record<Page, string>> = {
  'check-up': checkUp,
  'go-version': goVersion,
  sources,
  environment,
  review,
  run,
  done,
}

/** The step's small drawing. It says nothing that the heading does not. Inline, so that it takes the theme's colours. */
export function Figure({ page }: { page: Page }) {
  // Our own files, put in by the build.
  return <span className="figure" aria-hidden="true" dangerouslySetInnerHTML={{ __html: DRAWINGS[page] }} />
}
