import { useEffect, useRef } from 'react'
import { PAGES, type Page } from '../../electron/contract/wizard.ts'
import { Figure } from '../components/figure.tsx'
import { useHeadingWords } from './heading-words.ts'

/** The page's heading and its one sentence. It takes the focus when the page appears, so that a reader begins here. */
export function Heading({ page }: { page: Page }) {
  const heading = useRef<HTMLHeadingElement>(null)
  const { title, sentence } = useHeadingWords(page)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [page])
  return (
    <div className="heading">
      <Figure page={page} />
      <div className="heading-words">
        <h1 ref={heading} tabIndex={-1}>
          <span className="heading-number" aria-hidden="true">
            {PAGES.indexOf(page) + 1}
          </span>
          {title}
        </h1>
        <p>{sentence}</p>
      </div>
    </div>
  )
}
