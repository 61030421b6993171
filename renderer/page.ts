import type { ReactNode } from 'react'
import type { Page } from '../electron/contract/wizard.ts'

/** What the bottom bar says and offers. `next` null: no such button on this page. */
export type Bar = {
  /** What will happen so far, in one sentence; already translated. */
  sentence: string
  next: { label: string; disabled: boolean; act(): void } | null
  back: { label: string; disabled: boolean; act(): void } | null
}

/**
 * One page of the wizard. The frame draws the rail, the heading (`wizard:page.<id>.title` and `.sentence`)
 * and the bar; a page draws its body and says what belongs into the bar.
 */
export type PageView = {
  id: Page
  Body(): ReactNode
  useBar(): Bar
  /** What was chosen, for the rail under a finished step; null = nothing to say. A hook. */
  useChosen(): string | null
}
