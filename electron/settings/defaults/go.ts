import { splitGoProxy } from '../../contract/grammar.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { findPrograms } from '../find-program.ts'
import { askQuietly, webAddress } from './ask.ts'

/**
 * The proxy that Go asks by itself: `$GOROOT/go.env` or what is built in, without the GOENV file. null: there is no
 * Go, or it is built to go to the sources directly.
 */
export async function goDefault(sys: Reader, places: Places, signal: AbortSignal): Promise<string | null> {
  const known = [
    '/usr/local/go/bin/go',
    `${places.home}/.local/go/bin/go`,
    '/usr/lib/go/bin/go',
    '/snap/bin/go',
    '/opt/homebrew/bin/go',
  ]
  for (const go of await findPrograms(sys, places, 'go', known)) {
    // GOTOOLCHAIN: another version must not be downloaded to answer.
    const text = await askQuietly(sys, places, [go, 'env', 'GOPROXY'], { GOENV: 'off', GOTOOLCHAIN: 'local' }, signal)
    const first = splitGoProxy(text.trim())[0]?.value ?? ''
    if (first !== '') return webAddress(first)
  }
  return null
}
