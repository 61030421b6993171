import { useMediaQuery } from '@mantine/hooks'
import type { ReactNode } from 'react'
import css from './banner.module.css'

type Props = { label: string; tone?: 'warning'; title: ReactNode; children: ReactNode; end?: ReactNode }

/** A remark above a page. In a low window (200 % zoom) it is one line that unfolds, so that the page has its room. */
export function Banner({ label, tone, title, children, end }: Props) {
  const low = useMediaQuery('(height < 480px)', undefined, { getInitialValueInEffect: false })
  const strong = <strong>{title}</strong>
  const look = { 'aria-label': label, ...(tone && { 'data-tone': tone }) }
  if (low)
    return (
      <section className={css.low} {...look}>
        <details>
          <summary>{strong}</summary>
          <div className={css.more}>
            <p className={css.words}>{children}</p>
            {end}
          </div>
        </details>
      </section>
    )
  return (
    <section className={css.banner} {...look}>
      <p className={css.words}>
        {strong}
        <br />
        {children}
      </p>
      {end}
    </section>
  )
}
