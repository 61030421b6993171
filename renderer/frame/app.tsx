import { useEffect, useRef } from 'react'
import { Announcer } from '../components/announcer.tsx'
import { Crash } from '../components/crash.tsx'
import { DropZone } from '../components/drop-zone.tsx'
import { ProfileBanner } from '../components/profile-banner.tsx'
import { ProfileQuestion } from '../components/profile-will.tsx'
import { RootBanner } from '../components/root-banner.tsx'
import type { Bar, PageView } from '../page.ts'
import { useLanguage } from '../store/language.ts'
import { useWizard } from '../store/wizard.ts'
import { BottomBar } from './bottom-bar.tsx'
import { Heading } from './heading.tsx'
import { focusNow, frameKey } from './keys.ts'
import { PAGE_VIEWS } from './pages.ts'
import { Rail } from './rail.tsx'
import { Tools } from './tools.tsx'

/** The wizard's frame: rail, heading, page and bar. */
export function App() {
  // Renders every text again when the language changes.
  const language = useLanguage((store) => store.language)
  const page = useWizard((wizard) => wizard.page)
  return (
    <DropZone>
      <div className="frame" data-language={language}>
        <Rail />
        <Announcer />
        <ProfileQuestion />
        <Crash key={page}>
          <PageFrame view={PAGE_VIEWS[page]} />
        </Crash>
      </div>
    </DropZone>
  )
}

// Below a key of its own, so that a page's hooks and scroll position begin anew.
function PageFrame({ view }: { view: PageView }) {
  // The frame is the one place that listens; pages hang on the language through it.
  useLanguage((store) => store.language)
  const bar = view.useBar()
  useFrameKeys(view, bar)
  return (
    <>
      <main className="page">
        <Tools />
        <Heading page={view.id} />
        <RootBanner />
        <ProfileBanner />
        <view.Body />
      </main>
      <BottomBar bar={bar} />
    </>
  )
}

function useFrameKeys(view: PageView, bar: Bar): void {
  const now = useRef(bar)
  useEffect(() => {
    now.current = bar
  })
  const page = view.id
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const meant = frameKey(event, focusNow(event.target), page)
      const button = meant === null ? null : now.current[meant]
      if (button === null || button.disabled) return
      event.preventDefault()
      button.act()
    }
    // Before anything else: an open popover closes on the same Esc and would no longer be seen.
    window.addEventListener('keydown', listen, true)
    return () => window.removeEventListener('keydown', listen, true)
  }, [page])
}
