import { Button } from '@mantine/core'
import i18next from 'i18next'
import { type ReactNode, useEffect, useRef } from 'react'
import css from './confirm.module.css'

type Props = { children: ReactNode; yes: string; busy?: boolean; plain?: boolean; onYes(): void; onNo(): void }

/** Asks once more, in place; `plain`: nothing is lost by a yes. The focus goes to the words, so that an Enter too much answers nothing. */
export function Confirm({ children, yes, busy = false, plain = false, onYes, onNo }: Props) {
  const words = useRef<HTMLParagraphElement>(null)
  useEffect(() => {
    words.current?.focus({ preventScroll: true })
    words.current?.parentElement?.scrollIntoView({ block: 'nearest' })
  }, [])
  return (
    <div
      className={css.confirm}
      role="group"
      aria-label={yes}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onNo()
      }}
    >
      <p ref={words} tabIndex={-1}>
        {children}
      </p>
      <div className={css.buttons}>
        <Button color={plain ? 'lagoon' : 'red'} variant="filled" loading={busy} onClick={onYes}>
          {yes}
        </Button>
        <Button variant="default" disabled={busy} onClick={onNo}>
          {i18next.t('run:no')}
        </Button>
      </div>
    </div>
  )
}
