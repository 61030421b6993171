import { accessSync, constants, mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A folder that Chromium may write its own files into: `wanted`, else (`passing`) a new one for this start alone. Without
 * one it ends the program before the first window, and nobody learns that the home is read-only or full.
 * Throws Node's system errors when there is no room for a passing one either.
 */
export function ownFolder(wanted: string): { path: string; passing: boolean } {
  try {
    mkdirSync(wanted, { recursive: true, mode: 0o700 })
    accessSync(wanted, constants.W_OK)
    return { path: wanted, passing: false }
  } catch {
    return { path: mkdtempSync(join(tmpdir(), 'goready-start-')), passing: true }
  }
}
