import i18next from 'i18next'
import { useLayoutEffect, useRef, useState } from 'react'
import { CopyButton } from './copy-button.tsx'
import css from './log-fold.module.css'

/** Lines that are drawn; all that are kept are copied. */
const DRAWN = 200

type Props = {
  log: readonly string[]
  /** Lines that are no longer kept. */
  dropped: number
  onFold?(open: boolean): void
}

/** What the tools say, for those who want it. Follows the newest line unless one has scrolled up. */
export function LogFold({ log, dropped, onFold }: Props) {
  const [open, setOpen] = useState(false)
  const box = useRef<HTMLPreElement>(null)
  const follows = useRef(true)
  useLayoutEffect(() => {
    const element = box.current
    if (element && open && follows.current) element.scrollTop = element.scrollHeight
  }, [log, open])
  const hidden = dropped + Math.max(0, log.length - DRAWN)
  return (
    <details
      className="fold"
      onToggle={({ currentTarget }) => {
        setOpen(currentTarget.open)
        onFold?.(currentTarget.open)
      }}
    >
      <summary>{i18next.t('run:log', { lines: dropped + log.length })}</summary>
      {open && (
        <div className="fold-body">
          <div className={css.row}>
            <span className="faint">{hidden > 0 ? i18next.t('run:logHidden', { lines: hidden }) : ''}</span>
            <CopyButton text={log.join('\n').slice(-180_000)} what={i18next.t('run:theLog')} />
          </div>
          <pre
            ref={box}
            className={css.log}
            // Scrolls, so that the keyboard has to reach it.
            tabIndex={0}
            role="group"
            aria-label={i18next.t('run:theLog')}
            onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
              follows.current = scrollHeight - scrollTop - clientHeight < 24
            }}
          >
            {log.length === 0 ? i18next.t('run:logEmpty') : log.slice(-DRAWN).join('\n')}
          </pre>
        </div>
      )}
    </details>
  )
}
