/// <reference types="vite/client" />
import type { Bridge } from '../electron/contract/bridge.ts'

declare global {
  interface Window {
    /** Put there by the preload; nothing else crosses from the page to the program. */
    readonly goready: Bridge
  }
}
