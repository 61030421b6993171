import i18next from 'i18next'
import { useEffect, useRef } from 'react'
import { PAGES, type Page } from '../../electron/contract/wizard.ts'
import { Figure } from '../components/figure.tsx'

/** The page's heading and its one sentence. It takes the focus when the page appears, so that a reader begins here. */
export function Heading({ page }: { page: Page }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [page])
  return (
    <div className="heading">
      <Figure page={page} />
      <div className="heading-words">
        <h1 ref={heading} tabIndex={-1}>
          <span className="heading-number" aria-hidden="true">
            {PAGES.indexOf(page) + 1}
          </span>
          {i18next.t(`wizard:page.${page}.title`)}
        </h1>
        <p>{i18next.t(`wizard:page.${page}.sentence`)}</p>
      </div>
    </div>
  )
}
