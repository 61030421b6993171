import type { Page } from '../../electron/contract/wizard.ts'

/** What of a key event decides; a real KeyboardEvent fits. */
export type Key = {
  key: string
  keyCode: number
  isComposing: boolean
  defaultPrevented: boolean
  repeat: boolean
  altKey: boolean
  ctrlKey: boolean
  metaKey: boolean
  shiftKey: boolean
}

/** Where the focus is: on nothing that takes keys (page, heading), on a control, or below an open popover. */
export type Focus = { control: boolean; popover: boolean }

/**
 * What a key means for the frame. Enter goes on only when no control has the focus and no input method
 * composes (keyCode 229: the Enter that ends a composition), and never on the review page, where it would
 * start changes. Esc goes back, except out of a popover and on the run page.
 */
export function frameKey(key: Key, focus: Focus, page: Page): 'next' | 'back' | null {
  if (key.defaultPrevented || key.isComposing || key.keyCode === 229 || key.repeat) return null
  if (key.altKey || key.ctrlKey || key.metaKey || key.shiftKey || focus.popover) return null
  if (key.key === 'Enter') return focus.control || page === 'review' ? null : 'next'
  if (key.key === 'Escape') return page === 'run' ? null : 'back'
  return null
}

const CONTROLS =
  'a[href], button, input, select, textarea, summary, [contenteditable], [role="button"], [role="option"], [role="radio"], [role="tab"], [role="switch"]'
const POPOVERS = '[role="dialog"], [role="alertdialog"], [role="listbox"], [role="menu"]'

/** Looks where the focus is. Asked before anything else handles the key: afterwards a popover may be gone. */
export function focusNow(target: EventTarget | null): Focus {
  const control = target instanceof Element && target.closest(CONTROLS) !== null
  const popover = [...document.querySelectorAll(POPOVERS)].some((element) => element.checkVisibility())
  return { control, popover }
}
