import { Button } from '@mantine/core'
import i18next from 'i18next'
import { type ReactNode, useEffect, useState } from 'react'
import { say } from '../store/announcer.ts'
import { type DropOutcome, useDrop } from '../store/drop.ts'
import { errorWords } from '../store/run-error.ts'
import css from './banner.module.css'

/** Takes a profile or a go.mod that is dropped anywhere on the window. */
export function DropZone({ children }: { children?: ReactNode }) {
  const [over, setOver] = useState(false)
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true
    const dragOver = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      setOver(true)
    }
    // relatedTarget is null only when the pointer leaves the window itself.
    const dragLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false)
    }
    const drop = (event: DragEvent) => {
      setOver(false)
      // A page of its own may have taken it.
      if (event.defaultPrevented || !hasFiles(event)) return
      event.preventDefault()
      void useDrop.getState().take([...(event.dataTransfer?.files ?? [])])
    }
    window.addEventListener('dragover', dragOver)
    window.addEventListener('dragleave', dragLeave)
    window.addEventListener('drop', drop)
    return () => {
      window.removeEventListener('dragover', dragOver)
      window.removeEventListener('dragleave', dragLeave)
      window.removeEventListener('drop', drop)
    }
  }, [])
  return (
    <>
      {children}
      {over && (
        <p className={css.over} aria-hidden="true">
          {i18next.t('review:drop.hint')}
        </p>
      )}
      <Outcome />
    </>
  )
}

const TONES = { done: 'done', offer: 'done', problem: 'problem', error: 'problem' }

function Outcome() {
  const { outcome, accept, forget } = useDrop()
  useEffect(() => {
    if (outcome === null) return
    say(sentence(outcome))
    if (outcome.tone !== 'done') return
    const timer = setTimeout(forget, 8000)
    return () => clearTimeout(timer)
  }, [outcome, forget])
  if (outcome === null) return null
  return (
    <div className={css.toast} data-tone={TONES[outcome.tone]}>
      <p>
        {outcome.tone !== 'offer' && <span aria-hidden="true">{outcome.tone === 'done' ? '✓ ' : '✕ '}</span>}
        {sentence(outcome)}
      </p>
      {outcome.tone === 'offer' && (
        <Button size="compact-sm" onClick={accept}>
          {i18next.t('review:drop.open')}
        </Button>
      )}
      <Button variant="default" size="compact-sm" onClick={forget}>
        {i18next.t(outcome.tone === 'offer' ? 'review:drop.later' : 'review:drop.close')}
      </Button>
    </div>
  )
}

function sentence(outcome: NonNullable<DropOutcome>): string {
  if (outcome.tone !== 'error') return i18next.t(outcome.note.key, outcome.note.values ?? {})
  const { what, todo } = errorWords(outcome.error)
  return `${what} ${todo}`
}
