import { splitGoProxy } from '../../electron/contract/grammar.ts'
import { request } from '../api.ts'
import { useSources } from './sources.ts'
import { useWizard } from './wizard.ts'

/** Addresses in one question; main takes no more. */
const MOST = 32

let asking: Promise<readonly boolean[]> | null = null

/**
 * Whether the sources of Go modules answer from here, each with a question of a few bytes: what the network's lamp
 * says. Nothing is measured by it. Empty: nobody could be asked. Whoever asks meanwhile gets the same answers.
 */
export function reachSources(): Promise<readonly boolean[]> {
  asking ??= ask().finally(() => {
    asking = null
  })
  return asking
}

async function ask(): Promise<readonly boolean[]> {
  await useSources.getState().load()
  const known = useSources
    .getState()
    .mirrors.flatMap(({ target, status, url }) => (target === 'go' && status !== 'dead' ? [url] : []))
  const urls = [...new Set([...ownAddresses(), ...known])].slice(0, MOST)
  if (urls.length === 0) return []
  const answers = await request('mirror.probe', { target: 'go', urls }).catch(() => null)
  return answers === null ? urls.map(() => false) : answers.map(({ ok }) => ok)
}

/** The addresses of a profile that was opened: inside a school only these may answer. */
function ownAddresses(): readonly string[] {
  const go = useWizard.getState().profile.sources?.go ?? 'auto'
  return splitGoProxy(go).flatMap(({ value }) => (/^https?:\/\//.test(value) ? [value] : []))
}
