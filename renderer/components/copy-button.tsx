import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useEffect, useState } from 'react'
import { request } from '../api.ts'
import { say } from '../store/announcer.ts'
import { CopyIcon } from './icons.tsx'

/** Puts `text` onto the clipboard and says so. `what` names it to a screen reader when several stand on a page. */
export function CopyButton({ text, what }: { text: string; what?: string }) {
  const [outcome, setOutcome] = useState<'copied' | 'notCopied' | null>(null)
  useEffect(() => {
    if (outcome === null) return
    say(i18next.t(`wizard:${outcome}`))
    const timer = setTimeout(() => setOutcome(null), 3000)
    return () => clearTimeout(timer)
  }, [outcome])
  const copy = () => {
    request('clipboard.write', { text })
      .then((written) => setOutcome(written ? 'copied' : 'notCopied'))
      .catch(() => setOutcome('notCopied'))
  }
  const label = i18next.t(`wizard:${outcome ?? 'copy'}`)
  return (
    <Button
      className="copy-button"
      variant="subtle"
      size="compact-sm"
      leftSection={<CopyIcon />}
      onClick={copy}
      {...(what === undefined ? {} : { 'aria-label': `${label} ${what}` })}
    >
      {label}
    </Button>
  )
}
