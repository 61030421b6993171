import type { BrowserWindow } from 'electron'
import { type Place, samePlace } from '../desk/place.ts'

/** Puts the window as it was left. Answers where it stands now, or null where nobody moved it. */
export function keepPlace(window: BrowserWindow, saved: Place | null): () => Place | null {
  let opened: Place | null = null
  let now: Place | null = saved
  const look = (): void => {
    if (!window.isDestroyed()) now = { ...window.getNormalBounds(), maximized: window.isMaximized() }
  }
  window.once('show', () => {
    if (saved?.maximized === true) window.maximize()
    // A window manager has its own say about where a window opens.
    setTimeout(() => {
      look()
      opened = now
    }, 500)
  })
  window.on('close', look)
  return () => {
    look()
    return now === null || opened === null || samePlace(now, opened) ? null : now
  }
}
