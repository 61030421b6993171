import { ActionIcon, Button } from '@mantine/core'
import i18next from 'i18next'
import { useEffect, useState } from 'react'
import { request } from '../api.ts'
import { say } from '../store/announcer.ts'
import { CheckIcon, CopyIcon } from './icons.tsx'

type Outcome = 'copied' | 'notCopied' | null

/** Puts `text` onto the clipboard and says so; the outcome stands for a moment. */
function useCopy(text: string): { outcome: Outcome; copy(): void } {
  const [outcome, setOutcome] = useState<Outcome>(null)
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
  return { outcome, copy }
}

/** A button that copies. `what` names it to a screen reader when several stand on a page. */
export function CopyButton({ text, what }: { text: string; what?: string }) {
  const { outcome, copy } = useCopy(text)
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

/** The same as a sign in the middle of a sentence. */
export function CopyIconButton({ text }: { text: string }) {
  const { outcome, copy } = useCopy(text)
  const label = `${i18next.t(`wizard:${outcome ?? 'copy'}`)} ${text}`
  return (
    <ActionIcon variant="subtle" size={26} aria-label={label} title={label} onClick={copy}>
      {outcome === 'copied' ? <CheckIcon /> : <CopyIcon />}
    </ActionIcon>
  )
}
